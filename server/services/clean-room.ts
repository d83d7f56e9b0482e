import { CheckFault, type GivenAnswer } from '../../checks/check.ts'
import { broken, passed } from '../../checks/outcome.ts'
import { taskOutcome } from '../../checks/task-outcome.ts'
import type { Outcome } from '../../checks/verdict.ts'
import type { CleanRoom, Lab, LabTask } from '../../labs/lab-schema.ts'
import { carryImage } from '../engine/carry-image.ts'
import type { StudentEngine } from '../engine/student-engine.ts'
import type { Sandbox, SandboxDriver, SandboxSize } from '../sandbox/sandbox-driver.ts'
import {
  type Carried,
  cleanRoomSays,
  type FilesTaken,
  missing,
  takeFiles,
  tooLarge,
  unpackFiles,
} from './artefacts.ts'
import type { GradedCheck, GradedTask } from './grade-tasks.ts'
import { type BenchDeps, openBench } from './open-bench.ts'
import { runScript } from './run-script.ts'

export interface CleanRoomDeps extends BenchDeps {
  driver: Pick<SandboxDriver, 'create'>
}

export interface CleanRoomRequest {
  /** Of the fresh sandbox, as `SandboxSpec` wants it. */
  id: string
  lab: Lab
  task: LabTask
  /** The machine that the student worked on. */
  student: { sandbox: Pick<Sandbox, 'exec' | 'dialEngine'>; engine: StudentEngine }
  /** Those of the session; nothing else of it is taken along but the artefacts. */
  answers: ReadonlyMap<string, GivenAnswer>
  seed: string
  size: SandboxSize
  signal?: AbortSignal
}

export interface CleanRoomResult {
  /** The first of its checks is `clean-room` itself, passed when the artefacts were carried and the script ended well. */
  graded: GradedTask
  carried: Carried[]
  /** How long all of it took, in milliseconds. */
  ms: number
}

/** From the first question to the student's sandbox to the last verdict. */
const CLEAN_ROOM_MS = 240_000
const SCRIPT_MS = 60_000
const OUTPUT_BYTES = 2_000
/** An image's archive holds also the layers of its base. */
const IMAGE_BYTES = 512 * 1024 * 1024

/**
 * Judges a task on a machine that the student never touched: takes the artefacts that the task names into a fresh sandbox of the
 * lab, runs the task's script there as the student, then its checks. The lab's setup.sh does not run. Rejects only with the
 * reason of `signal`; whatever keeps it from judging is `broken`. The fresh sandbox is gone afterwards in any case.
 */
export async function runCleanRoom(deps: CleanRoomDeps, request: CleanRoomRequest): Promise<CleanRoomResult> {
  const { clock } = deps
  const { task, signal } = request
  const began = clock.now()
  const late = new AbortController()
  const cancel = clock.after(CLEAN_ROOM_MS, () => late.abort(new CheckFault('timeout', 'It took too long.')))
  const ending = signal ? AbortSignal.any([signal, late.signal]) : late.signal
  const carried: Carried[] = []
  let found: GradedCheck[]
  try {
    found = await judge(deps, request, carried, ending)
  } catch (error) {
    signal?.throwIfAborted()
    deps.log.warn({ err: error, task: task.id }, 'a clean room could not judge')
    found = [own(request, fault(error), carried, clock.now())]
  } finally {
    cancel()
  }
  const { status, code } = taskOutcome(found.map(({ verdict }) => verdict))
  if (status === 'unchecked' || code === null) throw new Error('A clean room without a verdict')
  return { graded: { task: task.id, status, code, checks: found }, carried, ms: clock.now() - began }
}

async function judge(
  deps: CleanRoomDeps,
  request: CleanRoomRequest,
  carried: Carried[],
  signal: AbortSignal,
): Promise<GradedCheck[]> {
  const { id, lab, task, student, answers, seed } = request
  const room = roomOf(task)
  const say = (outcome: Outcome) => [own(request, outcome, carried, deps.clock.now())]
  const files = await takeFiles({ sandbox: student.sandbox, clock: deps.clock }, room.files, signal)
  if ('status' in files) return say(files)
  carried.push(...files.carried)
  const seen = student.engine.view(signal)
  for (const tag of room.images) if (!(await seen.image(tag))) return say(missing(`image \`${tag}\``))

  const spec = { id, hostname: lab.slug.slice(0, 40), motd: lab.title, size: request.size }
  const fresh = await deps.driver.create(spec, { signal })
  try {
    await using bench = await openBench(deps, lab, fresh, { answers, seed })
    const prepared = await prepare(deps, request, { fresh, engine: bench.engine, files }, carried, signal)
    if (prepared.status !== 'passed') return say(prepared)
    const graded = await bench.grade([task.id], signal)
    return [...say(prepared), ...graded.flatMap(({ checks }) => checks.map(onFreshMachine))]
  } finally {
    await fresh.destroy()
  }
}

