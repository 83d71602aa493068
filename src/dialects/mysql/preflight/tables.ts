import type { TableRef } from '../../../program/refs.ts'
import { bytesText } from '../../../text/words.ts'
import { lasting, warning } from '../../checks.ts'
import { diskChecks } from '../../disk.ts'
import type { Check } from '../../interface/check.ts'
import type { Row, Session } from '../../interface/session.ts'
import type { Server } from '../connect/session.ts'
import { grantee, lacking, type Privileges, pattern } from '../inspect/privileges.ts'
import { byTable, readRows } from '../inspect/query.ts'
import { readRowVersions } from '../inspect/tables.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { freeDisk } from '../observe/disk.ts'
import { mostRowVersions } from './obstacles.ts'

/** What all checks of tables need to know. */
export type Known = {
  readonly dialect: Server['dialect']
  readonly version: number
  readonly user: string
  readonly privileges: Privileges
  /** System variables by their name. */
  readonly variable: (name: string) => string
}

/** Facts about one table. */
export type TableFacts = {
  readonly table: TableRef
  readonly engine: string | null
  readonly view: boolean
  readonly bytes: number
  /** Bytes of the rows, without indexes. */
  readonly rowBytes: number
  /** Whether an index without NULLs identifies the rows. */
  readonly keyed: boolean
  readonly rowVersions: number | null
  readonly parents: readonly TableRef[]
}

/**
 * Measured on MySQL 9.7 and MariaDB 10.11: ALTER alone suffices for columns, checks and indexes, with any algorithm.
 * CREATE INDEX and DROP are not needed.
 */
const NEEDED = ['SELECT', 'UPDATE', 'ALTER', 'TRIGGER'] as const

/** The log of writes during an index build is limited. In a smaller table the build ends before that matters, bytes. */
const LARGE = 10 * 2 ** 30
const SMALL_LOG = 2 ** 30

/** So close to the limit a plan could reach it. */
const HEADROOM = 10

/** Checks of each table: that it exists, uses InnoDB, and that everything the plan does with it is allowed. */
export async function checkTables(
  session: Session,
  tables: readonly TableRef[],
  known: Known,
): Promise<Check[]> {
  if (tables.length === 0) return []
  const facts = await readFacts(session, tables, known)
  return [
    ...tables.flatMap((table) => {
      const found = facts.find((one) => one.table === table)
      return found ? tableChecks(found, known) : [absent(table)]
    }),
    ...diskChecks(await freeDisk(session), total(facts, 'bytes'), logged(known) * total(facts, 'rowBytes')),
  ]
}

const total = (facts: readonly TableFacts[], what: 'bytes' | 'rowBytes'): number =>
  facts.reduce((sum, one) => sum + one[what], 0)

/** How often the binary log holds an updated row: before and after. */
const logged = ({ variable }: Known): number =>
  variable('log_bin') !== 'ON' ? 0 : variable('binlog_row_image') === 'FULL' ? 2 : 1

const absent = (table: TableRef): Check => ({
  name: 'table',
  outcome: 'failed',
  code: 'PLAN_DRIFT',
  says: `${quoteTable(table)} does not exist, or this user has no privilege on it`,
  hint: 'check the plan, the database and the privileges',
})

async function readFacts(session: Session, tables: readonly TableRef[], known: Known): Promise<TableFacts[]> {
  const found = byTable(await readRows(session, TABLES, { tables }))
  const parents = byTable(await readRows(session, PARENTS, { tables }))
  const keys = byTable(await readRows(session, KEYS, { tables }))
  const versions = known.dialect === 'mysql' ? await readRowVersions(session, tables) : () => null
  return tables.flatMap((table) => {
    const [row] = found(table)
    return row ? [tableFacts(table, row, parents(table), keys(table).length > 0, versions(table))] : []
  })
}

const tableFacts = (
  table: TableRef,
  row: Row,
  parents: readonly Row[],
  keyed: boolean,
  rowVersions: number | null,
): TableFacts => ({
  table,
  engine: row['engine'] === null ? null : String(row['engine']),
  view: /view/i.test(String(row['table_type'])),
  bytes: Number(row['bytes'] ?? 0),
  rowBytes: Number(row['row_bytes'] ?? 0),
  keyed,
  rowVersions,
  parents: parents.map((parent) => ({
    schema: String(parent['parent_schema']),
    name: String(parent['parent_name']),
  })),
})

/** All checks of one table. */
export function tableChecks(facts: TableFacts, known: Known): Check[] {
  return [
    engineCheck(facts),
    privilegeCheck(facts.table, known),
    keepOutCheck(facts.table, known),
    triesCheck(facts.table, known),
    ...keyChecks(facts),
    ...foreignKeyChecks(facts, known),
    ...rowVersionChecks(facts, known),
    ...alterLogChecks(facts, known),
  ]
}

function engineCheck({ table, engine, view }: TableFacts): Check {
  const fine = !view && engine?.toLowerCase() === 'innodb'
  const what = view ? 'is a view' : `is kept by ${engine ?? 'no engine'}`
  return {
    name: 'engine',
    outcome: fine ? 'ok' : 'failed',
    says: `${quoteTable(table)} ${what}`,
    hint: view
      ? 'name the table behind it'
      : `the tool needs transactions: ALTER TABLE ${quoteTable(table)} ENGINE = InnoDB`,
  }
}

