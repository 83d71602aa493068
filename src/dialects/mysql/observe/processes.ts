import type { Session } from '../../interface/session.ts'
import { permitted } from '../connect/permitted.ts'

/** A connection, as far as this user may see it. */
export type Process = {
  readonly id: number
  readonly user: string
  readonly state: string
  /** The name it gave itself when it connected. */
  readonly application: string
  /** How long ago InnoDB began its transaction, seconds; null when it has none. */
  readonly transaction: number | null
  /** How long it has been in this state, seconds. */
  readonly idle: number
}

/**
 * InnoDB shows the start of a transaction in the operating system's time zone, whatever the session's is: measured on
 * MySQL 9.7 and MariaDB 10.11. Needs PROCESS (error 1227).
 */
export const TRANSACTION_AGE = `TIMESTAMPDIFF(SECOND, trx_started, CONVERT_TZ(NOW(), @@session.time_zone, 'SYSTEM'))`

/** Connections by id. Without PROCESS the server shows only this user's. */
export async function processes(session: Session): Promise<ReadonlyMap<number, Process>> {
  const { rows } = await session.query('SHOW PROCESSLIST')
  const transactions = numbers(
    await permitted(
      session,
      `SELECT trx_mysql_thread_id AS id, ${TRANSACTION_AGE} AS value FROM information_schema.INNODB_TRX`,
    ),
  )
  const applications = await names(session)
  return new Map(
    rows.map((row) => {
      const id = Number(row['Id'])
      return [
        id,
        {
          id,
          user: String(row['User'] ?? ''),
          state: String(row['State'] || row['Command'] || ''),
          application: applications.get(id) ?? '',
          transaction: transactions.get(id) ?? null,
          idle: Math.max(0, Number(row['Time'] ?? 0)),
        },
      ]
    }),
  )
}

/** Without a privilege a user can read the attributes of its own account's connections. */
async function names(session: Session): Promise<ReadonlyMap<number, string>> {
  const from = (table: string) =>
    `SELECT processlist_id AS id, attr_value AS value FROM performance_schema.${table} WHERE attr_name = 'program_name'`
  const rows =
    (await permitted(session, from('session_connect_attrs'))) ??
    (await permitted(session, from('session_account_connect_attrs'))) ??
    []
  return new Map(rows.map((row) => [Number(row['id']), String(row['value'] ?? '')]))
}

const numbers = (rows: readonly Readonly<Record<string, unknown>>[] | null): ReadonlyMap<number, number> =>
  new Map((rows ?? []).map((row) => [Number(row['id']), Math.max(0, Number(row['value'] ?? 0))]))
