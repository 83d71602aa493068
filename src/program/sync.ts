import type { Expression } from './column.ts'
import type { TableRef } from './refs.ts'

/** Columns kept in step by the sync trigger: `up` makes the new side from the old, `down` the old from the new. */
export type SyncGroup =
  | {
      readonly kind: 'pair'
      readonly up: readonly (Assignment & { readonly default?: OwnDefault })[]
      readonly down: readonly (Assignment & {
        readonly default: { readonly sql: string; readonly volatile: boolean } | null
      })[]
      readonly onConflict: 'error' | 'new' | 'old'
      /** Both sides hold the same value, so agreeing means being equal. */
      readonly identical: boolean
      /** The server sets each side by itself where an UPDATE does not name it. */
      readonly stamped?: true
    }
  | { readonly kind: 'fill'; readonly up: readonly Assignment[] }

/** That of the new column while the plan runs, so the same in a whole statement. `takesNull`: NULL is a value there like any other. */
type OwnDefault = { readonly sql: string; readonly takesNull: boolean }

/** `type`: of the column. `absent`: what the server keeps instead of NULL in the one copied, when it does not insist. */
export type Assignment = {
  readonly column: string
  readonly type: string
  readonly value: Expression
  readonly absent?: string
}

export type Sync = {
  readonly table: TableRef
  /** Of the trigger and of its function, which stands in the table's schema. */
  readonly name: string
  readonly groups: readonly SyncGroup[]
  /** Columns that expressions know under `name` but that are stored under another one: those that are retired. */
  readonly aliases: readonly { readonly name: string; readonly stored: string }[]
  /** Where it has a second trigger. */
  readonly ahead: readonly Ahead[]
}

/**
 * Refuses whoever writes the old side of these pairs alone, from contract's last proof until the old side is retired. It has the name
 * of the sync that there is none of then. `cascades`: a foreign key of the old side writes it by itself, maybe before that of the new one.
 */
export type Seal = Omit<Sync, 'groups'> & {
  readonly groups: readonly Extract<SyncGroup, { kind: 'pair' }>[]
  readonly plan: string
  readonly cascades: boolean
}

/**
 * A trigger that runs ahead of those of other people, so that they see what either version wrote under both names. What they
 * make of it is carried over behind them. `before`: the first of theirs, for a server that has to be told.
 */
type Ahead = { readonly event: 'insert' | 'update'; readonly before: string | null }
