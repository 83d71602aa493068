import type { Expression, KeyRename } from './column.ts'
import type { TableRef } from './refs.ts'

/** Columns that the sync trigger keeps in step. `up` computes the new side from the old, `down` the old from the new. */
export type SyncGroup =
  | {
      readonly kind: 'pair'
      readonly up: readonly (Assignment & { readonly default?: OwnDefault })[]
      readonly down: readonly (Assignment & {
        readonly default: { readonly sql: string; readonly volatile: boolean } | null
      })[]
      readonly onConflict: 'error' | 'new' | 'old'
      /** Both sides hold the same value, so they agree when they are equal. */
      readonly identical: boolean
      /** The server itself sets each side when an UPDATE does not name it. */
      readonly stamped?: true
      /** The two columns have one name: the old one until contract, then the new one. */
      readonly swap?: Swap
    }
  /**
   * `keeps`: the columns were there before the plan and stay when it is undone. `empty`: only what is empty is filled, in
   * whatever statement, and nothing follows its sources. `keys`: two keys of a document that are kept equal; the column itself
   * stays.
   */
  | {
      readonly kind: 'fill'
      readonly up: readonly Assignment[]
      readonly keeps?: true
      readonly empty?: true
      readonly keys?: KeyRename
    }

/** `shadow`: the new column's name before the swap. `tombstone`: the old column's name after it. */
export type Swap = { readonly name: string; readonly shadow: string; readonly tombstone: string }

/**
 * The default of the new column while the plan runs; it gives one value within a statement. `takesNull`: NULL is a
 * value like any other there.
 */
type OwnDefault = { readonly sql: string; readonly takesNull: boolean }

/**
 * `type`: the column's type. `absent`: what the server stores instead of NULL in the copied column when it is not
 * strict.
 */
export type Assignment = {
  readonly column: string
  readonly type: string
  readonly value: Expression
  readonly absent?: string
}

export type Sync = {
  readonly table: TableRef
  /** Name of the trigger and of its function. The function is in the table's schema. */
  readonly name: string
  readonly groups: readonly SyncGroup[]
  /** Columns that expressions call `name` but that are stored under another name, because they are retired. */
  readonly aliases: readonly { readonly name: string; readonly stored: string }[]
  /** The events that need a second trigger. */
  readonly ahead: readonly Ahead[]
}

/**
 * Refuses a statement that writes only the old side of these pairs, from contract's last proof until the old side is
 * retired. It takes the name of the sync, which no longer exists then. `cascades`: a foreign key itself writes the
 * old side, possibly before the one of the new side does.
 */
export type Seal = Omit<Sync, 'groups'> & {
  readonly groups: readonly Extract<SyncGroup, { kind: 'pair' }>[]
  readonly plan: string
  readonly cascades: boolean
}

/**
 * Refuses statements that give these columns a value or change it, while the plan waits before the drop. It runs ahead of
 * all other triggers. `sync`: the second triggers of the sync, null when there is none; `others`: for each event the first
 * trigger of other people.
 */
export type Guard = {
  readonly table: TableRef
  /** The sync's name. The names of the triggers are made from it. */
  readonly name: string
  readonly plan: string
  readonly columns: readonly Guarded[]
  /** A foreign key itself writes one of the columns. */
  readonly cascades: boolean
  readonly sync: Sync['ahead'] | null
  readonly others: Readonly<Record<Ahead['event'], string | null>>
  /** It comes only after the waiting time, right before old values are copied. */
  readonly late?: true
}

/** `default`: what a row has that is written without the column. `stamped`: the server sets it with every UPDATE. */
export type Guarded = Pick<Assignment, 'column' | 'type'> & {
  readonly default: { readonly sql: string; readonly volatile: boolean } | null
  readonly stamped: boolean
}

/**
 * A trigger that runs before the triggers of other people, so that these see what either application version wrote
 * under both names. Their changes are copied after them. `before`: the first of their triggers, for a server that
 * needs its name.
 */
type Ahead = { readonly event: 'insert' | 'update'; readonly before: string | null }

type Pair = Extract<SyncGroup, { kind: 'pair' }>

/** An expression over the column `name` for a row in which that column is stored under another name. */
export const storedAs = (value: Expression, name: string, stored: string): Expression =>
  value.reads.length === 0 || name === stored ? value : { ...value, renamed: { name, stored } }

/** The same expression for a row that has the column under its own name. */
const plain = ({ renamed: _, ...value }: Expression): Expression => value

/** The same pair once its columns have changed names. `from` and `to` are read under the one name that both have. */
export function swapped(group: Pair): Pair {
  const { swap } = group
  if (!swap) return group
  const { name, tombstone } = swap
  return {
    ...group,
    up: group.up.map((one) => ({ ...one, column: name, value: storedAs(one.value, name, tombstone) })),
    down: group.down.map((one) => ({ ...one, column: tombstone, value: plain(one.value) })),
  }
}

/** The same sync once all its columns have changed names. */
export const swappedSync = (sync: Sync): Sync => ({
  ...sync,
  groups: sync.groups.map((group) => (group.kind === 'pair' ? swapped(group) : group)),
})

/** The swaps of a sync. */
export const swapsIn = (groups: readonly SyncGroup[]): Swap[] =>
  groups.flatMap((group) => (group.kind === 'pair' && group.swap ? [group.swap] : []))
