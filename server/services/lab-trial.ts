import { randomBytes } from 'node:crypto'
import type { Check, GivenAnswer, JournalRow } from '../../checks/check.ts'
import { runCheck } from '../../checks/run-check.ts'
import { taskOutcome } from '../../checks/task-outcome.ts'
import type { Verdict } from '../../checks/verdict.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import type { Clock } from '../clock.ts'
import { checkContext } from '../engine/check-context.ts'
import { Journal } from '../engine/journal.ts'
import { StudentEngine } from '../engine/student-engine.ts'
import { DrydockError } from '../errors.ts'
import type { Sandbox, SandboxDriver } from '../sandbox/sandbox-driver.ts'
import { AnswerDesk } from './answer-desk.ts'
import type { GradedTask } from './lab-proof.ts'
import { runScript, type ScriptResult } from './run-script.ts'

export interface TrialDeps {
  driver: Pick<SandboxDriver, 'create'>
  checks: ReadonlyMap<string, Check>
  /** Golden images: the name that the student sees to the image's id. */
  images: ReadonlyMap<string, string>
  clock: Clock
  log: { warn(fields: object, message: string): void }
}

export interface Trial {
  lab: Lab
  /** Run by bash as the student after the setup; without it the start is graded untouched. */
  script?: string
  /** Ids of the tasks to grade; all without. */
  tasks?: readonly string[]
  signal?: AbortSignal
}

export interface TrialResult {
  verdicts: Verdict[]
  tasks: GradedTask[]
  script: ScriptResult | undefined
  /** Milliseconds from the request to the answering engine, and of each part after it. */
  ms: { start: number; setup: number; script: number; grading: number }
}

const LIMIT_MS = { setup: 60_000, script: 180_000 }
const MAX_OUTPUT = 64 * 1024

/**
 * Runs one script as the student in a fresh sandbox of the lab and grades its tasks, as a session would.
 * Throws `setup-failed`, or whatever kept the sandbox from starting. The sandbox is gone afterwards in any case.
 */
export async function trial(
  deps: TrialDeps,
  { lab, script, tasks = lab.tasks.map(({ id }) => id), signal }: Trial,
): Promise<TrialResult> {
  const { clock } = deps
  const ms = { start: 0, setup: 0, script: 0, grading: 0 }
  const timed = async <T>(part: keyof typeof ms, work: () => Promise<T>): Promise<T> => {
    const from = clock.now()
    try {
      return await work()
    } finally {
      ms[part] = clock.now() - from
    }
  }
  const id = randomBytes(8).toString('hex')
  const spec = { id, hostname: lab.slug.slice(0, 40), motd: lab.title }
  const sandbox = await timed('start', () => deps.driver.create(spec, { signal }))
  try {
    await using bench = await openBench(deps, lab, sandbox)
    const run = (part: 'setup' | 'script', text: string | undefined) => {
      if (text === undefined) return undefined
      const options = { clock, timeoutMs: LIMIT_MS[part], maxBytes: MAX_OUTPUT, signal }
      return timed(part, () => runScript(sandbox, text, options))
    }
    const setup = await run('setup', lab.setup)
    if (setup && setup.exitCode !== 0)
      throw new DrydockError('setup-failed', `${lab.slug}/setup.sh: ${describe(setup)}`)
    const ended = await run('script', script)
    const verdicts = await timed('grading', () => bench.grade(tasks, signal))
    return { verdicts, tasks: tasksOf(tasks, verdicts), script: ended, ms }
  } finally {
    await sandbox.destroy()
  }
}

interface Bench extends AsyncDisposable {
  grade(tasks: readonly string[], signal: AbortSignal | undefined): Promise<Verdict[]>
}

/** What a session has beside its sandbox: journal, answers and checks, kept in memory since a trial leaves nothing. */
async function openBench(deps: TrialDeps, lab: Lab, sandbox: Sandbox): Promise<Bench> {
  const { clock, checks } = deps
  const engine = new StudentEngine({ dial: (signal) => sandbox.dialEngine(signal), clock })
  const rows: JournalRow[] = []
  const journal = new Journal({ engine, clock, sink: { append: async (more) => void rows.push(...more) } })
  journal.start()
  const answers = new Map<string, GivenAnswer>()
  const fields = new Set(lab.tasks.flatMap((task) => task.answers.map(({ name }) => name)))
  const desk = new AnswerDesk({
    sandbox,
    clock,
    log: deps.log,
    async give(field, value) {
      if (!fields.has(field)) return { ok: false, text: `This lab has no field ${field}.` }
      answers.set(field, { value, tries: (answers.get(field)?.tries ?? 0) + 1, at: clock.now() })
      return { ok: true, text: 'Noted.' }
    },
  })
  const close = async () => {
    await desk.close()
    await journal.stop()
    engine.close()
  }
  try {
    await desk.start()
  } catch (error) {
    await close()
    throw error
  }
  const seed = randomBytes(16).toString('hex')
  const parts = {
    engine,
    journal,
    readRows: async () => rows,
    sandbox,
    answers,
    images: deps.images,
    seed,
    clock,
  }
  return {
    async grade(tasks, signal) {
      const run = {
        checks,
        contextFor: (ending: AbortSignal) => checkContext(parts, ending),
        after: clock.after,
        now: clock.now,
      }
      const verdicts: Verdict[] = []
      for (const task of lab.tasks.filter(({ id }) => tasks.includes(id)))
        for (const use of task.checks) verdicts.push((await runCheck(run, task.id, use, signal)).verdict)
      return verdicts
    },
    [Symbol.asyncDispose]: close,
  }
}

function tasksOf(tasks: readonly string[], verdicts: readonly Verdict[]): GradedTask[] {
  return tasks.flatMap((id) => {
    const { status, code } = taskOutcome(verdicts.filter(({ task }) => task === id))
    return status === 'unchecked' || code === null ? [] : [{ task: id, status, code }]
  })
}

function describe({ exitCode, timedOut, output }: ScriptResult): string {
  const end = timedOut
    ? `did not end in ${LIMIT_MS.setup / 1000} s`
    : `ended with ${exitCode ?? 'its sandbox'}`
  return `${end}\n${output.trimEnd()}`
}
