import type { KeyColumn } from '../compiler/step.ts'
import type { Position } from '../errors.ts'
import type { Column, Table } from '../schema/snapshot.ts'
import { type Context, refOf, refuse, syncName } from './outline.ts'

/** A table whose rows can be kept in step by triggers and filled in batches. */
export function requirePlainTable(table: Table, at: Position): void {
  const name = `${table.schema}.${table.name}`
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${name} ${why}`, hint, at)
  if (table.kind === 'foreign') no('is a foreign table', 'change it on the server that holds it')
  if (table.kind === 'partitioned')
    no(
      'is partitioned, which is not built yet',
      'indexes cannot be built concurrently on a partitioned table; change it by hand partition by partition',
    )
  if (table.partitionOf)
    no(
      `is a partition of ${table.partitionOf}`,
      'a change belongs to the partitioned table, which is not built yet',
    )
  if (table.inherits.length + table.inheritedBy.length > 0)
    no('takes part in inheritance, which is not built yet', 'take it out of the inheritance first')
}

/** A column that can be taken over by another one and then dropped. */
export function requireReplaceable(table: Table, column: Column, at: Position): void {
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
  if (column.identity) no('is an identity column', 'replacing an identity is not built yet')
  if (column.generated)
    no('is a generated column', 'drop it and add it under its new name: the server computes it')
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
  const generated = table.columns.find(
    (other) => other.generated && mentions(other.generated.expression, column.name),
  )
  if (generated)
    no(
      `is what ${generated.name} is generated from`,
      `drop ${generated.name} first and add it again on the new column`,
    )
  const identity = table.replicaIdentity.index
  if (identity && table.indexes.some((index) => index.name === identity && on(index)))
    no(`is part of the replica identity ${identity}`, 'set another replica identity first')
}

/** What stays legal but that a person should know before starting; `columns` are those that contract takes away. */
export function cautions(context: Context, table: Table, columns: readonly string[]): string[] {
  const touches = (thing: { readonly columns: readonly string[] | null }) =>
    columns.some((column) => thing.columns?.includes(column))
  const uses = (what: string) => `${what} uses ${columns.join(', ')}; contract will refuse while it does`
  const sync = syncName(context.language, context.plan, refOf(table))
  const active = table.triggers.filter(({ enabled, level }) => enabled !== 'D' && level === 'row')
  const after = active.filter(({ timing, name }) => timing === 'before' && name > sync)
  const every = active.filter(({ events, columns: only }) => events.includes('update') && only.length === 0)
  return [
    ...table.dependents.filter(touches).map(({ name }) => uses(name)),
    ...table.policies.filter(touches).map(({ name }) => uses(`policy ${name}`)),
    ...table.publications.filter(touches).map(({ name }) => uses(`the column list of publication ${name}`)),
    ...table.triggers.filter(touches).map(({ name }) => uses(`trigger ${name} fires on UPDATE OF, and`)),
    ...after.map(
      ({ name }) =>
        `trigger ${name} runs after the sync trigger: what it changes in these columns is not carried over`,
    ),
    ...every.map(({ name }) => `trigger ${name} fires for every row that the backfill writes`),
    ...(table.rowSecurity.forced
      ? [`row security is forced on ${table.name}: the runner needs BYPASSRLS, or it will not see all rows`]
      : []),
    ...(table.publications.length > 0
      ? [`${table.name} is published: subscribers need the new column first`]
      : []),
  ]
}

/** The columns that a backfill walks along: the primary key, else a unique index without NULLs. */
export function walkKey(table: Table, without: readonly string[], at: Position): readonly KeyColumn[] {
  const find = (name: string) => table.columns.find((column) => column.name === name)
  const usable = table.indexes.filter(
    (index) =>
      index.unique &&
      index.valid &&
      !index.partial &&
      index.key !== null &&
      !table.constraints.some(
        (constraint) =>
          constraint.index === index.name && constraint.deferrable && constraint.kind !== 'primary',
      ) &&
      index.key.every((name) => find(name)?.notNull && !without.includes(name)),
  )
  const index = usable.find(({ primary }) => primary) ?? usable[0]
  const key = (index?.key ?? []).map((name) => ({ name, type: find(name)?.type ?? 'text' }))
  if (key.length > 0) return key
  return refuse(
    'PLAN_UNSUPPORTED',
    `${table.schema}.${table.name} has no primary key and no unique index without NULLs`,
    'a backfill walks along a key: add a primary key first',
    at,
  )
}

/** Whether generated-column text names the column; quoted or bare, as the server prints it. */
const mentions = (expression: string, column: string): boolean =>
  expression.includes(`"${column.replaceAll('"', '""')}"`) ||
  new RegExp(`(^|[^\\w"])${column.replace(/[^\w]/g, '\\$&')}($|[^\\w"])`).test(expression)
