import type { Generated } from 'kysely'

/** Tables as the latest migration leaves them. Times are milliseconds since the epoch, JSON columns are text. */
export interface Schema {
  users: { id: string; name: string; role: string }
  sessions: {
    id: string
    owner: string
    lab: string
    lab_hash: string
    state: string
    sandbox: string
    seed: string
    engine_ready: number
    steps: string
    created_at: number
    ready_at: number | null
    ended_at: number | null
    problem: string | null
  }
  verdicts: {
    id: Generated<number>
    session: string
    run: string
    lab_hash: string
    task: string
    check_name: string
    status: string
    code: string
    message: string
    evidence: string
    /** The check as the lab used it. */
    used: string
    gathered: string | null
    at: number
  }
  task_states: {
    session: string
    task: string
    status: string
    code: string
    /** The run that this state follows from: its verdicts are the latest. */
    run: string
    passed_at: number | null
    passed_run: string | null
  }
  answers: { session: string; task: string; field: string; value: string; tries: number; at: number }
  journal: {
    session: string
    seq: number
    kind: string
    /** Decimal digits: more than a 64-bit double holds. */
    time_nano: string
    type: string | null
    action: string | null
    actor: string | null
    attributes: string | null
    reason: string | null
  }
}
