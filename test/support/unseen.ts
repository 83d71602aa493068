import { isMysql, type Place } from './places.ts'

/** Does the work in a transaction that leaves nothing behind. */
export async function unseen(
  database: { readonly query: (sql: string) => Promise<unknown> },
  work: () => Promise<void>,
): Promise<void> {
  await database.query('BEGIN')
  try {
    await work()
  } finally {
    await database.query('ROLLBACK')
  }
}

/** Writes past the triggers of the sync, as nobody may: rows that were in order when they were tried are not any more. */
export async function pastTheSync({ url, query }: Place, sql: string): Promise<void> {
  if (!isMysql({ url })) {
    await query(`SET session_replication_role = replica; ${sql}; RESET session_replication_role`)
    return
  }
  const [row] = await query(
    "SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME LIKE 'zz_plan_sync%_ins'",
  )
  await query(`SET @plan_backfill = '${String(row?.['name']).replace(/_ins$/, '')}'`)
  await query(sql)
  await query('SET @plan_backfill = NULL')
}
