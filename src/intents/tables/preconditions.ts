import type { Refusal } from '../../dialects/interface/refusal.ts'
import type { Position } from '../../errors.ts'
import type { Column, ForeignKey, Table } from '../../schema/snapshot.ts'
import { refuse } from '../refuse.ts'
import { type Context, refOf } from './context.ts'

/** Refuses a table whose rows this server, or this tool, does not change at all. */
export function requireStored(table: Table, at: Position): void {
  const name = `${table.schema}.${table.name}`
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${name} ${why}`, hint, at)
  if (table.kind === 'foreign') no('is a foreign table', 'change it on the server that holds it')
  if (table.partitionOf)
    no(
      `is a partition of ${table.partitionOf}`,
      `a column belongs to the whole table: write table: ${table.partitionOf}`,
    )
  if (table.kind === 'system versioned')
    no(
      'keeps the history of its rows (system versioning), which is not built yet',
      'the server refuses to change its columns; drop system versioning first',
    )
  if (table.engine !== undefined && table.engine !== 'InnoDB')
    no(
      `is kept by the storage engine ${table.engine}`,
      `it has no transactions; ALTER TABLE ${table.schema}.${table.name} ENGINE=InnoDB first`,
    )
}

/** Refuses a table that the server changes only by making everybody wait. */
export function requireOrdinary({ language }: Pick<Context, 'language'>, table: Table, at: Position): void {
  requireStored(table, at)
  refuseFor(language.frozen(table), `${table.schema}.${table.name}`, at)
}

/** Refuses with the reason of the server, where it has one. `what` is the subject of the sentence. */
function refuseFor(problem: Refusal | null, what: string, at: Position): void {
  if (problem) refuse('PLAN_UNSUPPORTED', `${what} ${problem.refused}`, problem.hint, at)
}

/** Refuses a table to which no column can be added while others write. */
export function requireGrowable(context: Pick<Context, 'language'>, table: Table, at: Position): void {
  const name = `${table.schema}.${table.name}`
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${name} ${why}`, hint, at)
  requireOrdinary(context, table, at)
  if (table.ofType)
    no(
      `is a table of type ${table.ofType}, whose columns are those of the type`,
      `make it a table of its own first: ALTER TABLE ${name} NOT OF`,
    )
  refuseFor(context.language.unalterable(table), name, at)
}

/** Refuses a table whose rows triggers cannot keep in step or batches cannot fill. */
export function requirePlainTable(context: Pick<Context, 'language'>, table: Table, at: Position): void {
  requireGrowable(context, table, at)
  requireWhole(table, at)
}

/** Refuses a table whose rows are in several tables. */
export function requireWhole(table: Table, at: Position): void {
  const name = `${table.schema}.${table.name}`
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${name} ${why}`, hint, at)
  if (table.kind === 'partitioned' && table.partitionedBy === undefined)
    no(
      'is partitioned, which is not built yet',
      'indexes cannot be built concurrently on a partitioned table; change it by hand partition by partition',
    )
  if (table.inherits.length + table.inheritedBy.length > 0)
    no('takes part in inheritance, which is not built yet', 'take it out of the inheritance first')
}

/** Refuses a column that another one cannot replace. */
export function requireReplaceable(
  { language, snapshot }: Context,
  table: Table,
  column: Column,
  at: Position,
): void {
  const name = `${table.schema}.${table.name}.${column.name}`
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${name} ${why}`, hint, at)
  const on = (thing: { readonly columns: readonly string[] | null }) =>
    thing.columns?.includes(column.name) ?? false
  const key = table.constraints.find((constraint) => constraint.kind === 'primary' && on(constraint))
  if (key)
    no(
      `is part of the primary key ${key.name}`,
      'replacing a key needs every reference to move with it, which is not built yet',
    )
  if (table.partitionedBy?.includes(column.name))
    no(
      'decides in which partition a row is',
      'a column that partitions are made by cannot be replaced beside running writes; partition the table by another one first',
    )
  const rows = language.rowIndexes(table).find(on)
  if (rows)
    no(
      `is part of ${rows.name}, by which the server may keep the rows of a table without a primary key`,
      'add a primary key first: such an index cannot be replaced beside running writes',
    )
  if (column.identity) no('is an identity column', 'replacing an identity is not built yet')
  if (column.generated)
    no('is a generated column', 'drop it and add it under its new name: the server computes it')
  const unfit = language.unfit(column.type, 'twin', snapshot)
  if (unfit) no(unfit.refused, unfit.hint)
  if (column.default?.reads)
    no(
      `has a default that is made from ${column.default.reads.join(' and ')}`,
      'the default of one shape cannot be told from a value there; drop it (ALTER TABLE), and set it on the new column in the end',
    )
  if (column.default?.doubtful)
    no(
      'has a default that the server does not give back exactly',
      'it holds characters that its catalogue cannot keep; drop the default (ALTER TABLE), and set it on the new column in the end',
    )
  const exclusion = table.constraints.find((constraint) => constraint.kind === 'exclusion' && on(constraint))
  if (exclusion)
    no(
      `is part of the exclusion constraint ${exclusion.name}`,
      'an exclusion constraint cannot be built without a long lock; drop it first',
    )
  const [incoming] = table.referencedBy.filter(({ to }) => to.columns.includes(column.name))
  if (incoming)
    no(
      `is referenced by ${incoming.from.schema}.${incoming.from.table} (${incoming.name})`,
      'drop that foreign key first; moving references is not built yet',
    )
  const generated = table.dependents.find((one) => one.kind === 'generated column' && on(one))
  if (generated)
    no(
      `is what ${generated.name} is made from`,
      `drop the ${generated.name} first and add it again on the new column`,
    )
  const identity = table.replicaIdentity.index
  if (identity && table.indexes.some((index) => index.name === identity && on(index)))
    no(`is part of the replica identity ${identity}`, 'set another replica identity first')
}

