export interface CheckpointTables {
  checkpoints: {
    id: string
    session: string
    kind: string
    task: string | null
    name: string | null
    at: number
    /** Null while it is being made. */
    bytes: number | null
    since: number
    keep_until: number | null
    note: string | null
  }
  resets: { session: string; checkpoint: string; sandbox: string; phase: string }
}
