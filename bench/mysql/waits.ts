import type { LocalMysql } from '../../test/support/mysql-server.ts'
import type { Waits } from '../waits.ts'
import { connected } from './database.ts'

/** Whoever stands in front only reads, so a client waits for a table because the tool does. */
const tables = {
  mysql: (ids: string) => `SELECT s.TIMER_WAIT / 1e9 AS waited FROM performance_schema.threads t
    JOIN performance_schema.events_statements_current s ON s.THREAD_ID = t.THREAD_ID
    WHERE t.PROCESSLIST_ID IN (${ids}) AND t.PROCESSLIST_STATE LIKE 'Waiting for%lock'`,
  mariadb: (ids: string) => `SELECT TIME_MS AS waited FROM information_schema.PROCESSLIST
    WHERE ID IN (${ids}) AND STATE LIKE 'Waiting for%lock'`,
} as const

/** And for a row because a batch has it: no two clients write the same one. */
const rows = {
  mysql: (ids: string) => `SELECT s.TIMER_WAIT / 1e9 AS waited FROM performance_schema.data_lock_waits l
    JOIN performance_schema.threads t ON t.THREAD_ID = l.REQUESTING_THREAD_ID
    JOIN performance_schema.threads o ON o.THREAD_ID = l.BLOCKING_THREAD_ID
    JOIN performance_schema.events_statements_current s ON s.THREAD_ID = t.THREAD_ID
    WHERE t.PROCESSLIST_ID IN (${ids}) AND o.PROCESSLIST_ID NOT IN (${ids})`,
  mariadb: (ids: string) => `SELECT p.TIME_MS AS waited FROM information_schema.INNODB_LOCK_WAITS l
    JOIN information_schema.INNODB_TRX w ON w.trx_id = l.requesting_trx_id
    JOIN information_schema.INNODB_TRX o ON o.trx_id = l.blocking_trx_id
    JOIN information_schema.PROCESSLIST p ON p.ID = w.trx_mysql_thread_id
    WHERE p.ID IN (${ids}) AND o.trx_mysql_thread_id NOT IN (${ids})`,
} as const

export const waiting = (server: LocalMysql): Waits => ({
  place: { dialect: server.kind, number: 0 },
  // Below a second, one of them waits a second all the same, and the other one not at all.
  lockTimeout: 1_000,
  waiting: (workers) => [tables[server.kind](workers.join(', ')), rows[server.kind](workers.join(', '))],
  empty: async (name) => {
    await connected(server.url(''), async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${name}`)
      await client.query(`CREATE DATABASE ${name}`)
    })
    return server.url(name)
  },
})
