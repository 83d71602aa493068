import type { Position } from '../../../errors.ts'
import { refuse } from '../../../intents/refuse.ts'
import type { Context } from '../../../intents/tables/context.ts'
import type { Outline } from '../../../intents/tables/outline.ts'
import { requireUntouched } from '../../../intents/tables/user-triggers.ts'
import type { Action } from '../../../program/action.ts'
import type { Table } from '../../../schema/snapshot.ts'

export type Walk = Pick<Extract<Action, { do: 'fill' }>, 'key' | 'index' | 'keeps' | 'others'>

type Told = Pick<Context, 'language' | 'traits' | 'snapshot'>

/** What the backfill of a table follows; nothing when there is none. */
export function walkOf(
  told: Told,
  table: Table | undefined,
  { fills, retire, expand }: Outline,
  at: Position,
): Walk {
  if (table === undefined || fills.length === 0) return { key: [], index: null, keeps: [], others: [] }
  requireUntouched(told.language, table, at)
  // A row whose key a batch changes could be met twice.
  const written = fills.flatMap(({ once, set }) => (once ? set.map(({ column }) => column) : []))
  const without = [...retire.map(({ column }) => column), ...written]
  const walk = walkAlong(told, table, without, at)
  if (written.length > 0 && walk.key.length === 0)
    refuse(
      'PLAN_UNSUPPORTED',
      `${table.schema}.${table.name} has no unique key without NULLs that this backfill leaves alone`,
      'it walks along such a key, so that each row is written exactly once: add a primary key first, or set other columns than those of the key',
      at,
    )
  if (fills.some(({ computing }) => computing) && walk.key.length === 0)
    refuse(
      'PLAN_UNSUPPORTED',
      `${table.schema}.${table.name} has no unique key without NULLs, by which what a module computes could find its row again`,
      'add a primary key first',
      at,
    )
  // Columns that this plan adds count, too: one group of a batch may write before the group of the column itself.
  const made = expand.flatMap((action) =>
    action.do === 'add_column' && action.column.onUpdate !== undefined ? [action.column.name] : [],
  )
  return { ...walk, keeps: [...walk.keeps, ...made] }
}

/** What a backfill follows: the primary key, otherwise a unique index without NULLs, otherwise the table's blocks. */
export function walkAlong(
  { language, traits, snapshot }: Told,
  table: Table,
  without: readonly string[],
  at: Position,
): Walk {
  const find = (name: string) => table.columns.find((column) => column.name === name)
  const walkable = (name: string) => {
    const column = find(name)
    return (
      column?.notNull &&
      column.outside === undefined &&
      !without.includes(name) &&
      language.unfit(column.type, 'key', snapshot) === null
    )
  }
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
      index.key.every(walkable),
  )
  const index = usable.find(({ primary }) => primary) ?? usable[0]
  const key = (index?.key ?? []).map((name) => ({ name, type: find(name)?.type ?? 'text' }))
  const keeps = table.columns.flatMap(({ name, onUpdate }) => (onUpdate === undefined ? [] : [name]))
  const others = table.columns
    .filter(({ generated }) => generated === null)
    .map(({ name, type }) => ({ name, type }))
  if (key.length > 0 || traits.blockRanges) return { key, index: index?.name ?? null, keeps, others }
  const unfit = table.columns
    .filter(({ name }) => table.indexes.some(({ primary, columns }) => primary && columns.includes(name)))
    .map(({ type }) => language.unfit(type, 'key', snapshot))
    .find((problem) => problem !== null)
  return refuse(
    'PLAN_UNSUPPORTED',
    unfit
      ? `${table.schema}.${table.name}: ${unfit.refused}`
      : `${table.schema}.${table.name} has no primary key and no unique index without NULLs`,
    unfit?.hint ?? 'a backfill walks along a key: add a primary key first',
    at,
  )
}
