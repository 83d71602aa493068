import type { Language } from '../../../dialects/interface/language.ts'
import type { RetiredColumn } from '../../../intents/tables/outline.ts'
import type { Action } from '../../../program/action.ts'
import { changesForGood } from '../../../program/facts.ts'
import type { TableRef } from '../../../program/refs.ts'
import { type Sync, swapped, swapsIn } from '../../../program/sync.ts'
import type { Traits } from '../../../program/traits.ts'
import type { Column, Snapshot, Table } from '../../../schema/snapshot.ts'
import { keeping } from './archive/kept.ts'
import { restored } from './archive/restore.ts'
import { type Merged, syncOf, type TableUnit } from './merged.ts'
import { unmarked } from './modules/marks.ts'
import { revoked } from './rights.ts'
import { tombstone } from './tombstone.ts'

/**
 * What contract does to one table: it retires the old shape and later drops it, in two steps. Without triggers a seal
 * comes first.
 */
type Contract = Readonly<Record<'seal' | 'retire' | 'drop' | 'revoke', readonly Action[]>>

/** What brings back what contract has dropped, where the plan keeps that. */
export const restoring = (
  tables: readonly Merged[],
  language: Language,
  traits: Traits,
  { plan, snapshot }: { readonly plan: string; readonly snapshot: Snapshot },
): TableUnit[] =>
  tables.flatMap((merged) => {
    const table = snapshot.tables.find(
      ({ schema, name }) => schema === merged.table.schema && name === merged.table.name,
    )
    if (table === undefined) return []
    const { drop } = contractOf(merged, language, traits)
    const gone = merged.retire.flatMap((retired) =>
      table.columns
        .filter(({ name }) => name === retired.column)
        .map((column) => ({
          ...{ column, retired, stored: tombstone(language, traits, merged.table, retired) },
          hidden: traits.retires === 'hide' && retired.shadow === undefined,
          after: traits.transactionalDdl ? null : before(table, column),
        })),
    )
    return restored({ language, traits, plan, table, merged, gone }, drop)
  })

/** The column in front of this one. */
const before = ({ columns }: Table, column: Column): string | null =>
  columns[columns.indexOf(column) - 1]?.name ?? null

function contractOf(merged: Merged, language: Language, traits: Traits): Contract {
  const { table, seal, guard, retire, dropsBefore, referencedTables, beforeDrop, afterDrop } = merged
  const sync = syncOf(merged)
  const retiredColumns = retire.map((one) => ({
    name: one.column,
    definition:
      one.definition !== null && one.temporaryDefault !== null
        ? `${one.definition} DEFAULT ${one.temporaryDefault}`
        : one.definition,
    stored: tombstone(language, traits, table, one),
    shadow: one.shadow,
  }))
  // Defaults that cannot share a transaction with the drop are set before the sync is dropped. Otherwise rows that rely
  // on them would be refused for a moment.
  const early = (action: Action) => !traits.transactionalDdl && action.do === 'set_default'
  const [defaults, rest] = [afterDrop.filter(early), afterDrop.filter((action) => !early(action))]
  const moved = retiredColumns.filter(({ name, stored }) => name !== stored)
  const retired = sync && moved.length > 0 ? buried(sync, moved, traits) : sync
  const replace: Action[] =
    sync && retired && retired !== sync ? [{ do: 'replace_sync', sync: retired, previous: sync }] : []
  const swaps = sync === null ? [] : swapsIn(sync.groups)
  const [kept, gone] = [retire.filter(isSwapped), retire.filter((one) => !isSwapped(one))]
  const unseal: Action[] = seal ? [{ do: 'remove_seal', seal }] : []
  return {
    seal: seal ? [{ do: 'install_seal', seal }] : [],
    retire: [
      ...(traits.transactionalDdl ? unseal : []),
      ...(sync ? gone.flatMap((one) => setTemporaryDefault(table, one)) : []),
      ...(traits.retires === 'keep' ? [] : retiredColumns).flatMap(
        ({ name, stored, definition, shadow }, index): Action[] =>
          shadow === undefined
            ? [
                {
                  do: 'retire_column',
                  table,
                  column: name,
                  tombstone: stored,
                  definition,
                  ...seenWith(retire[index]),
                },
              ]
            : [],
      ),
      ...(guard?.late === undefined ? guarding(guard) : []),
      ...(swaps.length > 0
        ? [{ do: 'swap_columns', table, swaps, instead: kept.flatMap((one) => one.instead ?? []) } as const]
        : []),
      ...replace,
      // Until the swap the column is in use, and may not take a row that leaves it out.
      ...kept.flatMap((one) =>
        setTemporaryDefault(table, { ...one, column: tombstone(language, traits, table, one) }),
      ),
      // Outside a transaction the seal is dropped after the column. Before it, for a moment nobody would be refused.
      ...(traits.transactionalDdl ? [] : unseal),
    ],
    drop: [
      ...(guard ? [{ do: 'remove_guard', guard } as const] : []),
      ...dropsBefore.map((action) => storedIn(action, moved)),
      ...defaults,
      ...(retired ? [{ do: 'remove_sync', sync: retired } as const] : []),
      ...beforeDrop,
      ...retiredColumns.map(
        ({ stored }): Action => ({
          ...{ do: 'drop_column', table, column: stored, referencedTables },
          ...(merged.kept !== null && { kept: true }),
        }),
      ),
      ...rest,
    ],
    revoke: revoked(merged),
  }
}

