import { constraintsOnMysql } from '../lives/cases/constraints.ts'
import { rulesOnMysql } from '../lives/cases/rules.ts'
import * as additions from '../lives/mysql/cases/additions.ts'
import { foreignKeys, plain, required, richText } from '../lives/mysql/cases/rich.ts'
import { splitName } from '../lives/mysql/cases/splits.ts'
import type { Place, Subject } from './conformance.ts'
import { granted, hidden, sealed } from './conformance-changes.ts'
import { authored, calls, computes, goes, kept, keyed, retypes } from './conformance-further.ts'
import { mysqlKeys } from './conformance-keys-mysql.ts'
import type { MysqlServer } from './databases.ts'
import { together } from './lives.ts'
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
  programs: [
    richText,
    together('references', foreignKeys),
    required,
    plain,
    ...Object.values(additions),
    splitName,
    splitRuled,
    sealed,
    granted,
    ...hidden,
    rulesOnMysql,
    constraintsOnMysql,
    goes,
    kept(),
    retypes,
    computes,
    calls,
    ...(server.dialect === 'mysql' ? [keyed('json')] : []),
    authored('database()'),
  ],
  // MariaDB keeps a document as a text, and no key of it gets another name.
  outdated: server.dialect === 'mysql' ? [] : ['reserve_key', 'retire_key', 'strip_key'],
  // An index that comes again stands behind the others.
  traces: { [richText.name]: ['drop_index', 'drop_index'], [constraintsOnMysql.name]: ['delete_index'] },
  // Nothing can be set for one database alone.
  hostile: () => [],
  ...mysqlKeys(server.dialect),
})

/** With what has to go before the column can. */
const splitRuled: Subject['programs'][number] = {
  name: 'a name with a rule and an index becomes two',
  setup: [
    `CREATE TABLE ruled (id int PRIMARY KEY, name varchar(40) NOT NULL, KEY by_name (name, id),
      CONSTRAINT named CHECK (name <> 'nobody'))`,
    `INSERT INTO ruled VALUES (1, 'Ada Lovelace'), (2, 'Prince')`,
  ],
  intents: `
- split_column:
    table: ruled
    from: name
    into:
      first: { type: varchar(40), required: true, value: { split: { column: name, separator: " ", part: first } } }
      last: { type: varchar(40), index: true, value: { split: { column: name, separator: " ", part: rest } } }
    back: { concat: { columns: [first, last], separator: " " } }`,
}

async function place(server: MysqlServer): Promise<Place> {
  const database = await createMysqlDatabase(server)
  const { name, url, query } = database
  return {
    url,
    schema: name,
    query,
    client: async (sql) => client(await otherMysql(database, sql)),
    waits: async (pid) => (await is(query, pid, `STATE REGEXP 'lock'`)) || (await waitsForRow(query, pid)),
    works: (pid) => is(query, pid, `STATE = 'User sleep'`),
    terminate: (pid) => query(`KILL ${pid}`),
    // Which of a column's indexes comes first is nothing that anybody asked for.
    dump: async () =>
      (await mysqlDump(query, name)).map((line) => line.replace(/"COLUMN_KEY":"[A-Z]*",/, '')),
    [Symbol.asyncDispose]: async () => {
      // Rights outlive what they are on.
      await query('REVOKE ALL PRIVILEGES ON kept FROM CURRENT_USER()').catch(() => undefined)
      await database[Symbol.asyncDispose]()
    },
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

/** To the list of processes such a session looks busy; and who asks INNODB_TRX often is given the same answer again. */
async function waitsForRow(query: Place['query'], pid: number): Promise<boolean> {
  const [row] = await query('SHOW ENGINE INNODB STATUS')
  const transactions = String(row?.['Status']).split('---TRANSACTION ')
  return transactions.some(
    (text) => text.includes('LOCK WAIT') && new RegExp(` thread id ${pid}\\b`).test(text),
  )
}
