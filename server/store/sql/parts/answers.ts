import { sql } from 'kysely'
import type { AnswerRecord, AnswerStore } from '../../parts/answers.ts'
import type { SqlAccess } from '../sql-access.ts'

export function answerPart({ run }: SqlAccess): AnswerStore {
  return {
    giveAnswer(session: string, answer: Omit<AnswerRecord, 'tries'>): Promise<AnswerRecord> {
      const { value, at } = answer
      return run((db) =>
        db
          .insertInto('answers')
          .values({ session, ...answer, tries: 1 })
          .onConflict((c) =>
            c.columns(['session', 'task', 'field']).doUpdateSet({ value, at, tries: sql`answers.tries + 1` }),
          )
          .returning(['task', 'field', 'value', 'tries', 'at'])
          .executeTakeFirstOrThrow(),
      )
    },

    answers(session: string): Promise<AnswerRecord[]> {
      return run((db) =>
        db
          .selectFrom('answers')
          .select(['task', 'field', 'value', 'tries', 'at'])
          .where('session', '=', session)
          .orderBy('task')
          .orderBy('field')
          .execute(),
      )
    },
  }
}