/** Carries everything into the fresh sandbox and runs the script. */
async function prepare(
  { clock, images }: CleanRoomDeps,
  { task, student }: CleanRoomRequest,
  { fresh, engine, files }: { fresh: Sandbox; engine: StudentEngine; files: FilesTaken },
  carried: Carried[],
  signal: AbortSignal,
): Promise<Outcome> {
  const room = roomOf(task)
  const view = engine.view(signal)
  const ids = new Map(images)
  for (const tag of room.images) {
    const came = await carryImage(student.sandbox, fresh, tag, { maxBytes: IMAGE_BYTES, signal })
    if (came.outcome === 'missing') return missing(`image \`${tag}\``)
    if (came.outcome === 'too-large') return tooLarge(tag)
    if (came.outcome === 'refused') return unfit(tag, came.why)
    const image = await view.image(tag)
    if (!image) return unfit(tag, 'the archive of the image holds another')
    if (!ids.has(tag)) ids.set(tag, image.Id)
    carried.push({ kind: 'image', name: tag, bytes: came.bytes, sha256: image.Id.slice('sha256:'.length) })
  }
  // What an archive holds is the student's word: it may have come with other names than the one asked for.
  for (const [tag, id] of ids)
    if ((await view.image(tag))?.Id !== id)
      return unfit(tag, 'an archive of another image holds that name too')
  if (!(await unpackFiles(fresh, files, signal)))
    return unfit(room.files.join(', '), 'they could not be unpacked')

  const options = { clock, timeoutMs: SCRIPT_MS, maxBytes: OUTPUT_BYTES, signal }
  const { exitCode, output, timedOut } = await runScript(fresh, task.verifyScript ?? '', options)
  if (exitCode !== 0) {
    const observed = timedOut ? `not ended after ${SCRIPT_MS / 1000} s` : `exit code ${exitCode ?? 'unknown'}`
    return cleanRoomSays(
      'verify-failed',
      `On a fresh machine your work did not come up: ${lastLine(output) || observed}`,
      [
        { expected: 'exit code 0', observed, source: room.script },
        {
          expected: 'no error',
          observed: output.trim().slice(-500) || 'nothing said',
          source: `${room.script} · output`,
        },
      ],
    )
  }
  const evidence = carried.map(({ kind, name, bytes, sha256 }) => ({
    expected: `${kind} ${name}`,
    observed: `${bytes} bytes, sha256 ${sha256.slice(0, 12)}`,
    source: 'sandbox',
  }))
  const ran = { expected: 'exit code 0', observed: 'exit code 0', source: room.script }
  return passed('On a fresh machine your work came up.', [ran, ...evidence])
}

/** Who passed on the own machine must see that this is about another. */
function onFreshMachine(check: GradedCheck): GradedCheck {
  const { verdict } = check
  if (verdict.status !== 'not-yet') return check
  return { ...check, verdict: { ...verdict, message: `On a fresh machine: ${verdict.message}` } }
}

function roomOf(task: LabTask): CleanRoom {
  const room = task.verify?.['clean-room']
  if (!room) throw new CheckFault('check-invalid', `The task ${task.id} asks for no clean room.`)
  return room
}

const unfit = (name: string, why: string): Outcome =>
  cleanRoomSays('artefact-refused', `\`${name}\` cannot be taken to a fresh machine: ${why}.`, [
    { expected: 'something that can be taken along', observed: why, source: name },
  ])

const lastLine = (output: string) => output.trim().split('\n').at(-1)?.slice(-200) ?? ''

function fault(error: unknown): Outcome {
  if (error instanceof CheckFault && error.code === 'timeout')
    return broken('timeout', 'The fresh machine took too long. Try again.')
  if (error instanceof CheckFault) return broken(error.code, error.message)
  return broken('clean-room-failed', 'The fresh machine for this task could not be used. Try again.')
}

/** The clean room's own part, as a check of the task. */
function own(
  { task }: CleanRoomRequest,
  outcome: Outcome,
  carried: readonly Carried[],
  at: number,
): GradedCheck {
  const safe = (text: string) => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD').slice(0, 600)
  const evidence = outcome.evidence.slice(0, 10).map(({ expected, observed, source }) => ({
    expected: safe(expected),
    observed: safe(observed),
    source: safe(source),
  }))
  return {
    verdict: { ...outcome, message: safe(outcome.message), evidence, task: task.id, check: 'clean-room', at },
    use: { use: 'clean-room', with: { ...task.verify?.['clean-room'] }, codes: {}, messages: {} },
    gathered: JSON.stringify({ carried }),
  }
}
