export interface SubmissionTables {
  submissions: {
    session: string
    at: number
    lab_hash: string
    points: number
    of_points: number
    tasks: string
    tamper: string
    receipt: string | null
    done: number
  }
}