/**
 * The default that the sync takes for "nobody wrote this column": the column's own, or the one that contract will give
 * it.
 */
export function syncDefault({ language }: Pick<Context, 'language'>, column: Column): Column['default'] {
  const temporaryDefault = language.temporaryDefault(column)
  const given = column.default
  if (given) return { ...given, volatile: !language.steadyDefault(given) }
  return temporaryDefault === null ? null : { sql: temporaryDefault, volatile: false }
}

/** Whether changes of the referenced row write to this table's rows. */
export const cascades = ({ definition }: ForeignKey): boolean =>
  /ON (UPDATE (CASCADE|SET NULL|SET DEFAULT)|DELETE (SET NULL|SET DEFAULT))/i.test(definition)

/** Why triggers miss changes of these columns or harm other triggers; empty when they do neither. */
export function triggerGapOf({ traits }: Context, table: Table, columns: readonly string[]): string[] {
  const spoilt = table.columns.find((column) => column.default?.reads)
  const already = table.triggers.some(
    ({ timing, events }) => timing === 'before' && events.includes('insert'),
  )
  if (spoilt && !already && !traits.triggersKeepDefaults)
    return [
      `the default of ${spoilt.name} is made from ${spoilt.default?.reads?.join(' and ')}, and with a trigger of INSERT this server no longer sets it`,
    ]
  if (traits.cascadesFireTriggers) return []
  const key = table.foreignKeys.find(
    (one) => cascades(one) && one.from.columns.some((column) => columns.includes(column)),
  )
  return key
    ? [
        `the foreign key ${key.name} writes ${key.from.columns.join(', ')} of ${table.name} by itself, and this server runs no trigger then`,
      ]
    : []
}

/** Refuses when an index of the column cannot be built while the application runs. */
export function requireBuildable({ language }: Context, table: Table, column: string, at: Position): void {
  for (const index of table.indexes.filter(({ columns }) => columns.includes(column))) {
    const problem = language.unbuildable(index)
    if (problem) refuse('PLAN_UNSUPPORTED', `${table.name}: ${problem.refused}`, problem.hint, at)
  }
}

/** Refuses when the server would have to rewrite the table to make a column required and cannot do so while others write. */
export function requireRewritable(
  { language, snapshot, at }: Context,
  table: Table,
  { name, type }: Pick<Column, 'name' | 'type'>,
): void {
  const full = `${table.schema}.${table.name}`
  const no = (refused: string, hint: string) => refuse('PLAN_UNSUPPORTED', refused, hint, at('table'))
  const unfit = language.unfit(type, 'required', snapshot)
  if (unfit) no(`${full}.${name}: ${unfit.refused}`, unfit.hint)
  const fixed = language.unrewritable(table)
  if (fixed) no(`${full} ${fixed.refused}`, fixed.hint)
}

/** Refuses when a column of this type cannot get its default while others write. */
export function requireSettable(
  { language, at }: Context,
  table: Table,
  { type }: Pick<Column, 'type'>,
  given: { readonly sql: string } | null,
): void {
  refuseFor(
    given && language.unsettable(table, type, given.sql),
    `${table.schema}.${table.name}`,
    at('table'),
  )
}

/** Refuses when a rollback could not give the column back what it has for a default. */
export function requireRestorable({ language, at }: Context, table: Table, column: Column): void {
  const full = `${table.schema}.${table.name}.${column.name}`
  refuseFor(language.unrestorable(table, column), full, at('column'))
}

/** Refuses when the column's whole definition cannot be repeated, with one property changed, while others write. */
export function requireRepeatable(context: Context, table: Table, column: Column): void {
  requireRestorable(context, table, column)
  refuseFor(context.language.unrepeatable(table), `${table.schema}.${table.name}`, context.at('column'))
}

/** Refuses when a column of this type cannot be in a plain index. */
export function requireIndexable({ language, snapshot }: Context, type: string, at: Position): void {
  const problem = language.unfit(type, 'index', snapshot)
  if (problem) refuse('PLAN_UNSUPPORTED', problem.refused, problem.hint, at)
}

/** Refuses when a CHECK cannot be added while others write. `standing`: the old column already has a CHECK of this name. */
export function requireCheckable(
  { traits, language }: Context,
  table: Table,
  name: string,
  definition: string,
  at: Position,
  standing = false,
): void {
  if (traits.stagedConstraints) return
  const recipe = language.copyRecipe(refOf(table), `ADD CONSTRAINT ${name} ${definition}`)
  refuse(
    'PLAN_UNSUPPORTED',
    `${name} cannot be added to ${table.schema}.${table.name}: this server copies the whole table for a CHECK and blocks writes meanwhile`,
    standing ? `drop ${name} before this plan and add it on the new column afterwards: ${recipe}` : recipe,
    at,
  )
}
