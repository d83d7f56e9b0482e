import { z } from 'zod'
import { type Check, type CheckContext, CheckFault, type JournalRow } from './check.ts'
import { specOf, specOfImage } from './clone-spec.ts'
import { concernsContainer, isClockGap, millisBetween } from './journal-rows.ts'
import { broken, notYet } from './outcome.ts'
import type { Clone, CloneSpec } from './own-container.ts'
import { containerName, objectName, pattern, toPattern } from './params.ts'
import { judgeStop, type Run } from './stop-run.ts'

const params = z
  .strictObject({
    container: containerName
      .optional()
      .describe('Stop a clone of this container: its command, environment, user, init and stop settings'),
    image: objectName
      .optional()
      .describe("Stop a container of this image, with the image's own settings only"),
    ready: pattern.optional().describe('A log line that says the program is up; the stop comes after it'),
    ready_ms: z.int().min(100).max(20_000).default(10_000).describe('How long that line may take'),
    max_ms: z.int().min(100).max(9_000).default(2_000).describe('From the first signal to the end, at most'),
    exit_codes: z
      .array(z.int().min(0).max(255))
      .min(1)
      .max(10)
      .default([0])
      .describe('Exit codes that are right'),
    goodbye: pattern.optional().describe('A line that the program must write between the signal and its end'),
    silent: pattern.optional().describe('A line that it must not write'),
  })
  .refine(
    (given) => (given.container === undefined) !== (given.image === undefined),
    'needs container or image',
  )
type Params = z.infer<typeof params>

/** The stop comes at a moment that the program cannot know. */
const HOLD_MS = { least: 300, spread: 900 }

interface Gathered {
  found: boolean
  refused: string | null
  /** The second was left running while the first was stopped; there is none when the first failed. */
  runs: Run[]
}

export const stopProbe: Check<Params, Gathered> = {
  name: 'stop_probe',
  about: 'Starts two clones of a container or image, stops them one after the other, and sees how they end.',
  example: {
    says: 'What is built as `shop:2` ends by itself when it is asked to, and says goodbye.',
    with: { image: 'shop:2', ready: '^shop: ready', goodbye: '^shop: goodbye$' },
  },
  params,
  codes: {
    'object-missing': 'There is no such container or image.',
    'start-failed': 'A clone could not be started.',
    'not-ready': 'The program did not say that it is up.',
    'exits-by-itself': 'The program ended before anybody stopped it.',
    'killed-at-once': 'Its stop signal is SIGKILL: it cannot be told to stop.',
    'killed-not-stopped': 'It did not end when asked, so it was killed.',
    'goodbye-early': 'It said goodbye before it was asked to stop.',
    'goodbye-missing': 'It ended without its goodbye line.',
    'goodbye-unexpected': 'It wrote a line that it must not write.',
    'exit-wrong': 'It ended with another exit code.',
    'stop-slow': 'It took too long.',
  },

  async gather(context, given) {
    const spec = await specFor(context, given)
    if (!spec) return { found: false, refused: null, runs: [] }
    const older = await context.engine.startClone(spec)
    if ('refused' in older) return { found: true, refused: older.refused, runs: [] }
    await using control = older
    const younger = await context.engine.startClone(spec)
    if ('refused' in younger) return { found: true, refused: younger.refused, runs: [] }
    await using first = younger
    // The older one is the control: a program that ends after a time of its own has ended there too when this stop is over.
    const one = await stopOne(context, first, spec, given)
    const runs = looksRight(one, given) ? [one, await stopOne(context, control, spec, given)] : [one]
    return {
      found: true,
      refused: null,
      runs: withSignals(runs, [first.id, control.id], await context.journal()),
    }
  },

  judge({ found, refused, runs }, given) {
    const what = nameOf(given)
    if (!found) {
      const kind = given.container === undefined ? 'image' : 'container'
      const evidence = [{ expected: `a ${kind} named ${what}`, observed: 'none', source: `${kind} ${what}` }]
      return notYet('object-missing', `There is no ${kind} \`${what}\`.`, evidence)
    }
    if (refused !== null) {
      const evidence = [
        { expected: 'a clone that starts', observed: refused ?? 'none', source: `clone of ${what}` },
      ]
      return notYet('start-failed', `A clone of \`${what}\` could not be started.`, evidence)
    }
    const outcomes = runs.map((run) => judgeStop(run, what, given))
    const failed = outcomes.find((each) => each.status !== 'passed')
    if (failed) return failed
    // One alone proves nothing: it may have ended by itself just then.
    return runs.length === 2 && outcomes[0]
      ? outcomes[0]
      : broken('check-failed', `\`${what}\` was not stopped twice.`)
  },

  timed: true,
  /** A first stop that is not as wanted is not followed by a second: what decides that is of the gathering. */
  asks: ({ goodbye, silent, ...asked }) => asked,

  affectedBy(event, given) {
    if (given.container !== undefined) return concernsContainer(event, given.container)
    return event.type === 'image'
  },
}

async function specFor({ engine }: CheckContext, given: Params): Promise<CloneSpec | undefined> {
  if (given.container !== undefined) {
    const container = await engine.container(given.container)
    return container && specOf(container)
  }
  const image = await engine.image(given.image ?? '')
  if (!image) return undefined
  return specOfImage(image.Id)
}

async function stopOne(context: CheckContext, clone: Clone, spec: CloneSpec, given: Params): Promise<Run> {
  const ready = given.ready === undefined || (await clone.waitForLine(toPattern(given.ready), given.ready_ms))
  await context.wait(HOLD_MS.least + Math.random() * HOLD_MS.spread)
  const { Running } = await clone.state()
  const before = await clone.logs()
  // A second longer than is allowed tells a slow end from one by force; a shorter patience of its own holds.
  const patience = Math.ceil(given.max_ms / 1000) + 1
  if (Running) await clone.stop(Math.min(patience, spec.stopTimeout ?? patience))
  const { ExitCode } = await clone.state()
  const heard = before.at(-1)?.at ?? ''
  const after = (await clone.logs()).filter((line) => line.at > heard)
  const lines = { before: before.map((line) => line.text), after: after.map((line) => line.text) }
  return { ready, ranUntilStopped: Running, exitCode: ExitCode, ...lines, signals: [], stopMs: null }
}

/** Whether a second stop can still make it pass. */
function looksRight(run: Run, given: Params): boolean {
  return run.ready && run.ranUntilStopped && given.exit_codes.includes(run.exitCode)
}

function withSignals(runs: Run[], ids: string[], rows: readonly JournalRow[]): Run[] {
  return runs.map((run, i) => {
    const events = rows
      .filter((row) => row.kind === 'event')
      .filter((row) => row.type === 'container' && row.actorId === ids[i])
    const kills = events.filter((event) => event.action === 'kill')
    const die = events.find((event) => event.action === 'die')
    if (!die) throw new CheckFault('journal-gap', 'The end of a container of the check was not recorded.')
    if (rows.slice(rows.indexOf(events[0] ?? die), rows.indexOf(die)).some(isClockGap))
      throw new CheckFault('journal-gap', 'The clock was set while a container of the check ran.')
    const stopMs = kills[0] ? millisBetween(rows, kills[0], die) : null
    return { ...run, signals: kills.map((event) => event.attributes.signal ?? '?'), stopMs }
  })
}

function nameOf(given: Params): string {
  return given.container ?? given.image ?? ''
}
