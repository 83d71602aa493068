import type { TableRef } from '../refs.ts'
import type { Swap, Sync } from '../sync.ts'

/** Where in the list a word comes. */
export type WordPlace = { readonly before: string } | { readonly after: string } | null

/** What gives a column another type under its own name. */
export type TypeAction =
  /** Words come to a list that is a type of its own, each at its place; the list never loses one. */
  | {
      readonly do: 'add_words'
      readonly table: TableRef
      readonly column: string
      readonly type: TableRef
      readonly words: readonly { readonly word: string; readonly place: WordPlace }[]
    }
  /**
   * Another type for which the server only changes its catalogue. `definition`: the column's new one, on servers where
   * changing the type has to repeat that. `says`: why no row changes. `back`: the way back changes none either; null when it
   * would.
   */
  | {
      readonly do: 'alter_type'
      readonly table: TableRef
      readonly column: string
      readonly from: string
      readonly to: string
      readonly definition: string | null
      readonly says: string
      /** The order that it had, where that changes, too. */
      readonly collation?: string
      readonly back: { readonly says: string } | null
    }
  /** New columns take the names of old ones, in one statement, or in one transaction with the triggers. */
  | {
      readonly do: 'swap_columns'
      readonly table: TableRef
      readonly swaps: readonly Swap[]
      /** Why the columns are not changed where they stand. */
      readonly instead?: readonly string[]
    }
  /**
   * Empty columns under the tombstones' names while the sync's triggers are created, on servers that refuse a trigger
   * which names a column that is not there yet.
   */
  | { readonly do: 'reserve_names'; readonly sync: Sync }
  | { readonly do: 'release_names'; readonly sync: Sync }
