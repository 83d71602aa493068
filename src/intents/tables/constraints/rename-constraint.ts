import { z } from 'zod'
import { name } from '../../../plan/grammar.ts'
import { requireTable } from '../../../schema/lookup.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, refOf } from '../context.ts'
import { outlineOf, type Part } from '../outline.ts'
import { requireOrdinary, requireWhole } from '../preconditions.ts'
import { tableName } from '../shapes.ts'
import { type Named, requireConstraint, requireConstraintName } from './named.ts'

/** Gives a constraint another name. */
export const renameConstraint = defineIntent({
  kind: 'rename_constraint',
  shape: z
    .strictObject({
      table: tableName,
      from: name.describe('The name the constraint has.'),
      to: name.describe('The name it gets.'),
    })
    .describe('Give a constraint another name: only the catalogue changes.'),
  outline({ from, to, ...wish }, context) {
    const { at } = context
    const table = requireTable(context.snapshot, wish.table, at('table'))
    requireOrdinary(context, table, at('table'))
    requireWhole(table, at('table'))
    const found = requireConstraint(context, table, from, at('from'))
    requireConstraintName(context, table, to, at('to'))
    return outlineOf(refOf(table), renamed(context, table, found, from, to), {
      warnings: [
        `code that names ${from} fails from enforce on: ON CONFLICT ON CONSTRAINT, SET CONSTRAINTS, and handlers that look for the name in an error`,
      ],
    })
  },
})

function renamed(context: Context, table: Table, found: Named, from: string, to: string): Part {
  const { traits, language, at } = context
  const [ref, wished] = [refOf(table), true as const]
  if (found.is === 'unique index')
    return {
      watch: found.index.columns,
      uses: found.index.columns,
      enforce: [{ do: 'rename_index', table: ref, from, to, wished }],
    }
  if (found.is === 'foreign key') {
    const { definition, copies } = found.key
    return {
      watch: found.key.from.columns,
      uses: found.key.from.columns,
      enforce: [
        { do: 'rename_constraint', table: ref, from, to, definition, wished, ...(copies && { copies }) },
      ],
    }
  }
  const { kind, columns, definition, index } = found.constraint
  if (!traits.stagedConstraints)
    refuse(
      'PLAN_UNSUPPORTED',
      kind === 'primary'
        ? 'the primary key has no name of its own on this server'
        : `this server can give the CHECK ${from} another name only by dropping it and adding it again, for which it copies the table`,
      kind === 'primary'
        ? 'leave this intent out'
        : language.copyRecipe(ref, `ADD CONSTRAINT ${to} ${definition}, DROP CONSTRAINT ${from}`),
      at('from'),
    )
  const taken = index === null ? null : language.indexes.taken(table, to, context.snapshot)
  if (taken !== null)
    refuse('PLAN_INVALID', `the name ${to} is taken, by ${taken}`, 'choose another name', at('to'))
  return {
    watch: columns,
    uses: columns,
    enforce: [{ do: 'rename_constraint', table: ref, from, to, definition: null, wished }],
  }
}
