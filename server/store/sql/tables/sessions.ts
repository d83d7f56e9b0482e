import type { Generated } from 'kysely'

export interface SessionTables {
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
    size: string | null
    begun_at: number | null
    ready_at: number | null
    ended_at: number | null
    problem: string | null
    images: string | null
    ends_at: number | null
    extended: Generated<number>
    out_of_time: Generated<number>
  }
}
