import type { Generated } from 'kysely'

export interface VerdictTables {
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
    snapshots: string | null
    at: number
  }
  run_tampers: {
    session: string
    run: string
    at: number
    /** 0 or 1. */
    tampered: number
    /** JSON. */
    seen: string
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
}
