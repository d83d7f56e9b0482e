export interface HintTables {
  hints: {
    session: string
    task: string
    ladder: string
    step: number
    code: string | null
    text: string
    at: number
  }
  misconceptions: { session: string; misconception: string; task: string; code: string; at: number }
}
