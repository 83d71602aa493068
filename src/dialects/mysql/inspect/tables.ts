import type { TableRef } from '../../../program/refs.ts'
import type { Column, Grant, Table } from '../../../schema/snapshot.ts'
import type { Row, Session } from '../../interface/session.ts'
import { isJson, storageOf, withoutStorage } from '../connect/mariadb.ts'
import { closing, sameColumn } from '../language/definitions.ts'
import { tokens } from '../language/tokens.ts'
import { isVolatile } from '../language/volatile.ts'
import { by, byTable, type ObjectQuery, readRows, type Scope, text } from './query.ts'
import type { ColumnText, Named, TableText } from './text.ts'

/** No views, sequences or temporary tables. Bytes and rows are the engine's estimates. */
export const TABLES: ObjectQuery = {
  schema: 'table_schema',
  name: 'table_name',
  sql: (where) => `
    SELECT table_schema AS table_schema, table_name AS table_name, table_type AS table_type, engine AS engine,
      table_comment AS comment, create_options AS options, data_length + index_length AS bytes, table_rows AS estimate,
      row_format AS row_format, table_collation AS collation
    FROM information_schema.TABLES
    WHERE ${where} AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')`,
}

/** All facts of a table that one row holds. */
export const tableFacts = (row: Row) => ({
  kind: kind(row),
  ...(text(row['engine']) === null ? {} : { engine: String(row['engine']) }),
  ...(text(row['row_format']) === null ? {} : { rowFormat: String(row['row_format']) }),
  ...(text(row['collation']) === null ? {} : { collation: String(row['collation']) }),
  comment: text(row['comment']),
  bytes: Number(row['bytes'] ?? 0),
  rows: Number(row['estimate'] ?? -1),
})

function kind(row: Row): Table['kind'] {
  if (row['table_type'] === 'SYSTEM VERSIONED') return 'system versioned'
  return /\bpartitioned\b/.test(String(row['options'])) ? 'partitioned' : 'table'
}

/** What SHOW CREATE TABLE does not show plainly. MySQL returns comments and defaults unescaped. */
export const COLUMNS: ObjectQuery = {
  schema: 'table_schema',
  name: 'table_name',
  sql: (where) => `
    SELECT table_schema AS table_schema, table_name AS table_name, column_name AS name, ordinal_position AS position,
      data_type AS data_type, column_type AS type, collation_name AS collation, is_nullable AS nullable,
      column_comment AS comment, extra AS extra, column_default AS default_text
    FROM information_schema.COLUMNS WHERE ${where}`,
}

/** A column from its row and its line in SHOW CREATE TABLE, with MariaDB's check of the column. */
export function readColumn(
  row: Row,
  { columns }: TableText,
  grants: readonly Grant[],
  { mariadb, tables }: { readonly mariadb: boolean; readonly tables: string | undefined },
): { readonly column: Column; readonly check: Named | null } {
  const [name, extra] = [String(row['name']), String(row['extra'])]
  const line = columns.get(name)
  if (line === undefined) throw new Error(`SHOW CREATE TABLE did not print column ${name}`)
  const stored = { name, type: withoutStorage(String(row['type'])), collation: text(row['collation']) }
  const json = isJson(stored, line.check)
  const definition = stored.collation === tables ? following(line.definition) : line.definition
  const srid = sridIn(line.definition)
  const column: Column = {
    ...stored,
    ...(json ? { type: 'json' } : {}),
    ...(srid === null ? {} : { type: `${stored.type} SRID ${srid}` }),
    collation: json || !saysCollation(definition) ? null : stored.collation,
    position: Number(row['position']),
    default: mariadb ? doubted(readDefault(text(row['default_text']))) : readDefault(defaultOf(row, line)),
    identity: /auto_increment/i.test(extra) ? 'by default' : null,
    generated: line.generated,
    notNull: row['nullable'] === 'NO',
    comment: text(row['comment']),
    statisticsTarget: null,
    storage: null,
    compression: storageOf(String(row['type'])),
    options: [],
    grants,
    definition,
    ...(line.onUpdate === null ? {} : { onUpdate: line.onUpdate }),
    ...(/\binvisible\b/i.test(extra) ? { invisible: true } : {}),
    sequences: [],
  }
  return { column, check: json || line.check === null ? null : { name, definition: `CHECK (${line.check})` } }
}

/** A column with its table's collation gets a counterpart that also follows the table. */
const saysCollation = (definition: string): boolean =>
  tokens(definition).some(({ kind, text }) => kind === 'word' && /^(collate|character)$/i.test(text))

/**
 * When a table's collation is not the default of its character set, MySQL prints it for each column, too. A collation
 * that belongs to the column itself is printed with its character set. Repeating an inherited one would make it the
 * column's own.
 */
function following(definition: string): string {
  const words = tokens(definition)
  const type = words[1]?.text === '(' ? closing(words, 1) : 0
  const [collate, , next] = words.slice(type + 1)
  if (!/^collate$/i.test(collate?.text ?? '')) return definition
  return `${definition.slice(0, collate?.start)}${next ? definition.slice(next.start) : ''}`.trim()
}

/** The only spatial reference system that a column takes. MySQL prints it in a comment for later versions. */
const sridIn = (definition: string): string | null =>
  tokens(definition)
    .filter(({ kind }) => kind === 'comment')
    .map(({ text }) => /^\/\*!80003 SRID (\d+) \*\/$/.exec(text)?.[1] ?? null)
    .find((found) => found !== null) ?? null

