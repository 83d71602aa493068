import type { NewColumn } from '../program/column.ts'
import type { SyncGroup } from '../program/sync.ts'
import { requireColumn, requireTable } from '../schema/lookup.ts'
import type { Column, Table } from '../schema/snapshot.ts'
import { counterparts, dropsBefore, upserts } from './counterparts.ts'
import {
  type Context,
  expressionFor,
  nothing,
  type Outline,
  refOf,
  requireNewName,
  retiree,
  rightsFor,
} from './outline.ts'
import {
  insertRestrictions,
  requirePlainTable,
  requireReplaceable,
  requireSettable,
  syncDefault,
  triggerGapOf,
  warningsOf,
} from './preconditions.ts'
import type { RenameColumn } from './shapes.ts'
import { requireHeard } from './sync-triggers.ts'

/** Renames a column while old and new code both run: both names exist until contract. */
export function renameColumn(wish: RenameColumn, context: Context): Outline {
  const table = requireTable(context.snapshot, wish.table, context.at('table'))
  const from = requireColumn(table, wish.from, context.at('from'))
  requireNewName(context, table, wish.to, context.at('to'))
  requirePlainTable(context, table, context.at('table'))
  requireReplaceable(context, table, from, context.at('from'))
  requireHeard(context, table, [wish.from], context.at('from'))

  const ref = refOf(table)
  const { type } = from
  const stamped = from.onUpdate !== undefined
  const steady = from.default && context.language.steadyDefault(from.default) ? from.default : null
  // The new column does not exist yet. For its own expression the table is read as if it did.
  const both = { ...table, columns: [...table.columns, { ...from, name: wish.to }] }
  const up = {
    column: wish.to,
    type,
    value: expressionFor(context, { column: wish.from }, both, type, context.at('from')),
    ...absent(context, from),
    ...(steady && { default: { sql: steady.sql, takesNull: !from.notNull } }),
  }
  const down = {
    column: wish.from,
    type,
    value: expressionFor(context, { column: wish.to }, both, type, context.at('to')),
    default: syncDefault(context, from),
  }
  const group: SyncGroup = {
    kind: 'pair',
    up: [up],
    down: [down],
    onConflict: context.onConflict,
    identical: true,
    ...(stamped && { stamped }),
  }
  const column = newColumn(from, wish.to, rightsFor(context, table, from, wish.to))
  const made = counterparts(context, table, from, column, steady?.sql ?? null)
  requireSettable(context, table, from, from.default)
  const defaults: Outline['defaults'] = from.default
    ? [{ do: 'set_default', table: ref, column, required: from.notNull, default: from.default.sql }]
    : []
  return {
    ...nothing(ref),
    ...made,
    watch: [wish.from, wish.to],
    expand: [{ do: 'add_column', table: ref, column, own: false }, ...made.expand],
    sync: [group],
    defaults: steady ? defaults : [],
    fills: [{ set: [up], from: [wish.from], ...(stamped && { differs: true }) }],
    rules: [{ name: `${wish.from}-equals-${wish.to}`, rule: { rule: 'agree', group } }],
    retire: [retiree(context, from)],
    dropsBefore: dropsBefore(context, table, wish.from),
    // These would be dropped with the old column.
    beforeDrop: from.sequences.map((sequence) => ({
      do: 'own_sequence',
      table: ref,
      column: wish.to,
      sequence,
    })),
    afterDrop: [...made.afterDrop, ...(steady ? [] : defaults)],
    deploy: `the version that reads and writes ${table.name}.${wish.to} and nothing that still names ${table.name}.${wish.from}`,
    dualWrite: `the version that writes ${table.name}.${wish.from} and ${table.name}.${wish.to} together, in one statement`,
    triggerGap: triggerGapOf(context, table, [wish.from]),
    warnings: [
      ...warningsOf(context, table, [wish.from]),
      ...insertRestrictions(
        context,
        from.notNull && !steady ? [...(from.default ? [] : [wish.from]), wish.to] : [],
      ),
      ...(from.default && !steady ? [undefaulted(wish)] : []),
      ...upserts(context, table, wish.from),
      ...context.language.lookedUp(table, wish.from, context.snapshot),
      ...context.language.unlike(table, wish.from, wish.to, context.snapshot),
      ...lost(table, wish.from),
      ...context.language.unseen(from),
    ],
  }
}

const absent = ({ language }: Context, from: Column): { readonly absent?: string } => {
  const value = language.implicitValue(from)
  return value === null ? {} : { absent: value }
}

const undefaulted = ({ from, to }: RenameColumn): string =>
  `the default of ${from} is another one each time, so ${to} has none until contract: until then a new version that wants the default leaves ${to} out of its INSERT; NULL in an INSERT counts as left out, and the word DEFAULT is not the default`

/** Everything that the server stores about the old column, except its values. */
const newColumn = (from: Column, name: string, grants: Column['grants']): NewColumn => {
  const { type, collation, comment, statisticsTarget, storage, compression, options } = from
  return {
    ...{ name, type, collation, comment, statisticsTarget, storage, compression, options, grants },
    ...(from.onUpdate !== undefined && { onUpdate: from.onUpdate }),
    ...(from.invisible && { invisible: true }),
  }
}

const lost = (table: Table, column: string): string[] => [
  ...table.constraints
    .filter((one) => one.kind === 'not null' && !one.validated && one.columns.includes(column))
    .map(({ name }) => `${name} is not validated and gets no twin; it goes with ${column}`),
  ...table.indexes
    .filter((index) => index.columns.includes(column) && !index.valid)
    .map(({ name }) => `index ${name} is INVALID and gets no twin; it goes with ${column}`),
  ...table.indexes
    .filter((index) => index.columns.includes(column) && index.clustered)
    .map(
      ({ name }) =>
        `the table is clustered on ${name}; mark its twin again with ALTER TABLE … CLUSTER ON afterwards`,
    ),
]
