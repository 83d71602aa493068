import type { Position } from '../../errors.ts'
import type { Column, Table } from '../../schema/snapshot.ts'
import { refuse } from '../refuse.ts'
import type { Context } from './context.ts'

/** Refuses a column that the table, or something else, cannot be without. */
export function requireDroppable(context: Context, table: Table, column: Column, at: Position): void {
  const { language, traits } = context
  const name = `${table.schema}.${table.name}.${column.name}`
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${name} ${why}`, hint, at)
  const on = (thing: { readonly columns: readonly string[] | null }) =>
    thing.columns?.includes(column.name) ?? false
  if (table.columns.length === 1)
    no('is the only column of its table', `drop the table instead: DROP TABLE ${table.schema}.${table.name}`)
  const key = table.constraints.find((one) => one.kind === 'primary' && on(one))
  const rows = key ?? language.rowIndexes(table).find(on)
  if (rows ?? table.indexes.find((index) => index.primary && on(index)))
    no(
      `is part of ${key ? `the primary key ${key.name}` : (rows?.name ?? 'the primary key')}, which identifies the rows of the table`,
      'give the table another primary key first; that is not built yet',
    )
  if (table.partitionedBy?.includes(column.name))
    no(
      'decides in which partition a row is',
      'partition the table by another column first; a table cannot be without what its partitions are made by',
    )
  if (column.identity && !traits.dropsDependents)
    no(
      'counts up by itself, which needs its index to the end',
      'take AUTO_INCREMENT away first (MODIFY of ALTER TABLE)',
    )
  if (column.generated)
    no(
      'is a generated column: nobody writes it, and its values can be computed again',
      `it needs no plan; once nobody reads it: ALTER TABLE ${table.schema}.${table.name} DROP COLUMN ${column.name}`,
    )
  requireUnneeded(context, table, column, at)
  if (!traits.dropsDependents) requireUnsupporting(table, column, at)
}

/** Refuses a column that something else is made from or refers to, or that has to have a value. */
function requireUnneeded({ traits }: Context, table: Table, column: Column, at: Position): void {
  const name = `${table.schema}.${table.name}.${column.name}`
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${name} ${why}`, hint, at)
  const on = (thing: { readonly columns: readonly string[] | null }) =>
    thing.columns?.includes(column.name) ?? false
  const [incoming] = table.referencedBy.filter(({ to }) => to.columns.includes(column.name))
  if (incoming)
    no(
      `is referenced by ${incoming.from.schema}.${incoming.from.table} (${incoming.name})`,
      `drop that foreign key first: ALTER TABLE ${incoming.from.schema}.${incoming.from.table} DROP ${traits.dropsDependents ? 'CONSTRAINT' : 'FOREIGN KEY'} ${incoming.name}`,
    )
  const generated = table.dependents.find((one) => one.kind === 'generated column' && on(one))
  if (generated) no(`is what ${generated.name} is made from`, `drop the ${generated.name} first`)
  const identity = table.replicaIdentity.index
  if (identity && table.indexes.some((index) => index.name === identity && on(index)))
    no(`is part of the replica identity ${identity}`, 'set another replica identity first')
  const derived = table.columns.find((one) => one.default?.reads?.includes(column.name))
  if (derived)
    no(
      `is what the default of ${derived.name} is made from`,
      `drop that default first: ALTER TABLE ${table.schema}.${table.name} ALTER COLUMN ${derived.name} DROP DEFAULT`,
    )
  const insists = table.constraints.find(
    (one) => one.kind === 'check' && one.columns.length === 1 && on(one) && NOT_NULL.test(one.definition),
  )
  if (insists)
    no(
      `must have a value by the check ${insists.name}, so rows that are written without it would be refused`,
      `drop that check first: ALTER TABLE ${table.schema}.${table.name} DROP CONSTRAINT ${insists.name}`,
    )
}

/** A CHECK that does nothing but ask for a value. */
const NOT_NULL = /^CHECK \(*[\w"`]+ IS NOT NULL\)*( NOT VALID)?$/i

/**
 * Refuses when a foreign key of other columns uses an index that goes with the column: the server keeps such an index
 * until another one can take its place.
 */
function requireUnsupporting(table: Table, column: Column, at: Position): void {
  const needed = [
    ...table.foreignKeys.map((key) => ({ name: key.name, columns: key.from.columns })),
    ...table.referencedBy.map((key) => ({ name: key.name, columns: key.to.columns })),
  ].filter(({ columns }) => !columns.includes(column.name))
  for (const { name, columns } of needed) {
    const serving = table.indexes.filter(({ key }) => columns.every((one, place) => key?.[place] === one))
    const goes = serving.find((index) => index.columns.includes(column.name))
    if (goes && serving.every((index) => index.columns.includes(column.name)))
      refuse(
        'PLAN_UNSUPPORTED',
        `${table.schema}.${table.name}.${column.name} is in the index ${goes.name}, which goes with it and which the foreign key ${name} needs`,
        `add an index for that key first: ALTER TABLE ${table.schema}.${table.name} ADD INDEX (${columns.join(', ')}), ALGORITHM=INPLACE, LOCK=NONE`,
        at,
      )
  }
}