function privilegeCheck(table: TableRef, { privileges, user }: Known): Check {
  const missing = lacking(privileges.has, NEEDED, table)
  const name = quoteTable(table)
  return {
    name: 'privileges',
    outcome: missing.length === 0 ? 'ok' : privileges.unread > 0 ? 'warning' : 'failed',
    says:
      missing.length === 0
        ? `this user may change ${name}`
        : `this user has no ${missing.join(', ')} on ${name}`,
    hint: `GRANT ${missing.join(', ')} ON ${name} TO ${grantee(user)}`,
  }
}

/** This privilege exists for a database, not for a single table. */
function keepOutCheck({ schema }: TableRef, { privileges, user }: Known): Check {
  const may = privileges.has('LOCK TABLES', { schema })
  const says = may
    ? 'going back keeps writers out while it looks what it would lose'
    : `this user has no LOCK TABLES on ${quote(schema)}: going back cannot keep writers out, and what they write in its last moment is not counted`
  return lasting(
    warning('lock tables', may, says, `GRANT LOCK TABLES ON ${pattern(schema)}.* TO ${grantee(user)}`),
  )
}

/** The plan's values are first computed for all rows in such a table, where they may fail. */
function triesCheck({ schema }: TableRef, { privileges, user }: Known): Check {
  const may = privileges.has('CREATE TEMPORARY TABLES', { schema })
  const says = may
    ? 'the values of a plan can be tried on all rows before anything is changed'
    : `this user has no CREATE TEMPORARY TABLES on ${quote(schema)}: a plan whose values may fail on some rows cannot begin`
  const hint = `GRANT CREATE TEMPORARY TABLES ON ${pattern(schema)}.* TO ${grantee(user)}`
  return lasting(warning('temporary tables', may, says, hint))
}

function keyChecks({ table, keyed, view }: TableFacts): Check[] {
  if (keyed || view) return []
  return [
    lasting(
      warning(
        'key',
        false,
        `${quoteTable(table)} has no primary key and no unique index without NULLs`,
        'a backfill walks along a key, and replicas search the whole table for each row without one: add a primary key first',
      ),
    ),
  ]
}

/** Only a user who may reference the parent can create a foreign key. */
function foreignKeyChecks({ parents }: TableFacts, { privileges, user }: Known): Check[] {
  return parents
    .filter((parent) => !privileges.has('REFERENCES', parent))
    .map((parent) => ({
      name: 'foreign keys',
      outcome: 'warning',
      says: `this user cannot make foreign keys to ${quoteTable(parent)}`,
      hint: `if the plan makes one: GRANT REFERENCES ON ${quoteTable(parent)} TO ${grantee(user)}`,
    }))
}

/** Instant changes of columns are counted, and a table allows only so many. */
function rowVersionChecks({ table, rowVersions }: TableFacts, { version }: Known): Check[] {
  const limit = mostRowVersions(version)
  return rowVersions === null || rowVersions < limit - HEADROOM
    ? []
    : [
        {
          name: 'row versions',
          outcome: 'warning',
          says: `${quoteTable(table)} has had ${rowVersions} of ${limit} instant changes of columns`,
          hint: `rebuild it at a quiet time: ALTER TABLE ${quoteTable(table)} FORCE, ALGORITHM=INPLACE, LOCK=NONE`,
        },
      ]
}

function alterLogChecks({ table, bytes }: TableFacts, { variable }: Known): Check[] {
  const log = Number(variable('innodb_online_alter_log_max_size') || Number.POSITIVE_INFINITY)
  return bytes <= LARGE || log >= SMALL_LOG
    ? []
    : [
        {
          name: 'online log',
          outcome: 'warning',
          says: `${quoteTable(table)} has ${bytesText(bytes)}, and an index build may log ${bytesText(log)} of writes`,
          hint: `with many writes it fails at its end (error 1799): SET GLOBAL innodb_online_alter_log_max_size = ${SMALL_LOG}`,
        },
      ]
}

const TABLES = {
  schema: 'table_schema',
  name: 'table_name',
  sql: (where: string) =>
    `SELECT table_schema AS table_schema, table_name AS table_name, table_type AS table_type, engine AS engine,
      data_length + index_length AS bytes, data_length AS row_bytes FROM information_schema.TABLES WHERE ${where}`,
}

const PARENTS = {
  schema: 'table_schema',
  name: 'table_name',
  sql: (where: string) =>
    `SELECT DISTINCT table_schema AS table_schema, table_name AS table_name,
      referenced_table_schema AS parent_schema, referenced_table_name AS parent_name
      FROM information_schema.KEY_COLUMN_USAGE WHERE ${where} AND referenced_table_name IS NOT NULL`,
}

const KEYS = {
  schema: 'table_schema',
  name: 'table_name',
  sql: (where: string) =>
    `SELECT table_schema AS table_schema, table_name AS table_name, index_name AS index_name
      FROM information_schema.STATISTICS WHERE ${where} AND non_unique = 0 GROUP BY table_schema, table_name, index_name
      HAVING COUNT(IF(nullable = 'YES' OR column_name IS NULL OR sub_part IS NOT NULL, 1, NULL)) = 0`,
}
