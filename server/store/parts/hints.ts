/** A hint that a student took. */
export interface HintRecord {
  task: string
  /** Which of the task's ladders: a code, or `any`. */
  ladder: string
  /** Its place there, from 0. */
  index: number
  /** The code that the task showed; null while it was unchecked. */
  code: string | null
  /** Markdown, as the lab said it then. */
  text: string
  at: number
}

/** A wrong idea that a verdict of the session showed. */
export interface MisconceptionRecord {
  misconception: string
  task: string
  code: string
  /** When it was first met. */
  at: number
}

export interface HintStore {
  /** Keeps the hint; answers false, and keeps nothing, when it was taken already. */
  takeHint(session: string, hint: HintRecord): Promise<boolean>
  /** The hints taken, in the order in which they were. */
  hints(session: string): Promise<HintRecord[]>
  /** Keeps those that the session had not met. */
  meetMisconceptions(session: string, met: readonly MisconceptionRecord[]): Promise<void>
  /** The misconceptions met, in the order in which they were. */
  misconceptions(session: string): Promise<MisconceptionRecord[]>
}
