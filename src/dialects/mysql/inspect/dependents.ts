import { isSyncTrigger } from '../../../program/drift.ts'
import type { TableRef } from '../../../program/refs.ts'
import { qualified } from '../../../schema/lookup.ts'
import type { Dependent, Table } from '../../../schema/snapshot.ts'
import type { Session } from '../../interface/session.ts'
import { readBody } from '../../relational/bodies.ts'
import { columnsIn, sameColumn } from '../language/definitions.ts'
import { type Token, tokens } from '../language/tokens.ts'
import { bodyWords } from './bodies.ts'
import { by, type ObjectQuery, readRows, type Scope, tableKey } from './query.ts'

/** The server's own databases. */
export const SYSTEM = `('mysql', 'sys', 'information_schema', 'performance_schema')`

/** Views that use the table, as the server records it. Without SHOW VIEW a view's definition is empty. */
const VIEWS: ObjectQuery = {
  schema: 'u.table_schema',
  name: 'u.table_name',
  sql: (where) => `
    SELECT u.view_schema AS view_schema, u.view_name AS view_name, v.view_definition AS definition
    FROM information_schema.VIEW_TABLE_USAGE u
    JOIN information_schema.VIEWS v ON v.table_schema = u.view_schema AND v.table_name = u.view_name WHERE ${where}`,
}

/** MariaDB does not record what a view uses, so all views are read. */
const ALL_VIEWS = `
  SELECT table_schema AS view_schema, table_name AS view_name, view_definition AS definition
  FROM information_schema.VIEWS WHERE table_schema NOT IN ${SYSTEM}`

const PARTITIONS: ObjectQuery = {
  schema: 'table_schema',
  name: 'table_name',
  sql: (where) => `
    SELECT DISTINCT table_schema AS table_schema, table_name AS table_name, partition_expression AS expression,
      subpartition_expression AS sub_expression
    FROM information_schema.PARTITIONS WHERE ${where} AND partition_name IS NOT NULL`,
}

/** Uses of a table's columns outside its columns and keys: views, and its partitioning. */
export async function readUses(
  session: Session,
  scope: Scope,
  mariadb: boolean,
): Promise<(table: TableRef, columns: readonly string[]) => Dependent[]> {
  const views = mariadb ? (await session.query(ALL_VIEWS)).rows : await readRows(session, VIEWS, scope)
  const partitions = await readRows(session, PARTITIONS, scope)
  const uses = new Map(
    views.map((row) => [
      `view ${row['view_schema']}.${row['view_name']}`,
      viewColumns(String(row['definition'] ?? '')),
    ]),
  )
  return (table, columns) => {
    const key = tableKey(table.schema, table.name)
    const from = [...uses].map(([name, used]) => dependent('view', name, named(used.get(key) ?? [], columns)))
    const parts = partitions
      .filter((row) => row['table_schema'] === table.schema && row['table_name'] === table.name)
      .map((row) => columnsIn(`${row['expression'] ?? ''} ${row['sub_expression'] ?? ''}`, columns))
    return used([
      ...from,
      dependent('other', `partition key of ${qualified(table)}`, [...new Set(parts.flat())]),
    ])
  }
}

/**
 * The columns that a view names, by table. Both servers print views with all names resolved: a column comes after its
 * table's alias, or after database and table. An alias follows its table without AS.
 */
function viewColumns(definition: string): ReadonlyMap<string, readonly string[]> {
  const chains = nameChains(tokens(definition))
  const tables = new Map<string, string[]>()
  const aliases = new Map<string, Set<string>>()
  const add = (key: string, column: string) => tables.set(key, [...(tables.get(key) ?? []), column])
  for (const { names, alias } of chains) {
    const [schema, table] = names as [string, string]
    if (names.length === 3) add(tableKey(schema, table), names[2] as string)
    if (names.length === 2)
      aliases.set(alias ?? table, (aliases.get(alias ?? table) ?? new Set()).add(tableKey(schema, table)))
  }
  for (const { names } of chains)
    if (names.length === 2)
      for (const key of aliases.get(names[0] as string) ?? []) add(key, names[1] as string)
  return tables
}

/** Names joined by dots, and the name directly after them. */
function nameChains(words: readonly Token[]): { names: string[]; alias: string | undefined }[] {
  const chains: { names: string[]; alias: string | undefined }[] = []
  for (let i = 0; i < words.length; i++) {
    if (words[i]?.kind !== 'name') continue
    const names = [words[i]?.means ?? '']
    for (; words[i + 1]?.text === '.' && words[i + 2]?.kind === 'name'; i += 2)
      names.push(words[i + 2]?.means ?? '')
    const next = words[i + 1]
    chains.push({ names, alias: next?.kind === 'name' ? next.means : undefined })
  }
  return chains
}

/** Objects of the table itself that need its columns: generated columns, defaults and triggers, except our own. */
export function ownDependents(table: Pick<Table, 'columns' | 'triggers'>): Dependent[] {
  const names = table.columns.map(({ name }) => name)
  return used([
    ...table.columns.flatMap(({ name, generated, default: value }) => [
      dependent(
        'generated column',
        `generated column ${name}`,
        columnsIn(generated?.expression ?? '', names),
      ),
      dependent('other', `default of column ${name}`, columnsIn(value?.sql ?? '', names)),
    ]),
    ...table.triggers
      .filter(({ name }) => !isSyncTrigger(name))
      .map((trigger) =>
        dependent(
          'trigger',
          `trigger ${trigger.name}`,
          named(readBody(bodyWords(trigger.definition)).names, names),
        ),
      ),
  ])
}

const dependent = (kind: Dependent['kind'], name: string, columns: readonly string[]): Dependent => ({
  kind,
  name,
  columns,
})

const used = (dependents: readonly Dependent[]): Dependent[] =>
  dependents.filter(({ columns }) => columns.length > 0)

const named = (found: readonly string[], columns: readonly string[]): string[] =>
  columns.filter((column) => found.some((name) => sameColumn(name, column)))

/** By kind, then by name. */
export const sortDependents = (dependents: readonly Dependent[]): Dependent[] =>
  dependents.toSorted(
    by(
      ({ kind }) => kind,
      ({ name }) => name,
    ),
  )
