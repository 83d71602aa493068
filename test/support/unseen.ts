import type { Database } from './databases.ts'

/** Does the work in a transaction that leaves nothing behind. */
export async function unseen(database: Database, work: () => Promise<void>): Promise<void> {
  await database.query('BEGIN')
  try {
    await work()
  } finally {
    await database.query('ROLLBACK')
  }
}