/** MySQL prints numbers as strings. In information_schema a binary default ends at its first zero byte (9.7). */
function defaultOf(row: Row, { default: value }: ColumnText): string | null {
  const number = /^((tiny|small|medium|big)?int|decimal|float|double|year)$/.test(String(row['data_type']))
  return value?.startsWith("'") && number ? value.slice(1, -1) : value
}

/** MariaDB stores the text of a default in utf8mb3, with a question mark for every other character. */
const doubted = (given: Column['default']): Column['default'] =>
  given && /[?\ufffd]/.test(given.sql) ? { ...given, doubtful: true } : given

const readDefault = (sql: string | null): Column['default'] =>
  sql === null || sql === 'NULL' ? null : { sql, volatile: isVolatile(sql) }

/** What each partitioned table is divided by; empty when the server uses the primary key. */
export const PARTITIONING: ObjectQuery = {
  schema: 'table_schema',
  name: 'table_name',
  sql: (where) => `
    SELECT DISTINCT table_schema AS table_schema, table_name AS table_name, partition_expression AS divided,
      subpartition_expression AS subdivided
    FROM information_schema.PARTITIONS WHERE ${where} AND partition_name IS NOT NULL`,
}

const PRIVILEGE = `grantee AS grantee, privilege_type AS privilege, is_grantable AS grantable`

/** Grants on the whole table that this user may see: all of them with SELECT on the system's tables. */
const TABLE_PRIVILEGES: ObjectQuery = {
  schema: 'table_schema',
  name: 'table_name',
  sql: (where) => `SELECT table_schema AS table_schema, table_name AS table_name, '' AS name, ${PRIVILEGE}
    FROM information_schema.TABLE_PRIVILEGES WHERE ${where}`,
}

export const COLUMN_PRIVILEGES: ObjectQuery = {
  ...TABLE_PRIVILEGES,
  sql: (
    where,
  ) => `SELECT table_schema AS table_schema, table_name AS table_name, column_name AS name, ${PRIVILEGE}
    FROM information_schema.COLUMN_PRIVILEGES WHERE ${where}`,
}

/** Grants on a table, on its columns by name, and on names that are no columns of it. */
export async function readGrants(session: Session, scope: Scope) {
  const rows = [
    ...(await readRows(session, TABLE_PRIVILEGES, scope)),
    ...(await readRows(session, COLUMN_PRIVILEGES, scope)),
  ]
  const of = byTable(rows)
  const matching = (table: TableRef, is: (column: string) => boolean) =>
    of(table)
      .filter(({ name }) => is(String(name)))
      .map(({ name, grantee, privilege, grantable }) => ({
        column: String(name),
        to: String(grantee),
        privilege: String(privilege),
        grantable: grantable === 'YES',
      }))
      .sort(
        by(
          ({ column }) => column,
          ({ to }) => to,
          ({ privilege }) => privilege,
        ),
      )
  return {
    // They are stored with the name as the grantor wrote it.
    grants: (table: TableRef, column = ''): Grant[] =>
      matching(table, (name) => sameColumn(name, column)).map(({ column: _, ...grant }) => grant),
    strays: (table: TableRef, columns: readonly string[]) =>
      matching(table, (name) => name !== '' && !columns.some((one) => sameColumn(one, name))),
  }
}

/** How long to wait for the row versions, milliseconds. Without waiting, 2000 tables take 13. */
const ROW_VERSIONS_TIMEOUT = 500

/**
 * TOTAL_ROW_VERSIONS came with MySQL 8.0.29, and INNODB_TABLES needs the privilege PROCESS; null where it is unknown. The
 * server reads all tables of all databases for it, and waits for each that an ALTER holds or waits for. A partitioned
 * table has one row per partition.
 */
export async function readRowVersions(
  session: Session,
  tables: readonly TableRef[],
): Promise<(table: TableRef) => number | null> {
  const files = tables.flatMap((table) => fileName(table) ?? [])
  if (files.length === 0) return () => null
  const file = "SUBSTRING_INDEX(REPLACE(name, '#P#', '#p#'), '#p#', 1)"
  try {
    const { rows } = await session.query(
      `SELECT /*+ MAX_EXECUTION_TIME(${ROW_VERSIONS_TIMEOUT}) */ ${file} AS file, MAX(total_row_versions) AS versions FROM information_schema.INNODB_TABLES
        WHERE ${file} IN (${files.map(() => '?').join(', ')}) GROUP BY file`,
      files,
    )
    const found = new Map(rows.map((row) => [row['file'], Number(row['versions'])]))
    return (table) => found.get(fileName(table)) ?? null
  } catch {
    // The server is older, lacks PROCESS or was too slow. If the connection was lost the next statement fails.
    return () => null
  }
}

/** The table's name in InnoDB. Beyond ASCII it needs an encoding that MySQL does not offer: null. */
function fileName({ schema, name }: TableRef): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins there.
  if (/[^\u0000-\u007f]/.test(schema + name)) return null
  return [schema, name]
    .map((part) => part.replace(/\W/g, (sign) => `@${sign.charCodeAt(0).toString(16).padStart(4, '0')}`))
    .join('/')
}
