import type { Verdict } from '../../checks/verdict.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import type { Sandbox, SandboxDriver } from '../sandbox/sandbox-driver.ts'
import { newSandboxId } from '../sandbox/sandbox-id.ts'
import { runCleanRoom } from './clean-room.ts'
import type { GradedTask } from './grade-tasks.ts'
import { type Bench, type BenchDeps, openBench } from './open-bench.ts'
import { runScript, type ScriptResult } from './run-script.ts'
import { runSetup } from './run-setup.ts'
import { sizeFor } from './session-size.ts'
import { type Tamper, takeTamper } from './take-tamper.ts'

export interface TrialDeps extends BenchDeps {
  driver: Pick<SandboxDriver, 'create'>
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
  tamper: Tamper
}

/** Far above what a solution needs, with stops that take their ten seconds. */
const SCRIPT_MS = 180_000
const MAX_OUTPUT = 64 * 1024

/**
 * Runs one script as the student in a fresh sandbox of the lab and grades its tasks, as a session and its submission would: a
 * task that passed and asks for a clean room is as that says.
 * Throws `setup-failed`, or whatever kept the sandbox from starting. The sandbox is gone afterwards in any case.
 */
export async function trial(deps: TrialDeps, { lab, script, tasks, signal }: Trial): Promise<TrialResult> {
  const id = newSandboxId()
  const spec = { id, hostname: lab.slug.slice(0, 40), motd: lab.title, size: sizeFor(lab) }
  const sandbox = await deps.driver.create(spec, { signal })
  try {
    await using bench = await openBench(deps, lab, sandbox)
    if (lab.setup !== undefined)
      await runSetup(
        deps,
        sandbox,
        { name: 'setup.sh', script: lab.setup, seed: bench.seed, lab: lab.slug },
        signal,
      )
    const options = { clock: deps.clock, timeoutMs: SCRIPT_MS, maxBytes: MAX_OUTPUT, signal }
    const ended = script === undefined ? undefined : await runScript(sandbox, script, options)
    const chosen = lab.tasks.filter(({ id }) => tasks === undefined || tasks.includes(id))
    const uses = chosen.flatMap(({ checks }) => checks)
    const looking = takeTamper({
      sandbox,
      engine: bench.engine.view(AbortSignal.timeout(20_000)),
      rows: () => bench.rows(),
      uses,
      clock: deps.clock,
    })
    const [own, tamper] = await Promise.all([bench.grade(tasks, signal), looking])
    const graded = await inCleanRooms(deps, { lab, sandbox, bench, signal }, own)
    const verdicts = graded.flatMap(({ checks }) => checks.map(({ verdict }) => verdict))
    return { tasks: graded, verdicts, script: ended, tamper }
  } finally {
    await sandbox.destroy()
  }
}

async function inCleanRooms(
  deps: TrialDeps,
  {
    lab,
    sandbox,
    bench,
    signal,
  }: { lab: Lab; sandbox: Sandbox; bench: Bench; signal: AbortSignal | undefined },
  graded: readonly GradedTask[],
): Promise<GradedTask[]> {
  const shown: GradedTask[] = []
  for (const each of graded) {
    const task = lab.tasks.find(({ id }) => id === each.task)
    if (each.status !== 'passed' || !task?.verify) shown.push(each)
    else {
      const { engine, answers, seed } = bench
      const room = await runCleanRoom(deps, {
        id: newSandboxId(),
        lab,
        task,
        student: { sandbox, engine },
        answers,
        size: sizeFor(lab),
        seed,
        signal,
      })
      shown.push({ ...room.graded, checks: [...each.checks, ...room.graded.checks] })
    }
  }
  return shown
}
