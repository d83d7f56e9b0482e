import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { DrydockError } from '../../errors.ts'
import type { Store } from '../store.ts'
import { isMigrated, migrate } from './migrate.ts'
import type { Schema } from './schema.ts'
import { sqlStore } from './sql-store.ts'

export type SqliteDatabase = Database.Database

/** How long a statement waits for another program's lock, such as a backup. */
const BUSY_TIMEOUT_MS = 5_000

/**
 * Opens the database file. WAL lets readers and the writer work side by side; with `synchronous = NORMAL`
 * a killed server loses nothing and a power cut at most the last moments, and no key press waits for an fsync.
 */
export function openDatabase(file: string): SqliteDatabase {
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS })
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma('foreign_keys = ON')
  return database
}

/** The store over an open database, brought to the latest schema. */
export async function storeOver(database: SqliteDatabase, release: () => void = () => {}): Promise<Store> {
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) })
  await migrate(db as Kysely<unknown>)
  return sqlStore(db, release)
}

/**
 * Opens the store of a data directory, making it when it is not there. The directory belongs to one server
 * at a time: the lock is the kernel's, on a file beside the database, so it ends with the process however that ends.
 * Throws `data-dir-in-use` when another server has it, `store-failed` when it cannot be opened.
 */
export async function openSqliteStore(dataDir: string): Promise<Store> {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const release = lock(join(dataDir, 'server.lock'))
    try {
      return await storeOver(openDatabase(join(dataDir, 'drydock.sqlite')), release)
    } catch (error) {
      release()
      throw error
    }
  } catch (error) {
    if (error instanceof DrydockError) throw error
    throw new DrydockError(
      'store-failed',
      `The database in ${dataDir} could not be opened: ${reason(error)}`,
      {
        cause: error,
      },
    )
  }
}

/**
 * Opens the store of a data directory for reading, also beside the server that has it. Writing to it fails.
 * Throws `store-failed` when there is none, or when it is of another version of Drydock.
 */
export async function readSqliteStore(dataDir: string): Promise<Store> {
  try {
    const file = join(dataDir, 'drydock.sqlite')
    const database = new Database(file, { timeout: BUSY_TIMEOUT_MS, readonly: true, fileMustExist: true })
    const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) })
    if (await isMigrated(db as Kysely<unknown>)) return sqlStore(db, () => {})
    await db.destroy()
  } catch (error) {
    throw new DrydockError('store-failed', `The database in ${dataDir} could not be read: ${reason(error)}`, {
      cause: error,
    })
  }
  throw new DrydockError(
    'store-failed',
    `The database in ${dataDir} is of another version. Start the server once, then run the command again.`,
  )
}

function lock(file: string): () => void {
  const holder = new Database(file, { timeout: 0 })
  try {
    holder.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    holder.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new DrydockError('data-dir-in-use', undefined, { cause: error })
    }
    throw error
  }
  return () => holder.close()
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
