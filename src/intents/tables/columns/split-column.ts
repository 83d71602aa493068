import { z } from 'zod'
import type { Position } from '../../../errors.ts'
import { name, said, word, words } from '../../../plan/grammar.ts'
import { value } from '../../../plan/value.ts'
import { requireColumn, requireTable } from '../../../schema/lookup.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { bareColumn, expressionFor, refOf, requireNewName, rightsFor, typeFor } from '../context.ts'
import { outlineOf, type Part } from '../outline.ts'
import { dropped } from '../parts/drop.ts'
import { newIndex } from '../parts/new-index.ts'
import { notNull } from '../parts/not-null.ts'
import { pair } from '../parts/pair.ts'
import { requireBuildable, requirePlainTable, requireReplaceable, syncDefault } from '../preconditions.ts'
import { asNull, index, required, tableName, type } from '../shapes.ts'
import { requireHeard } from '../sync-triggers.ts'
import { prepared } from '../unparsed.ts'
import { insertRestrictions } from '../warnings.ts'

const newColumns = z
  .record(name, z.strictObject({ type, value, required, index }))
  .refine(
    (columns) => Object.keys(columns).length > 0,
    said('expected at least one column to split into', 'name each new column, with its type and value'),
  )

const unparsed = z
  .union([word(['fail', 'null']), asNull])
  .register(words, { expects: 'fail or null' })
  .optional()
  .describe(
    'What happens to a row for which a value or `back` gives nothing: null leaves that column empty, fail refuses writes of such a row.',
  )

/** Splits one column into several, with a way back: `back` computes the old value from the new ones. */
export const splitColumn = defineIntent({
  kind: 'split_column',
  shape: z
    .strictObject({
      table: tableName,
      from: name.describe('The column to split.'),
      into: newColumns.describe(
        'The new columns by name, each with its type and the value it takes from the row.',
      ),
      back: value.describe('How the old column is made from the new ones, for code that still reads it.'),
      unparsed,
    })
    .describe('Take one column apart into several.'),
  outline(wish, context) {
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
    const required = columns
      .filter((column) => column.required)
      .map(({ name, type }) => notNull(context, table, bareColumn(name, type)))
    const indexes = columns
      .filter(({ index }) => index)
      .map(({ name, type }) =>
        newIndex(context, table, {
          columns: [{ name, type }],
          unique: false,
          at: context.at('into', name, 'index'),
        }),
      )
    return outlineOf(
      ref,
      ...columns.map(
        ({ name, type, trials }): Part => ({
          // A role that may write the whole value may write its parts.
          expand: [
            {
              do: 'add_column',
              table: ref,
              column: { ...bareColumn(name, type), grants: rightsFor(context, table, from, name) },
              own: false,
            },
          ],
          trials,
        }),
      ),
      pair(context, table, {
        up: columns.map(({ name, type, value }) => ({ column: name, type, value })),
        down: [{ column: wish.from, type: from.type, value: back, default: syncDefault(context, from) }],
        identical: false,
      }),
      ...indexes,
      ...required,
      dropped(context, table, from),
      {
        warnings: [
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
      },
    )
  },
})

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
