import type { Value } from '../../../plan/value.ts'
import type { Expression, NewColumn } from '../../../program/column.ts'
import { type Assignment, type Swap, type SyncGroup, storedAs } from '../../../program/sync.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import { type Context, expressionFor, refOf, rightsFor, tombstoneOf } from '../context.ts'
import { type Outline, outlineOf, type Part } from '../outline.ts'
import {
  requirePlainTable,
  requireReplaceable,
  requireSettable,
  syncDefault,
  triggerGapOf,
} from '../preconditions.ts'
import { requireHeard } from '../sync-triggers.ts'
import { prepared } from '../unparsed.ts'
import { insertRestrictions } from '../warnings.ts'
import { requireCarried } from './carried.ts'
import { counterparts, upserts } from './counterparts.ts'
import { dropped } from './drop.ts'
import { goesWith, successor } from './successor.ts'
import { backwards, type InPlace, newDefault } from './way-back.ts'

type Group = Extract<SyncGroup, { kind: 'pair' }>

/**
 * The column's values in another form under its own name: a shadow column is kept in step and filled, and contract swaps
 * the two names. Until then everybody uses the old form, from then on the new one.
 */
export function inPlace(context: Context, table: Table, from: Column, wish: InPlace): Outline {
  const { language, plan } = context
  requireSwappable(context, table, from)
  const ref = refOf(table)
  const { name } = from
  const shadow = language.helperName(`plan_new_${name}`, plan, table.schema, table.name)
  const swap: Swap = { name, shadow, tombstone: tombstoneOf(language, ref, name) }
  const changed: Column = { ...from, type: wish.type, default: null }
  const after = { ...table, columns: table.columns.map((one) => (one === from ? changed : one)) }

  const written = alone(context, wish.using, table, wish.type, name, wish.fields.using)
  const given = newDefault(context, table, from, wish)
  const forward = prepared(
    context,
    { value: wish.using, written, table },
    {
      ...{ column: shadow, called: name, type: wish.type, unparsed: wish.unparsed, required: from.notNull },
      ...{ unique: isUnique(table, name), given: given.steady },
    },
    [wish.fields.using],
  )
  const back = backwards(context, after, from, wish, (value) =>
    alone(context, value, after, from.type, name, wish.fields.back),
  )
  const up: Group['up'][number] = {
    ...{ column: shadow, type: wish.type, value: forward.value },
    ...(given.steady && { default: { sql: given.steady.sql, takesNull: !from.notNull } }),
  }
  const down: Group['down'][number] = {
    ...{ column: name, type: from.type, value: storedAs(back.value, name, shadow) },
    default: syncDefault(context, from),
  }
  const column = shadowColumn(context, table, from, shadow, wish.type)
  requireCarried(context, table, from, wish.type)
  requireSettable(context, table, column, given.steady)
  return outlineOf(
    ref,
    { expand: [{ do: 'add_column', table: ref, column, own: false }], trials: forward.trials },
    pairOf(context, table, { up, down, swap }),
    ...counterparts(context, table, from, column, given.steady?.sql ?? null),
    given.steady
      ? { defaults: [{ do: 'set_default', table: ref, column, required: false, default: given.steady.sql }] }
      : {},
    given.late === null
      ? {}
      : {
          afterDrop: [
            {
              ...{ do: 'set_default', table: ref, column: { ...column, name } },
              ...{ required: from.notNull, default: given.late },
            },
          ],
        },
    {
      beforeDrop: from.sequences.map((sequence) => ({
        ...{ do: 'own_sequence', table: ref, column: name, sequence },
      })),
    },
    dropped(context, table, from, { shadow }),
    {
      warnings: [
        ...insertRestrictions(context, from.notNull && !given.steady ? [shadow] : []),
        ...upserts(context, table, name),
        ...language.lookedUp(table, name, context.snapshot),
        ...goesWith(table, name),
        ...language.zoned(forward.value, table, wish.type),
        ...language.zoned(back.value, after, from.type),
        ...forward.warnings,
        ...back.warnings,
        positions(table, name),
      ],
    },
  )
}

