/** One observation behind a verdict, in plain words. `source` names object and field: "container mine · State.ExitCode". */
export interface Evidence {
  expected: string
  observed: string
  source: string
}

/** What `judge` answers. `code` is stable and in the check's table; `message` is one sentence to the student. */
export type Outcome =
  | {
      status: 'passed'
      code: 'passed'
      message: string
      evidence: Evidence[]
      /** When what was asked for happened, in nanoseconds since the epoch as digits; absent where a check cannot say. */
      moment?: string
    }
  | { status: 'not-yet'; code: string; message: string; evidence: Evidence[] }
  | { status: 'broken'; code: string; message: string; evidence: Evidence[] }

/** An outcome with what it is about. `at` is milliseconds since the epoch. */
export type Verdict = Outcome & { task: string; check: string; at: number }
