import type { HintStore } from '../../parts/hints.ts'
import type { SqlAccess } from '../sql-access.ts'

export function hintPart({ run }: SqlAccess): HintStore {
  return {
    async takeHint(session, { index, ...hint }) {
      const kept = await run((db) =>
        db
          .insertInto('hints')
          .values({ session, step: index, ...hint })
          .onConflict((c) => c.columns(['session', 'task', 'ladder', 'step']).doNothing())
          .returning('step')
          .executeTakeFirst(),
      )
      return kept !== undefined
    },

    hints(session) {
      return run((db) =>
        db
          .selectFrom('hints')
          .select(['task', 'ladder', 'step as index', 'code', 'text', 'at'])
          .where('session', '=', session)
          .orderBy('at')
          .orderBy('step')
          .execute(),
      )
    },

    async meetMisconceptions(session, met) {
      if (met.length === 0) return
      await run((db) =>
        db
          .insertInto('misconceptions')
          .values(met.map((each) => ({ session, ...each })))
          .onConflict((c) => c.columns(['session', 'misconception', 'task', 'code']).doNothing())
          .execute(),
      )
    },

    misconceptions(session) {
      return run((db) =>
        db
          .selectFrom('misconceptions')
          .select(['misconception', 'task', 'code', 'at'])
          .where('session', '=', session)
          .orderBy('at')
          .orderBy('misconception')
          .execute(),
      )
    },
  }
}
