import type { Verdict } from '../../checks/verdict.ts'
import type { LabTask } from '../../labs/lab-schema.ts'
import type {
  Session,
  SessionSummary,
  Submission,
  TaskState,
  Verdict as VerdictView,
} from '../contract/session.ts'
import { errorTable } from '../errors.ts'
import type {
  AnswerRecord,
  CheckpointRecord,
  HintRecord,
  ResetRecord,
  SeenBeside,
  SessionRecord,
  SubmissionRecord,
  TaskRecord,
} from '../store/store.ts'
import type { NearlyFull } from './disk-watch.ts'
import { ladderOf } from './hint-ladder.ts'
import type { SessionTimes } from './session-times.ts'
import type { Place } from './start-queue.ts'
import { shownFindings } from './take-tamper.ts'

type ShownTask = Pick<LabTask, 'id' | 'hints'> & { live: boolean }

export interface SessionParts {
  record: SessionRecord
  /** The lab's tasks in order; empty when the lab is no longer there. */
  labTasks: readonly ShownTask[]
  tasks: readonly TaskRecord[]
  verdicts: readonly Verdict[]
  answers: readonly AnswerRecord[]
  /** What was seen of the machine, of the tasks beside whose run it was seen tampered with. */
  tampered: readonly SeenBeside[]
  checkpoints: readonly CheckpointRecord[]
  reset: ResetRecord | undefined
  hints: readonly HintRecord[]
  submission: SubmissionRecord | undefined
  times: SessionTimes
  waiting: Place | undefined
  disk: NearlyFull | undefined
  /** Milliseconds since the epoch. */
  now: number
}

/** A session as it crosses the wire: every task of the lab, checked or not. */
export function sessionView(parts: SessionParts): Session {
  const { record, labTasks, tasks, verdicts, answers, tampered, hints } = parts
  const { checkpoints, reset, submission } = parts
  const shown =
    labTasks.length > 0 ? labTasks : tasks.map(({ task }) => ({ id: task, hints: {}, live: false }))
  return {
    id: record.id,
    lab: record.lab,
    state: record.state,
    engineReady: record.engineReady,
    steps: record.steps,
    size: record.size && { ...record.size, cpus: record.size.cpus || null },
    waiting: parts.waiting ?? null,
    createdAt: iso(record.createdAt),
    begunAt: isoOrNull(record.begunAt),
    readyAt: isoOrNull(record.readyAt),
    endedAt: isoOrNull(record.endedAt),
    time: timeView(parts),
    disk: record.state === 'ready' ? (parts.disk ?? null) : null,
    outOfTime: record.outOfTime,
    problem: problemView(record.problem),
    tasks: taskViews(shown, tasks, verdicts, hints, tampered),
    answers: answers.map(({ at, ...answer }) => ({ ...answer, at: iso(at) })),
    checkpoints: checkpoints.flatMap(checkpointView),
    resetting: reset !== undefined && reset.phase !== 'resuming',
    submission: submission ? submissionView(submission) : null,
  }
}

function timeView({ record, submission, times, now }: SessionParts): Session['time'] {
  const { state, endsAt, extended } = record
  if (state !== 'ready' || endsAt === null || submission) return null
  return {
    left: Math.max(0, endsAt - now),
    endsAt: iso(endsAt),
    extension: times.extension,
    extended,
    extensionsLeft: Math.max(0, times.extensions - extended),
  }
}

/** The states of these tasks, in this order. */
function taskViews(
  shown: readonly ShownTask[],
  tasks: readonly TaskRecord[],
  verdicts: readonly Verdict[],
  hints: readonly HintRecord[],
  tampered: readonly SeenBeside[],
): TaskState[] {
  const byId = new Map(tasks.map((task) => [task.task, task]))
  return shown.map((labTask) => {
    const { id: task, live } = labTask
    const state = byId.get(task)
    const seen = tampered.find((each) => each.task === task)?.seen
    const ladder = ladderOf(labTask, state, hints)
    return {
      task,
      status: state?.status ?? 'unchecked',
      code: state?.code ?? null,
      verdicts: verdicts.filter((verdict) => verdict.task === task).map(verdictView),
      passedAt: isoOrNull(state?.passedAt ?? null),
      live,
      hints: {
        taken: hints.filter((hint) => hint.task === task).map(({ text }) => text),
        left: ladder ? Math.max(0, ladder.steps.length - ladder.taken) : 0,
      },
      tampered: seen === undefined ? [] : shownFindings(JSON.parse(seen)),
    }
  })
}

/** One that the session can be set back to; none of one that is being made or belongs to a submission. */
function checkpointView({ id, kind, task, name, at, bytes }: CheckpointRecord): Session['checkpoints'] {
  return kind === 'submitted' || bytes === null ? [] : [{ id, task, name, at: iso(at), bytes }]
}

export function verdictView({ at, ...verdict }: Verdict): VerdictView {
  return { ...verdict, at: iso(at) }
}

function submissionView({ at, points, of, tasks, tamper, receipt }: SubmissionRecord): Submission {
  const shown = tasks.map(({ task, passed, points, of, code, broken = false }) => ({
    task,
    passed,
    points,
    of,
    code,
    broken,
  }))
  return { at: iso(at), points, of, tasks: shown, tampered: shownFindings(tamper), receipt }
}

export function summaryView({ record, passed }: { record: SessionRecord; passed: string[] }): SessionSummary {
  const { id, lab, state } = record
  return { id, lab, state, createdAt: iso(record.createdAt), endedAt: isoOrNull(record.endedAt), passed }
}

function problemView(problem: SessionRecord['problem']): Session['problem'] {
  if (!problem) return null
  const { title, hint } = errorTable[problem.code]
  return { ...problem, title, hint }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at)
}
