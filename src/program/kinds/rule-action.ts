import type { NewColumn } from '../column.ts'
import type { TableRef } from '../refs.ts'

/** What steps do to indexes, constraints, defaults and comments that a table has already. */
export type RuleAction =
  /** The column may be empty from then on. `constraint`: its NOT NULL, on servers that name it; otherwise a helper's name. */
  | {
      readonly do: 'drop_not_null'
      readonly table: TableRef
      readonly column: NewColumn
      readonly default: string | null
      readonly constraint: { readonly name: string; readonly comment: string | null }
    }
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
