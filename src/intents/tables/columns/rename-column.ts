import { z } from 'zod'
import { name, word } from '../../../plan/grammar.ts'
import { requireColumn, requireTable } from '../../../schema/lookup.ts'
import type { Column } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { type Context, expressionFor, refOf, requireNewName, rightsFor } from '../context.ts'
import { type Outline, outlineOf } from '../outline.ts'
import { counterparts, upserts } from '../parts/counterparts.ts'
import { dropped } from '../parts/drop.ts'
import { pair } from '../parts/pair.ts'
import { goesWith, successor } from '../parts/successor.ts'
import { requirePlainTable, requireReplaceable, requireSettable, syncDefault } from '../preconditions.ts'
import { tableName } from '../shapes.ts'
import { requireHeard } from '../sync-triggers.ts'
import { insertRestrictions } from '../warnings.ts'

/** Renames a column while old and new code both run: both names exist until contract. */
export const renameColumn = defineIntent({
  kind: 'rename_column',
  shape: z
    .strictObject({
      table: tableName,
      from: name.describe('The name the column has.'),
      to: name.describe('The name it gets.'),
      via: word(['column'], ['view'])
        .default('column')
        .describe('A second column is kept in step until contract.'),
    })
    .describe('Give a column a new name while old and new code both run.'),
  outline(wish, context) {
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
    const column = successor(from, wish.to, rightsFor(context, table, from, wish.to))
    const attached = counterparts(context, table, from, column, steady?.sql ?? null)
    requireSettable(context, table, from, from.default)
    const defaults: Outline['defaults'] = from.default
      ? [{ do: 'set_default', table: ref, column, required: from.notNull, default: from.default.sql }]
      : []
    return outlineOf(
      ref,
      { expand: [{ do: 'add_column', table: ref, column, own: false }] },
      pair(context, table, { up: [up], down: [down], identical: true, ...(stamped && { stamped }) }),
      ...attached,
      steady ? { defaults } : { afterDrop: defaults },
      // These would be dropped with the old column.
      {
        beforeDrop: from.sequences.map((sequence) => ({
          do: 'own_sequence',
          table: ref,
          column: wish.to,
          sequence,
        })),
      },
      dropped(context, table, from),
      {
        warnings: [
          ...insertRestrictions(
            context,
            from.notNull && !steady ? [...(from.default ? [] : [wish.from]), wish.to] : [],
          ),
          ...(from.default && !steady ? [undefaulted(wish.from, wish.to)] : []),
          ...upserts(context, table, wish.from),
          ...context.language.lookedUp(table, wish.from, context.snapshot),
          ...context.language.unlike(table, wish.from, wish.to, context.snapshot),
          ...goesWith(table, wish.from),
          ...context.language.unseen(from),
        ],
      },
    )
  },
})

const absent = ({ language }: Context, from: Column): { readonly absent?: string } => {
  const value = language.implicitValue(from)
  return value === null ? {} : { absent: value }
}

const undefaulted = (from: string, to: string): string =>
  `the default of ${from} is another one each time, so ${to} has none until contract: until then a new version that wants the default leaves ${to} out of its INSERT; NULL in an INSERT counts as left out, and the word DEFAULT is not the default`
