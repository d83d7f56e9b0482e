import type { Lab } from '../../labs/lab-schema.ts'
import { DrydockError } from '../errors.ts'
import { usualSize } from '../sandbox/limits.ts'
import type { Sandbox, SandboxNames, SandboxSize, SandboxSpec } from '../sandbox/sandbox-driver.ts'
import type { SessionChange, SessionRecord, StepRecord } from '../store/store.ts'
import { type LiveDeps, type LiveEvents, LiveSession } from './live-session.ts'
import type { Measures } from './measures.ts'
import { runSetup } from './run-setup.ts'
import { type SessionTimes, timesFor } from './session-times.ts'
import type { WarmPool } from './warm-pool.ts'

export interface StarterDeps extends LiveDeps {
  /** The lab images of a sandbox that is made now: the name that a student sees to the id. */
  images: ReadonlyMap<string, string>
  measures: Measures
  pool: Pick<WarmPool, 'claim'>
  /** Those of the installation. */
  times: SessionTimes
  /** The session's record has changed. */
  changed: (id: string) => void
}

/** Takes a session from requested to ready. A start that fails leaves no sandbox. */
export class SessionStarter {
  readonly #deps: StarterDeps

  constructor(deps: StarterDeps) {
    this.#deps = deps
  }

  /** `engineReady` hands out the session as soon as a terminal can be opened in it; `begun` is called when the store says so, before the lab is prepared. Rejects with what went wrong, when everything is undone. */
  async start(
    record: SessionRecord,
    lab: Lab,
    options: {
      events: LiveEvents
      signal: AbortSignal
      engineReady: (live: LiveSession) => void
      begun: () => void
    },
  ): Promise<void> {
    const { pool, clock } = this.#deps
    const { signal } = options
    const steps: StepRecord[] = [{ name: 'disk', ms: null }]
    const began = clock.now()
    await this.#move(record.id, { state: 'starting', begunAt: began, steps })
    let sandbox: Sandbox | undefined
    let live: LiveSession | undefined
    using ahead = await pool.claim(namesOf(lab), record.size ?? usualSize)
    try {
      if (ahead) {
        sandbox = ahead.sandbox
        // The page tells the same of it as of every other.
        steps.splice(0, 1, ...warmSteps(clock.now() - began))
      }
      // Read in the same step in which the driver decides on a store.
      const images = ahead?.images ?? Object.fromEntries(this.#deps.images)
      sandbox ??= await this.#create(record, lab, steps, signal)
      signal.throwIfAborted()
      const mine = { ...record, sandbox: sandbox.id, images }
      live = await LiveSession.begin(this.#deps, mine, sandbox, options.events)
      options.engineReady(live)
      if (lab.setup !== undefined) steps.push({ name: 'setup', ms: null })
      await this.#move(record.id, { engineReady: true, sandbox: sandbox.id, steps, images })
      options.begun()
      if (lab.setup !== undefined) {
        const began = clock.now()
        await runSetup(
          this.#deps,
          sandbox,
          { name: 'setup.sh', script: lab.setup, seed: record.seed, session: record.id, lab: lab.slug },
          signal,
        )
        steps.splice(-1, 1, { name: 'setup', ms: clock.now() - began })
      }
      signal.throwIfAborted()
      const readyAt = clock.now()
      const endsAt = readyAt + timesFor(lab, this.#deps.times).limit
      await this.#move(record.id, { state: 'ready', readyAt, endsAt, steps })
      this.#deps.measures.started(steps, ahead !== undefined)
      const fields = { session: record.id, lab: record.lab, sandbox: sandbox.id, ahead: ahead !== undefined }
      this.#deps.log.info({ ...fields, ms: readyAt - began }, 'a session is ready')
    } catch (error) {
      await live?.close()
      await sandbox?.destroy()
      throw error
    }
  }

  /** From nothing, with each step told as it ends. */
  async #create(record: SessionRecord, lab: Lab, steps: StepRecord[], signal: AbortSignal): Promise<Sandbox> {
    let told: Promise<unknown> = Promise.resolve()
    const sandbox = await this.#deps.driver.create(sandboxSpec(record.sandbox, lab, record.size), {
      signal,
      onStep: (step) => {
        const next = nextSteps[step.name]
        steps.pop()
        steps.push(step, ...(next ? [{ name: next, ms: null }] : []))
        const now = [...steps]
        told = told.then(() => this.#move(record.id, { steps: now })).catch(() => undefined)
      },
    })
    await told
    return sandbox
  }

  /** Throws `session-over` when the session was ended meanwhile. */
  async #move(id: string, change: SessionChange): Promise<void> {
    const record = await this.#deps.store.changeSession(id, ['requested', 'starting'], change)
    if (!record) throw new DrydockError('session-over')
    this.#deps.changed(id)
  }
}

const nextSteps = { disk: 'sandbox', sandbox: 'engine', engine: undefined } as const

/** Disk and engine of one that was started ahead cost nobody any time. */
const warmSteps = (ms: number): StepRecord[] => [
  { name: 'disk', ms: 0 },
  { name: 'sandbox', ms },
  { name: 'engine', ms: 0 },
]

/** What the sandbox of a session is made from. */
export function sandboxSpec(id: string, lab: Lab, size: SandboxSize | null): SandboxSpec {
  return { id, ...namesOf(lab), ...(size && { size }) }
}

function namesOf(lab: Lab): SandboxNames {
  return { hostname: lab.slug.slice(0, 40), motd: motd(lab) }
}

/** What a terminal shows first: which lab this is and what there is to work with, since nothing can be pulled. */
function motd(lab: Lab): string {
  const images = lab.images.map(({ name }) => name).join('  ')
  return [
    `Drydock lab: ${lab.title}`,
    'This machine and its Docker engine are yours alone. There is no internet here: nothing can be pulled.',
    `Images:  ${images}`,
    ...(lab.tools.length > 0 ? [`Tools:   ${lab.tools.join('  ')}`] : []),
    '',
  ].join('\n')
}
