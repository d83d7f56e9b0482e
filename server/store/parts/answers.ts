export interface AnswerRecord {
  task: string
  field: string
  value: string
  tries: number
  at: number
}

export interface AnswerStore {
  /** Keeps the answer as the field's latest and counts one more try; answers with the record. */
  giveAnswer(session: string, answer: Omit<AnswerRecord, 'tries'>): Promise<AnswerRecord>
  /** The latest answer of each field. */
  answers(session: string): Promise<AnswerRecord[]>
}
