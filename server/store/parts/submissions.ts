import type { CheckRun } from './verdicts.ts'

/** One task of a submission. Points are of its weight, hints taken off. */
export interface SubmittedTask {
  task: string
  passed: boolean
  code: string
  points: number
  of: number
  /** Hints taken for it. */
  hints: number
  /** Whether a clean room had the last word. */
  cleanRoom: boolean
  /** It could not be judged and was handed in anyway; absent otherwise. */
  broken?: true
}

/** How a session was graded. */
export interface SubmissionRecord {
  session: string
  at: number
  /** Hash of the lab's content that the session was judged by. */
  labHash: string
  points: number
  of: number
  tasks: SubmittedTask[]
  /** What was seen of the machine from outside, as it was taken; null where nothing was. */
  tamper: unknown
  /** Id of its receipt; null until there is one. */
  receipt: string | null
  /** All that follows a submission is done. */
  done: boolean
}

export type NewSubmission = Omit<SubmissionRecord, 'receipt' | 'done'>

export interface SubmissionStore {
  /** Keeps the submission with the verdicts of its run and the states that follow, all or nothing. Answers with the first one when the session has one; then nothing is kept. */
  addSubmission(submission: NewSubmission, run: CheckRun): Promise<SubmissionRecord>
  /** The session's submission, if any. */
  submission(session: string): Promise<SubmissionRecord | undefined>
  /** Records what has followed. */
  changeSubmission(
    session: string,
    change: Partial<Pick<SubmissionRecord, 'receipt' | 'done'>>,
  ): Promise<void>
  /** Submissions of which not all is done, oldest first. */
  openSubmissions(): Promise<SubmissionRecord[]>
}
