import { randomBytes } from 'node:crypto'
import type { GivenAnswer, JournalRow } from '../../checks/check.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import type { Clock } from '../clock.ts'
import { checkContext } from '../engine/check-context.ts'
import { Journal } from '../engine/journal.ts'
import { StudentEngine } from '../engine/student-engine.ts'
import type { Log } from '../log.ts'
import type { Sandbox } from '../sandbox/sandbox-driver.ts'
import { AnswerDesk } from './answer-desk.ts'
import { Answers } from './answers.ts'
import { type GradedTask, gradeTasks } from './grade-tasks.ts'

export interface BenchDeps {
  /** Golden images: the name that the student sees to the image's id. */
  images: ReadonlyMap<string, string>
  clock: Clock
  log: Log
}

/** What of a session a bench begins with; nothing without. */
export interface BenchStart {
  answers?: ReadonlyMap<string, GivenAnswer>
  seed?: string
}

export interface Bench extends AsyncDisposable {
  readonly engine: StudentEngine
  /** By field; grows as answers are given. */
  readonly answers: ReadonlyMap<string, GivenAnswer>
  readonly seed: string
  /** The journal so far. */
  rows(): Promise<readonly JournalRow[]>
  /** Grades these tasks of the lab, all without. Rejects only with the reason of `signal`. */
  grade(tasks: readonly string[] | undefined, signal: AbortSignal | undefined): Promise<GradedTask[]>
}

/** What a session has beside its sandbox: journal, answers and checks; kept in memory, since what is tried here leaves nothing. */
export async function openBench(
  deps: BenchDeps,
  lab: Lab,
  sandbox: Sandbox,
  { answers: before = new Map(), seed = randomBytes(16).toString('hex') }: BenchStart = {},
): Promise<Bench> {
  const { clock, log } = deps
  const engine = new StudentEngine({ dial: (signal) => sandbox.dialEngine(signal), clock, seed })
  const rows: JournalRow[] = []
  const journal = new Journal({
    engine,
    clock,
    sharesClock: sandbox.sharesClock,
    sink: { append: async (more) => void rows.push(...more) },
  })
  journal.start()

  const given = new Map(before)
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
    engine,
    answers: given,
    seed,
    async rows() {
      await journal.flush()
      return rows
    },
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
