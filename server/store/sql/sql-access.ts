import type { Kysely, Transaction } from 'kysely'
import { DrydockError } from '../../errors.ts'
import type { Schema } from './schema.ts'

/** How the parts of the store reach the database; what fails there is `store-failed`. */
export interface SqlAccess {
  run<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T>
  /** All or nothing. */
  write<T>(work: (db: Transaction<Schema>) => Promise<T>): Promise<T>
}

export function sqlAccess(db: Kysely<Schema>): SqlAccess {
  const run: SqlAccess['run'] = async (work) => {
    try {
      return await work(db)
    } catch (error) {
      throw new DrydockError('store-failed', undefined, { cause: error })
    }
  }
  return { run, write: (work) => run(() => db.transaction().execute(work)) }
}
