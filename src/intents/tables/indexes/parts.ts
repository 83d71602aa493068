import type { Position } from '../../../errors.ts'
import type { Action } from '../../../program/action.ts'
import { qualified, requireTable, type TableName } from '../../../schema/lookup.ts'
import type { Index, Snapshot, Table } from '../../../schema/snapshot.ts'
import { nearest } from '../../../text/nearest.ts'
import { refuse } from '../../refuse.ts'
import { type Context, refOf } from '../context.ts'

export const deleted = (
  table: Table,
  { name, definition, comment, targets }: Index,
): Extract<Action, { do: 'delete_index' }> => ({
  do: 'delete_index',
  table: refOf(table),
  ...{ name, definition, comment },
  ...(targets && { targets }),
})

/** The index of this name, and its table. Without a table the name has to be that of one index alone. */
export function requireIndex(
  { snapshot, at }: Context,
  wanted: TableName | undefined,
  name: string,
  field: string,
): { readonly table: Table; readonly index: Index } {
  const within = wanted === undefined ? inSchema(snapshot) : [requireTable(snapshot, wanted, at('table'))]
  const found = within.flatMap((table) =>
    table.indexes.filter((index) => index.name === name).map((index) => ({ table, index })),
  )
  const [only, ...others] = found
  if (only && others.length === 0) return only
  if (only)
    return refuse(
      'PLAN_INVALID',
      `${name} is an index of ${found.map(({ table }) => qualified(table)).join(' and of ')}`,
      `say which: write table: ${only.table.name}`,
      at(field),
    )
  const names = within.flatMap(({ indexes }) => indexes.map((index) => index.name))
  const near = nearest(name, names)
  const where = wanted === undefined ? `schema ${snapshot.schema}` : qualified(within[0] as Table)
  return refuse(
    'PLAN_COLUMN_MISSING',
    `${where} has no index ${name}`,
    near === undefined
      ? names.length > 0 && names.length <= 20
        ? `it has: ${names.join(', ')}`
        : 'look at the name, and write the table beside it'
      : `did you mean ${near}?`,
    at(field),
  )
}

const inSchema = ({ tables, schema }: Snapshot): readonly Table[] =>
  tables.filter((table) => table.schema === schema)

/** Refuses an index by which the server tells rows apart, or which a foreign key needs. */
export function requireUnneeded({ language }: Context, table: Table, index: Index, at: Position): void {
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${index.name} ${why}`, hint, at)
  if (index.primary) no(`is the primary key of ${qualified(table)}`, 'it cannot be dropped')
  if (table.replicaIdentity.index === index.name)
    no(`is the replica identity of ${qualified(table)}`, 'set another replica identity first')
  if (language.rowIndexes(table).some(({ name }) => name === index.name))
    no(
      `is the index by which the server may keep the rows of ${qualified(table)}, which has no primary key`,
      'add a primary key first',
    )
  const needs = language.indexes.keysNeed
  const begins = (one: Index, columns: readonly string[]) =>
    columns.every((_, place) => columns.includes(one.key?.[place] ?? ''))
  const serves = (columns: readonly string[], unique: boolean) =>
    begins(index, columns) &&
    !table.indexes.some((one) => one.name !== index.name && (!unique || one.unique) && begins(one, columns))
  const incoming = table.referencedBy.find(
    ({ to }) => (index.unique || !needs.unique) && serves(to.columns, needs.unique),
  )
  if (incoming)
    no(
      `is what the foreign key ${incoming.name} of ${incoming.from.schema}.${incoming.from.table} refers to`,
      'drop that foreign key first',
    )
  const own = needs.own ? table.foreignKeys.find(({ from }) => serves(from.columns, false)) : undefined
  if (own)
    no(
      `is the only index for the foreign key ${own.name}`,
      'build another one first, or drop the foreign key',
    )
}

/** What is possible once an index is gone that let no two rows share a value. */
export const sharing = (table: Table, { name, unique, columns }: Index): readonly string[] =>
  unique
    ? [
        `${name} is unique: once it is dropped rows of ${table.name} may share a value of ${columns.join(', ')}, and statements that upsert by it (ON CONFLICT, ON DUPLICATE KEY UPDATE, REPLACE) fail or add rows`,
      ]
    : []