/** Refuses what the names cannot be swapped of, and whatever leaves the shadow column to the application. */
function requireSwappable(context: Context, table: Table, from: Column): void {
  const { at, language } = context
  const full = `${table.schema}.${table.name}.${from.name}`
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${full} ${why}`, hint, at('column'))
  requirePlainTable(context, table, at('table'))
  requireReplaceable(context, table, from, at('column'))
  requireHeard(context, table, [from.name], at('column'))
  const key = table.foreignKeys.find((one) => one.from.columns.includes(from.name))
  if (key)
    no(
      `is part of the foreign key ${key.name}`,
      'changing a key together with what it refers to is not built yet; drop the foreign key before this plan, and add it again afterwards',
    )
  if (from.onUpdate !== undefined)
    no(
      `is set by ON UPDATE ${from.onUpdate} with every change of its row`,
      'the server would not set the new column so until the swap; take ON UPDATE away before this plan (MODIFY of ALTER TABLE), and give it back afterwards',
    )
  const unrenamable = language.unrenamable(table, from.name)
  if (unrenamable) refuse('PLAN_UNSUPPORTED', unrenamable.refused, unrenamable.hint, at('column'))
  const [gap] = triggerGapOf(context, table, [from.name])
  if (context.sync === 'application' || gap !== undefined)
    no(
      gap === undefined
        ? 'keeps its name, so an application cannot write both of its forms'
        : `keeps its name, and triggers cannot keep its two forms in step: ${gap}`,
      gap === undefined
        ? 'leave sync: application out: triggers keep both forms in step'
        : 'take the column under a new name: add_column with a fill, or split_column, with sync: application',
    )
}

/** An expression over the column alone: a change of another one would not be carried over. */
function alone(
  context: Context,
  value: Value,
  table: Table,
  type: string,
  column: string,
  field: string,
): Expression {
  const at = context.at(field)
  const written = expressionFor(context, value, table, type, at)
  const no = (message: string, hint: string) => refuse('PLAN_EXPRESSION', message, hint, at)
  if (written.volatile)
    no(
      `${column}: a form of it cannot come from a value that changes each time`,
      'use an expression that always gives the same for the same row',
    )
  const other = written.reads.find((one) => one !== column)
  if (other !== undefined)
    no(
      `${column} cannot be made from ${other}`,
      `one form of ${column} is made from the other one alone: a change of ${other} would not be carried over`,
    )
  if (written.reads.length === 0)
    no(`this does not read ${column}`, `write an expression over ${column}, which is the other form here`)
  return written
}

/** Two equal values would be one in the new form. */
const isUnique = ({ indexes }: Table, column: string): boolean =>
  indexes.some(({ unique, partial, key }) => unique && !partial && key?.length === 1 && key[0] === column)

function shadowColumn(context: Context, table: Table, from: Column, name: string, type: string): NewColumn {
  const { language } = context
  const grants = language.rightsByName ? [] : rightsFor(context, table, from, name)
  const column = successor(from, name, grants)
  const alike = language.retyping(from.type, type)?.alike ?? true
  return {
    ...column,
    type,
    ...(alike ? {} : { storage: null, compression: null }),
    // The collation stays with a text.
    collation: language.collates(type) ? from.collation : null,
  }
}

function pairOf(
  context: Context,
  table: Table,
  { up, down, swap }: { readonly up: Assignment; readonly down: Group['down'][number]; readonly swap: Swap },
): Part {
  const { name, shadow } = swap
  const group: Group = {
    ...{ kind: 'pair', up: [up], down: [down], onConflict: context.onConflict, identical: false, swap },
  }
  const both = `the version that works with ${table.name}.${name} in both forms, as ${down.type} and as ${up.type}: contract changes it under its name`
  return {
    watch: [name, shadow],
    sync: [group],
    fills: [{ set: [up], from: [name] }],
    rules: [{ name: `${name}-agrees-with-its-new-form`, rule: { rule: 'agree', group } }],
    deploys: [{ dualWrite: both, readsNew: null, onlyNew: both }],
  }
}

const positions = ({ name }: Table, column: string): string =>
  `${column} gets another place among the columns of ${name}: who takes columns by their position (SELECT * without names, INSERT without names of columns) has to name them before contract; a statement that was prepared before contract and returns ${column} is prepared again`
