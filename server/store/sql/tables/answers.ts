export interface AnswerTables {
  answers: { session: string; task: string; field: string; value: string; tries: number; at: number }
}
