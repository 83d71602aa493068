import type { TableRef } from '../../program/refs.ts'

/**
 * `catalogue`: no row is read or written. `definition`: the column's new one, where the statement has to repeat it. `back`:
 * the way back is as cheap; null when it is not. `rows`: rows or indexes would be read or written under a lock. `says`: why.
 */
export type TypeChange =
  | {
      readonly way: 'catalogue'
      readonly definition: string | null
      /** What the column has now, where its order changes with the type. */
      readonly collation?: string
      readonly back: { readonly says: string } | null
      readonly says: string
      /** What clients must know of it. */
      readonly warns?: string
    }
  | { readonly way: 'rows'; readonly says: string }

/**
 * The words that a column may hold. `several`: a value is any number of them. `shared`: the type of its own that the list is,
 * which other columns may have, too, and what makes another such type in the same schema and drops it; null where the list
 * stands with the column. `of`: the type with other words.
 */
export type WordList = {
  readonly words: readonly string[]
  readonly several: boolean
  readonly shared:
    | (TableRef & {
        readonly other: (
          name: string,
          words: readonly string[],
        ) => { readonly type: string; readonly make: string; readonly drop: string }
      })
    | null
  readonly of: (words: readonly string[]) => string
}