/** A new column takes its name. */
const isSwapped = ({ shadow }: RetiredColumn): boolean => shadow !== undefined

/** What clients that name no columns see, before and after. */
const seenWith = ({ invisible, shows, now }: Partial<RetiredColumn> = {}) => ({
  ...(invisible && { invisible }),
  ...(shows && { shows }),
  ...(now && { now }),
})

/** Rewrites an action to the retired column's current name. */
const storedIn = (action: Action, moved: Sync['aliases']): Action => {
  if (action.do !== 'drop_constraint' && action.do !== 'drop_index') return action
  return { ...action, column: moved.find(({ name }) => name === action.column)?.stored ?? action.column }
}

/**
 * Everything is sealed before the last proof, and retired before anything is dropped: the plan's waiting time lies
 * between.
 */
export function contract(tables: readonly Merged[], language: Language, traits: Traits): TableUnit[] {
  const all = tables.map((table) => {
    const made = contractOf(table, language, traits)
    return traits.transactionalDdl ? made : { ...made, drop: guardedToTheDrop(made.drop) }
  })
  const parts = (...names: readonly (keyof Contract)[]) =>
    names
      .flatMap((part) => all.map((one) => one[part]))
      .filter((actions) => actions.length > 0)
      .map((actions): TableUnit => (actions.some(isFinal) ? { actions, final: true } : { actions }))
  return [
    ...parts('seal'),
    ...tables.flatMap(({ loosen }) => loosen.map((actions): TableUnit => ({ actions }))),
    ...parts('retire'),
    ...tables.flatMap(({ guard }): TableUnit[] => (guard?.late ? [{ actions: guarding(guard) }] : [])),
    ...tables
      .flatMap((table) => (table.kept === null ? [] : keeping(table.kept, table)))
      .map((actions) => ({ actions })),
    ...tables.flatMap(({ discard }) =>
      discard.map((action): TableUnit => ({ actions: [action], final: true })),
    ),
    ...tables.flatMap(unmarked),
    ...parts('drop', 'revoke'),
    // With the sync still there they would come back.
    ...tables.flatMap(strips),
  ]
}

const guarding = (guard: Merged['guard']): Action[] => (guard ? [{ do: 'install_guard', guard }] : [])

/** Statements that commit one by one: nobody may write the column when it is no longer guarded. */
function guardedToTheDrop(drop: readonly Action[]): readonly Action[] {
  const isUnguarding = ({ do: kind }: Action) => kind === 'remove_guard'
  const rest = drop.filter((action) => !isUnguarding(action))
  const first = rest.findIndex(({ do: kind }) => kind === 'drop_column')
  return [...rest.slice(0, first), ...drop.filter(isUnguarding), ...rest.slice(first)]
}

/** Takes old keys out of documents, each by a pass of its own. */
const strips = ({ table, name, path, walk, fills }: Merged): TableUnit[] =>
  fills.flatMap(({ keys, set, once }): TableUnit[] =>
    keys
      ? [
          {
            actions: [
              {
                ...{ do: 'strip_key', table, ...walk, mark: { sync: name, path } },
                groups: [
                  {
                    ...{ from: [], keys, ...(once && { once }) },
                    set: set.map((one) => ({ ...one, value: { ...one.value, sql: keys.texts.withoutOld } })),
                  },
                ],
              },
            ],
            final: true,
          },
        ]
      : [],
  )

const isFinal = (action: Action): boolean =>
  action.do === 'drop_column' ||
  action.do === 'revoke_column' ||
  changesForGood(action) ||
  // From then on only one of two keys is written.
  (action.do === 'remove_sync' &&
    action.sync.groups.some((group) => group.kind === 'fill' && group.keys !== undefined))

/** The default that an old column gets for the time in which nothing fills it. */
export const setTemporaryDefault = (
  table: TableRef,
  { column, temporaryDefault, stamped, definition }: RetiredColumn,
): Action[] =>
  temporaryDefault === null
    ? []
    : [
        {
          ...{ do: 'set_temporary_default', table, column, default: temporaryDefault },
          ...(stamped && definition !== null && { definition }),
        },
      ]

/**
 * The same sync once the old columns have their tombstones' names. Where it cannot share a transaction with the swap, it
 * knows both orders of the names from the start.
 */
function buried(sync: Sync, moved: Sync['aliases'], { transactionalDdl }: Traits): Sync {
  if (!transactionalDdl) return sync
  const swaps = swapsIn(sync.groups).map(({ name }) => name)
  const aliases = moved.filter(({ name }) => !swaps.includes(name))
  const stored = (column: string) => aliases.find(({ name }) => name === column)?.stored ?? column
  const groups = sync.groups.map((group) => {
    if (group.kind !== 'pair')
      return { ...group, up: group.up.map((one) => ({ ...one, column: stored(one.column) })) }
    return group.swap
      ? swapped(group)
      : { ...group, down: group.down.map((one) => ({ ...one, column: stored(one.column) })) }
  })
  return { ...sync, groups, aliases }
}
