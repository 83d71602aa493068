import type { KeyRename, NewColumn } from '../column.ts'
import type { KeyColumn, TableRef } from '../refs.ts'

/**
 * What takes NOT NULL away, and what brings it back. `name`: the constraint by which it comes back; `original`: the named
 * one that stood there before. `default`: the text after DEFAULT, which servers that define a column anew have to repeat.
 */
export type Relaxation = {
  readonly table: TableRef
  readonly key: readonly KeyColumn[]
  readonly column: NewColumn
  readonly default: string | null
  readonly name: string
  readonly original: {
    readonly inherit: boolean
    readonly validated: boolean
    readonly comment: string | null
  } | null
}

/** What steps do to indexes, constraints, defaults, comments and documents that a table has already. */
export type RuleAction =
  /** Rows may be without a value for good. */
  | ({ readonly do: 'drop_not_null' } & Relaxation)
  /** `from`, `to`: the text after DEFAULT; null for none. */
  | {
      readonly do: 'change_default'
      readonly table: TableRef
      readonly column: NewColumn
      readonly required: boolean
      readonly from: string | null
      readonly to: string | null
    }
  /** `definition`: the column's full one, on servers where a comment has to repeat that. */
  | {
      readonly do: 'set_comment'
      readonly table: TableRef
      readonly column: string | null
      readonly definition: string | null
      readonly from: string | null
      readonly to: string | null
    }
  /** No document has the new key yet. Undoing takes it out of all of them, along `key`. */
  | {
      readonly do: 'reserve_key'
      readonly table: TableRef
      readonly key: readonly KeyColumn[]
      readonly index: string | null
      /** Columns that the server sets with every UPDATE that does not name them. */
      readonly keeps: readonly string[]
      readonly named: readonly KeyColumn[]
      readonly keys: KeyRename
    }
  /** Nobody needs the old key from then on; both are still kept equal. */
  | { readonly do: 'retire_key'; readonly table: TableRef; readonly keys: KeyRename }
  /** No query uses the index from then on; it is still kept up. */
  | { readonly do: 'disable_index'; readonly table: TableRef; readonly name: string }
  | {
      readonly do: 'delete_index'
      readonly table: TableRef
      /** It has gone with its constraint. On the way back it is built before that. */
      readonly gone?: true
      readonly name: string
      readonly definition: string
      readonly comment: string | null
      readonly targets?: readonly { readonly column: number; readonly target: number }[]
    }
  /** `condition`: what rows have to meet again when it comes back. */
  | {
      readonly do: 'delete_check'
      readonly table: TableRef
      readonly name: string
      readonly definition: string
      readonly validated: boolean
      readonly comment: string | null
    }
  /** The index goes with it; it has the same name when it comes back. */
  | {
      readonly do: 'delete_unique'
      readonly table: TableRef
      readonly name: string
      readonly columns: readonly string[]
      readonly deferrable: boolean
      readonly deferred: boolean
      readonly comment: string | null
    }
