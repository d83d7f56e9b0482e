import { randomBytes } from 'node:crypto'
import type { GivenAnswer, JournalRow } from '../../checks/check.ts'
import type { Verdict } from '../../checks/verdict.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import type { Clock } from '../clock.ts'
import { checkContext } from '../engine/check-context.ts'
import { Journal } from '../engine/journal.ts'
import { StudentEngine } from '../engine/student-engine.ts'
import type { Log } from '../log.ts'
import type { Sandbox, SandboxDriver } from '../sandbox/sandbox-driver.ts'
import { AnswerDesk } from './answer-desk.ts'
import { Answers } from './answers.ts'
import { type GradedTask, gradeTasks } from './grade-tasks.ts'
import { runScript, type ScriptResult } from './run-script.ts'
import { runSetup } from './run-setup.ts'

export interface TrialDeps {
  driver: Pick<SandboxDriver, 'create'>
  /** Golden images: the name that the student sees to the image's id. */
  images: ReadonlyMap<string, string>
  clock: Clock
  log: Log
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
  tasks: GradedTask[]
  verdicts: Verdict[]
  script: ScriptResult | undefined
}

/** Far above what a solution needs, with stops that take their ten seconds. */
const SCRIPT_MS = 180_000
const MAX_OUTPUT = 64 * 1024

/**
 * Runs one script as the student in a fresh sandbox of the lab and grades its tasks, as a session would.
 * Throws `setup-failed`, or whatever kept the sandbox from starting. The sandbox is gone afterwards in any case.
 */
export async function trial(deps: TrialDeps, { lab, script, tasks, signal }: Trial): Promise<TrialResult> {
  const id = randomBytes(8).toString('hex')
  const spec = { id, hostname: lab.slug.slice(0, 40), motd: lab.title }
  const sandbox = await deps.driver.create(spec, { signal })
  try {
    await using bench = await openBench(deps, lab, sandbox)
    if (lab.setup !== undefined) await runSetup(deps, sandbox, lab.setup, signal)
    const options = { clock: deps.clock, timeoutMs: SCRIPT_MS, maxBytes: MAX_OUTPUT, signal }
    const ended = script === undefined ? undefined : await runScript(sandbox, script, options)
    const graded = await bench.grade(tasks, signal)
    const verdicts = graded.flatMap(({ checks }) => checks.map(({ verdict }) => verdict))
    return { tasks: graded, verdicts, script: ended }
  } finally {
    await sandbox.destroy()
  }
}

interface Bench extends AsyncDisposable {
  grade(tasks: readonly string[] | undefined, signal: AbortSignal | undefined): Promise<GradedTask[]>
}

/** What a session has beside its sandbox: journal, answers and checks; kept in memory, since a trial leaves nothing. */
async function openBench(deps: TrialDeps, lab: Lab, sandbox: Sandbox): Promise<Bench> {
  const { clock, log } = deps
  const seed = randomBytes(16).toString('hex')
  const engine = new StudentEngine({ dial: (signal) => sandbox.dialEngine(signal), clock, seed })
  const rows: JournalRow[] = []
  const journal = new Journal({ engine, clock, sink: { append: async (more) => void rows.push(...more) } })
  journal.start()

  const given = new Map<string, GivenAnswer>()
  const store = {
    async giveAnswer(_session: string, answer: { task: string; field: string; value: string; at: number }) {
      const kept = { ...answer, tries: (given.get(answer.field)?.tries ?? 0) + 1 }
      given.set(answer.field, kept)
      return kept
    },
  }
  const answers = new Answers({ store, clock, answered: () => {} })
  const give = (field: string, value: string) => answers.giveInTerminal(sandbox, lab, field, value)
  const desk = new AnswerDesk({ sandbox, clock, log, give })
  await desk.start()

  const parts = {
    engine,
    journal,
    readRows: async () => rows,
    sandbox,
    answers: given,
    images: deps.images,
    seed,
    clock,
  }
  return {
    grade(tasks, signal) {
      const chosen = lab.tasks.filter(({ id }) => tasks === undefined || tasks.includes(id))
      return gradeTasks(
        { checks: lab.checks, contextFor: (until) => checkContext(parts, until), clock },
        chosen,
        signal,
      )
    },
    async [Symbol.asyncDispose]() {
      await desk.close()
      await journal.stop()
      engine.close()
    },
  }
}
