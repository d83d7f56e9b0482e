export interface JournalTables {
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
    by: string | null
  }
}
