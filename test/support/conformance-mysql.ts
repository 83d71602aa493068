import * as additions from '../lives/mysql/cases/additions.ts'
import { foreignKeys, plain, required, richText } from '../lives/mysql/cases/rich.ts'
import { splitName } from '../lives/mysql/cases/splits.ts'
import type { Place, Subject } from './conformance.ts'
import { mysqlKeys } from './conformance-keys-mysql.ts'
import type { MysqlServer } from './databases.ts'
import { mysqlDump } from './mysql-catalogue.ts'
import { createMysqlDatabase, type OtherMysql, otherMysql } from './mysql-databases.ts'

export const mysqlSubject = (server: MysqlServer): Subject => ({
  name: server.name,
  create: () => place(server),
  // SLEEP that is ended by itself says so with its result; within a condition it fails.
  long: 'SELECT 1 FROM (SELECT 1 AS one) AS t WHERE SLEEP(30)',
  rest: 'DO SLEEP(1)',
  lockLimit: `SELECT CONCAT(@@session.lock_wait_timeout, ' ', @@session.innodb_lock_wait_timeout) AS wait`,
  elsewhere: `SET SESSION time_zone = '+05:45'`,
  quote: (name) => `\`${name.replaceAll('`', '``')}\``,
  keepsNul: true,
  showsLocks: server.dialect === 'mysql',
  alter: /, ALGORITHM=(INSTANT|NOCOPY|INPLACE), LOCK=(NONE|DEFAULT)$/,
  programs: [richText, ...foreignKeys, required, plain, ...Object.values(additions), splitName],
  // Nothing can be set for one database alone.
  hostile: () => [],
  ...mysqlKeys(server.dialect),
})

async function place(server: MysqlServer): Promise<Place> {
  const database = await createMysqlDatabase(server)
  const { name, url, query } = database
  return {
    url,
    schema: name,
    query,
    client: async (sql) => client(await otherMysql(database, sql)),
    // Who waits for a row looks busy to the list of processes.
    waits: async (pid) =>
      (await is(query, pid, `STATE REGEXP 'lock'`)) ||
      (
        await query(
          `SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = ? AND trx_state = 'LOCK WAIT'`,
          [pid],
        )
      ).length > 0,
    works: (pid) => is(query, pid, `STATE = 'User sleep'`),
    terminate: (pid) => query(`KILL ${pid}`),
    dump: () => mysqlDump(query, name),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

const client = (session: OtherMysql) => ({
  pid: session.id,
  query: session.query,
  [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
})

const is = async (query: Place['query'], pid: number, condition: string): Promise<boolean> =>
  (await query(`SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = ? AND ${condition}`, [pid])).length >
  0
