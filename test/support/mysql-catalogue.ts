import { MIGRATIONS } from '../../src/ledger/tables.ts'

type Query = (sql: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>

const LEDGER = MIGRATIONS.flat().map(({ name }) => name)

/** A condition on the name of a table: not one of the ledger. */
export const ours = (column: string): string =>
  `${column} NOT IN (${LEDGER.map((name) => `'plan_${name}'`).join(', ')})`

/** A view of information_schema: the column that says whose its rows are, and those that say nothing about a shape. */
type View = { readonly name: string; readonly schema?: string; readonly without?: readonly string[] }

const TIMES = [
  'CREATED',
  'LAST_ALTERED',
  'LAST_EXECUTED',
  'STARTS',
  'CREATE_TIME',
  'UPDATE_TIME',
  'CHECK_TIME',
]
const SIZES = [
  ...['TABLE_ROWS', 'AVG_ROW_LENGTH', 'DATA_LENGTH', 'MAX_DATA_LENGTH', 'INDEX_LENGTH', 'MAX_INDEX_LENGTH'],
  ...['DATA_FREE', 'AUTO_INCREMENT', 'CHECKSUM', 'CARDINALITY'],
]

const VIEWS: readonly View[] = [
  { name: 'SCHEMATA', schema: 'SCHEMA_NAME' },
  // Of the file of a definition, which only grows.
  { name: 'TABLES', without: ['VERSION'] },
  { name: 'COLUMNS', without: ['ORDINAL_POSITION'] },
  { name: 'STATISTICS' },
  { name: 'TABLE_CONSTRAINTS' },
  { name: 'KEY_COLUMN_USAGE' },
  { name: 'REFERENTIAL_CONSTRAINTS', schema: 'CONSTRAINT_SCHEMA' },
  // Only one of the servers says of which table they are; on the other the ledger has none.
  { name: 'CHECK_CONSTRAINTS', schema: 'CONSTRAINT_SCHEMA' },
  { name: 'TRIGGERS', schema: 'TRIGGER_SCHEMA' },
  { name: 'VIEWS' },
  { name: 'ROUTINES', schema: 'ROUTINE_SCHEMA' },
  { name: 'PARAMETERS', schema: 'SPECIFIC_SCHEMA' },
  { name: 'EVENTS', schema: 'EVENT_SCHEMA' },
  { name: 'TABLE_PRIVILEGES' },
  { name: 'COLUMN_PRIVILEGES' },
]

/**
 * All that the catalogue says about a database but the ledger's tables, one thing a line, sorted. The place of a column in
 * its table says nothing, nor do counters and statistics; whatever else differs shows. The database's own name is left out.
 */
export async function mysqlDump(query: Query, schema: string): Promise<string[]> {
  const lines: string[] = []
  for (const view of VIEWS) lines.push(...(await linesOf(query, view, schema)))
  const tables = await query(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' AND ${ours('TABLE_NAME')}`,
    [schema],
  )
  for (const { name } of tables) lines.push(...(await definition(query, String(name))))
  return lines.map((line) => line.replaceAll(schema, '~')).sort()
}

async function linesOf(query: Query, view: View, schema: string): Promise<string[]> {
  const { name, schema: of = 'TABLE_SCHEMA', without = [] } = view
  const rows = await query(`SELECT * FROM information_schema.${name} WHERE ${of} = ?`, [schema])
  const left = new Set([...TIMES, ...SIZES, ...without])
  return rows
    .filter((row) => !LEDGER.some((ledger) => row['TABLE_NAME'] === `plan_${ledger}`))
    .map((row) => Object.entries(row).filter(([column]) => !left.has(column)))
    .map((facts) => `${name} ${JSON.stringify(Object.fromEntries(facts))}`)
}

/** The server's own statement, a line of it each: it says more than the views, but has columns and indexes in their order. */
async function definition(query: Query, table: string): Promise<string[]> {
  const [row] = await query(`SHOW CREATE TABLE \`${table.replaceAll('`', '``')}\``)
  return String(row?.['Create Table'])
    .replace(/ AUTO_INCREMENT=\d+/, '')
    .split('\n')
    .map((line) => `${table}: ${line.replace(/,$/, '')}`)
}
