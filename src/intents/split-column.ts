import type { Position } from '../errors.ts'
import type { Action } from '../program/action.ts'
import type { SyncGroup } from '../program/sync.ts'
import { requireColumn, requireTable } from '../schema/lookup.ts'
import type { Table } from '../schema/snapshot.ts'
import { dropsBefore } from './counterparts.ts'
import { notNull } from './not-null.ts'
import {
  bareColumn,
  type Context,
  expressionFor,
  freeName,
  nothing,
  type Outline,
  refOf,
  refuse,
  requireNewName,
  retiree,
  rightsFor,
  typeFor,
} from './outline.ts'
import {
  insertRestrictions,
  requireBuildable,
  requireIndexable,
  requirePlainTable,
  requireReplaceable,
  syncDefault,
  triggerGapOf,
  warningsOf,
} from './preconditions.ts'
import type { SplitColumn } from './shapes.ts'
import { requireHeard } from './sync-triggers.ts'
import { prepared } from './unparsed.ts'

/** Splits one column into several, with a way back: `back` computes the old value from the new ones. */
export function splitColumn(wish: SplitColumn, context: Context): Outline {
  const table = requireTable(context.snapshot, wish.table, context.at('table'))
  const from = requireColumn(table, wish.from, context.at('from'))
  requirePlainTable(context, table, context.at('table'))
  requireReplaceable(context, table, from, context.at('from'))
  // The index is dropped with the column, and a rollback builds it again.
  requireBuildable(context, table, from.name, context.at('from'))
  if (from.onUpdate !== undefined)
    refuse(
      'PLAN_UNSUPPORTED',
      `${table.schema}.${table.name}.${from.name} is set by ON UPDATE ${from.onUpdate} with every change of its row, and nothing would set its parts`,
      'rename it as a whole; or let the application set it, take ON UPDATE away (ALTER TABLE … MODIFY), and split it then',
      context.at('from'),
    )
  requireHeard(context, table, [wish.from], context.at('from'))
  const names = Object.keys(wish.into)
  for (const name of names) requireNewName(context, table, name, context.at('into', name))

  const ref = refOf(table)
  const columns = Object.entries(wish.into).map(([name, { type, value, required, index }]) => {
    const spelled = typeFor(context, type, context.at('into', name, 'type'))
    const written = expressionFor(context, value, table, spelled, context.at('into', name, 'value'))
    if (written.volatile)
      refuse(
        'PLAN_EXPRESSION',
        `${name}: a part cannot come from a value that changes each time`,
        'use an expression that always gives the same for the same row',
        context.at('into', name, 'value'),
      )
    const made = prepared(
      context,
      { value, written, table },
      { column: name, type: spelled, unparsed: wish.unparsed, required, unique: false, given: null },
      ['into', name, 'value'],
    )
    return { name, type: spelled, ...made, required, index }
  })
  const parts: Table = {
    ...table,
    columns: [
      ...table.columns,
      ...columns.map(({ name, type }) => ({ ...from, name, type, default: null, generated: null })),
    ],
  }
  const joined = expressionFor(context, wish.back, parts, from.type, context.at('back'))
  if (joined.volatile)
    refuse(
      'PLAN_EXPRESSION',
      `${wish.from}: the old value cannot come from a value that changes each time`,
      'use an expression that always gives the same for the same row',
      context.at('back'),
    )
  const { value: back, warnings } = prepared(
    context,
    { value: wish.back, written: joined, table: parts },
    {
      ...{ column: wish.from, type: from.type, unparsed: wish.unparsed },
      ...{ required: from.notNull, unique: false, given: null },
    },
    ['back'],
  )
  // The side that changed decides the direction, so each side must be computable from the other one alone.
  for (const { name, value } of columns) only(value.reads, [wish.from], context.at('into', name, 'value'))
  only(back.reads, names, context.at('back'))
  const up = columns.map(({ name, type, value }) => ({ column: name, type, value }))
  const group: SyncGroup = {
    kind: 'pair',
    up,
    down: [{ column: wish.from, type: from.type, value: back, default: syncDefault(context, from) }],
    onConflict: context.onConflict,
    identical: false,
  }
  const required = columns
    .filter((column) => column.required)
    .map(({ name, type }) => notNull(context, table, bareColumn(name, type)))
  const indexes = columns
    .filter(({ index }) => index)
    .map(({ name, type }): Extract<Action, { do: 'create_index' }> => {
      requireIndexable(context, type, context.at('into', name, 'index'))
      const plain = freeName(context, table, `${table.name}_${name}_idx`)
      return {
        do: 'create_index',
        table: ref,
        name: plain,
        definition: context.language.define.index(ref, plain, [name], false),
        unique: false,
        comment: null,
      }
    })
  return {
    ...nothing(ref),
    watch: [wish.from, ...names],
    expand: columns.map(({ name, type }) => ({
      do: 'add_column',
      table: ref,
      // A role that may write the whole value may write its parts.
      column: { ...bareColumn(name, type), grants: rightsFor(context, table, from, name) },
      own: false,
    })),
    sync: [group],
    fills: [{ set: up, from: [wish.from] }],
    trials: columns.flatMap(({ trials }) => trials),
    enforce: [...indexes, ...required.flatMap(({ enforce }) => enforce)],
    rules: [{ name: `${wish.from}-agrees-with-${names.join('-and-')}`, rule: { rule: 'agree', group } }],
    holds: {
      indexes: indexes.map(({ name }) => name),
      constraints: required.flatMap(({ constraint }) => constraint ?? []),
      notNull: columns.filter((column) => column.required).map(({ name }) => name),
    },
    retire: [retiree(context, from)],
    dropsBefore: dropsBefore(context, table, wish.from),
    referencedTables: table.foreignKeys
      .filter((key) => key.from.columns.includes(wish.from))
      .map(({ to }) => ({ schema: to.schema, name: to.table })),
    deploy: `the version that reads and writes ${names.map((name) => `${table.name}.${name}`).join(' and ')}, and nothing that still names ${table.name}.${wish.from}`,
    dualWrite: `the version that writes ${table.name}.${wish.from} together with ${names.map((name) => `${table.name}.${name}`).join(' and ')}, in one statement`,
    triggerGap: triggerGapOf(context, table, [wish.from]),
    warnings: [
      ...warningsOf(context, table, [wish.from]),
      ...insertRestrictions(context, [
        ...(from.notNull && !from.default ? [wish.from] : []),
        ...columns.filter((column) => column.required).map(({ name }) => name),
      ]),
      ...(from.default
        ? [
            `until contract an INSERT in which ${names.join(' and ')} are NULL counts as one that leaves them out: they get what the default of ${wish.from} gives`,
          ]
        : []),
      ...columns.flatMap(({ value, type }) => context.language.zoned(value, table, type)),
      ...context.language.zoned(back, parts, from.type),
      ...goes(table, wish.from),
      ...[...columns.flatMap((one) => one.warnings), ...warnings],
    ],
  }
}

function only(reads: readonly string[], allowed: readonly string[], at: Position): void {
  const other = reads.find((column) => !allowed.includes(column))
  if (other === undefined) return
  const hint = `it can be made from ${allowed.join(', ')} alone: a change of ${other} would not be carried over`
  refuse('PLAN_EXPRESSION', `${other} belongs to neither side of this split`, hint, at)
}

/** What the server drops with the column and that has no counterpart on the parts. */
const goes = (table: Table, column: string): string[] => [
  ...table.indexes
    .filter((index) => index.columns.includes(column))
    .map(({ name }) => `index ${name} goes with ${column}; ask for an index on the parts if they need one`),
  ...table.constraints
    .filter((one) => one.kind === 'check' && one.columns.includes(column))
    .map(({ name }) => `check ${name} goes with ${column}`),
  ...table.foreignKeys
    .filter((key) => key.from.columns.includes(column))
    .map(({ name }) => `foreign key ${name} goes with ${column}`),
]
