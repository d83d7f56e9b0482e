import { systemClock } from '../../server/clock.ts'
import type { Dial } from '../../server/engine/dial-agent.ts'
import { Journal } from '../../server/engine/journal.ts'
import { StudentEngine } from '../../server/engine/student-engine.ts'
import type { Sandbox } from '../../server/sandbox/sandbox-driver.ts'
import { newSpec } from '../../server/sandbox/suite-tools.ts'
import { runScript } from '../../server/services/run-script.ts'
import { type TestTrials, testTrials } from '../../server/services/test-trials.ts'
import type { GivenAnswer, JournalRow } from '../check.ts'
import type { CheckRun } from '../run-check.ts'
import type { Verdict } from '../verdict.ts'
import { ask, sameAgain } from './check-twice.ts'

/** A sandbox as a student's, with the journal on its engine, and the checks over both. */
export class SandboxMachine implements AsyncDisposable {
  readonly sandbox: Sandbox
  readonly engine: StudentEngine
  readonly answers = new Map<string, GivenAnswer>()
  readonly rows: JournalRow[] = []
  readonly #trials: TestTrials
  readonly #journal: Journal

  /** `name` has at most 6 letters. `through`: how the checks come to the engine, when not directly. */
  static async start(name: string, through: (dial: Dial) => Promise<Dial> = async (dial) => dial) {
    const trials = await testTrials(name)
    const sandbox = await trials.driver.create(newSpec())
    const dial = await through((signal) => sandbox.dialEngine(signal))
    const machine = new SandboxMachine(trials, sandbox, dial)
    machine.#journal.start()
    await machine.#journal.flush()
    return machine
  }

  private constructor(trials: TestTrials, sandbox: Sandbox, dial: Dial) {
    this.#trials = trials
    this.sandbox = sandbox
    this.engine = new StudentEngine({ dial, clock: systemClock, seed: 'seed' })
    const sink = { append: async (rows: readonly JournalRow[]) => void this.rows.push(...rows) }
    this.#journal = new Journal({ engine: this.engine, sink, clock: systemClock })
  }

  /** Runs a script as the student and answers with what it printed, trimmed. Throws when it fails. */
  async sh(script: string): Promise<string> {
    const options = { clock: systemClock, timeoutMs: 60_000, maxBytes: 64 * 1024 }
    const { exitCode, output } = await runScript(this.sandbox, `set -eu\n${script}`, options)
    if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${script}\n${output}`)
    return output.trim()
  }

  answer(field: string, value: string): void {
    this.answers.set(field, { value, tries: 1, at: 0 })
  }

  /** Resolves when the journal has all that the engine told. */
  flush(): Promise<void> {
    return this.#journal.flush()
  }

  /** The verdict of one check, which is also judged a second time on what was stored. */
  async check(use: string, params: Record<string, unknown>): Promise<Verdict> {
    return sameAgain(await this.ask(use, params), use, params)
  }

  ask(use: string, params: Record<string, unknown>): Promise<CheckRun> {
    const deps = {
      engine: this.engine,
      journal: this.#journal,
      readRows: async () => this.rows,
      sandbox: this.sandbox,
      answers: this.answers,
      images: this.#trials.deps.images,
    }
    return ask(deps, use, params)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#journal.stop()
    this.engine.close()
    await this.#trials.close()
  }
}
