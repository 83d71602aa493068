import { z } from 'zod'
import { name } from '../../../plan/grammar.ts'
import type { Action } from '../../../program/action.ts'
import { qualified, requireTable } from '../../../schema/lookup.ts'
import type { Constraint, Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, refOf } from '../context.ts'
import { deleted, requireUnneeded, sharing } from '../indexes/parts.ts'
import { deployed, outlineOf, type Part } from '../outline.ts'
import { requireOrdinary, requireWhole } from '../preconditions.ts'
import { tableName } from '../shapes.ts'
import { requireConstraint } from './named.ts'

/** Takes a CHECK or a UNIQUE constraint away, once every version can take what it kept out. */
export const dropConstraint = defineIntent({
  kind: 'drop_constraint',
  shape: z
    .strictObject({ table: tableName, name: name.describe('The CHECK or UNIQUE constraint that goes.') })
    .describe('Take a CHECK or UNIQUE constraint away, behind a checkpoint.'),
  outline(wish, context) {
    const { at } = context
    const table = requireTable(context.snapshot, wish.table, at('table'))
    requireOrdinary(context, table, at('table'))
    requireWhole(table, at('table'))
    const found = requireConstraint(context, table, wish.name, at('name'))
    if (found.is === 'foreign key')
      return refuse(
        'PLAN_NOT_BUILT',
        `${wish.name} is a foreign key: that is for drop_foreign_key, which is not built yet`,
        `drop it by hand at a quiet time: ALTER TABLE ${qualified(table)} DROP ${context.traits.uniqueConstraints ? 'CONSTRAINT' : 'FOREIGN KEY'} ${wish.name}`,
        at('name'),
      )
    if (found.is === 'unique index') {
      requireUnneeded(context, table, found.index, at('name'))
      return outlineOf(refOf(table), ready(table, wish.name), {
        watch: found.index.columns,
        uses: found.index.columns,
        loosen: [[deleted(table, found.index)]],
        warnings: sharing(table, found.index),
      })
    }
    return outlineOf(refOf(table), ready(table, wish.name), gone(context, table, found.constraint))
  },
})

const ready = (table: Table, name: string): Part => ({
  ...deployed(`the version that can take rows of ${table.name} that ${name} keeps out today`),
})

function gone(context: Context, table: Table, constraint: Constraint): Part {
  const { at, traits } = context
  const { name, kind, columns, definition, validated, comment, deferrable, deferred } = constraint
  const of = { watch: columns, uses: columns }
  if (kind === 'check') {
    const action: Action = {
      do: 'delete_check',
      table: refOf(table),
      ...{ name, definition, validated, comment },
    }
    return traits.stagedConstraints
      ? { ...of, loosen: [[action]] }
      : {
          ...of,
          discard: [action],
          warnings: [
            `this server copies the table to add a CHECK, so once ${name} is dropped nothing brings it back`,
          ],
        }
  }
  const index = table.indexes.find((one) => one.name === constraint.index)
  if (kind !== 'unique' || index === undefined)
    return refuse(
      'PLAN_UNSUPPORTED',
      `${name} is ${kind === 'not null' ? 'a NOT NULL' : kind === 'primary' ? 'the primary key' : 'an exclusion constraint'}`,
      kind === 'not null'
        ? `write drop_required: { table: ${table.name}, column: ${columns[0]} }`
        : kind === 'primary'
          ? 'a table without a key cannot be walked or replicated: keep it'
          : `it could be built again only under a long lock: drop it by hand (ALTER TABLE ${qualified(table)} DROP CONSTRAINT ${name})`,
      at('name'),
    )
  requireUnneeded(context, table, index, at('name'))
  const unique: Action = {
    do: 'delete_unique',
    table: refOf(table),
    ...{ name, columns, deferrable, deferred, comment },
  }
  // The index goes with its constraint. On the way back it is built first, beside running writes.
  return {
    ...of,
    loosen: [[unique, { ...deleted(table, index), name, gone: true }]],
    warnings: sharing(table, index),
  }
}
