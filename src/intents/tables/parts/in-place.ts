import { type Swap, type SyncGroup, storedAs } from '../../../program/sync.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import { type Context, refOf, rightsFor, tombstoneOf } from '../context.ts'
import { type Outline, outlineOf, type Part } from '../outline.ts'
import { triggerGapOf } from '../preconditions.ts'
import { insertRestrictions } from '../warnings.ts'
import { dropped } from './drop.ts'
import { otherForm, requireFormable, type Ways } from './other-form.ts'
import type { NewForm } from './way-back.ts'

type Group = Extract<SyncGroup, { kind: 'pair' }>

/**
 * The column's values in another form under its own name: a shadow column is kept in step and filled, and contract swaps
 * the two names. Until then everybody uses the old form, from then on the new one.
 */
export function inPlace(context: Context, table: Table, from: Column, wish: NewForm): Outline {
  const { language, plan } = context
  requireSwappable(context, table, from)
  const ref = refOf(table)
  const { name } = from
  const shadow = language.helperName(`plan_new_${name}`, plan, table.schema, table.name)
  const swap: Swap = { name, shadow, tombstone: tombstoneOf(language, ref, name) }
  const grants = language.rightsByName ? [] : rightsFor(context, table, from, shadow)
  const { up, down, made, attached, warnings } = otherForm(context, table, from, wish, {
    ...{ stored: shadow, called: name, grants },
  })
  return outlineOf(
    ref,
    made,
    pairOf(context, table, { up, down: { ...down, value: storedAs(down.value, name, shadow) } }, swap),
    ...attached,
    dropped(context, table, from, { shadow, instead: wish.instead }),
    {
      warnings: [
        ...insertRestrictions(context, from.notNull && !up.default ? [shadow] : []),
        ...warnings,
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
  requireFormable(context, table, from)
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

function pairOf(context: Context, table: Table, { up, down }: Ways, swap: Swap): Part {
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
