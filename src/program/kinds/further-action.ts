import type { Expression, NewColumn } from '../column.ts'
import type { TableRef } from '../refs.ts'

type Sequence = { readonly schema: string; readonly name: string }

/** `transaction`: what a server can do with it decides. `path`: where its names are looked up, where a server has such a path. */
export type AuthorsStatement = {
  readonly statement: string
  readonly transaction: 'step' | 'autocommit' | 'unbounded'
  readonly path: readonly string[] | null
  readonly done: string | null
}

/** Statements of the author, and columns that the server computes or numbers. */
export type FurtherAction =
  /** A column that the server computes from the row when it is read. */
  | {
      readonly do: 'add_generated'
      readonly table: TableRef
      readonly column: NewColumn
      readonly value: Expression
    }
  | { readonly do: 'create_sequence'; readonly table: TableRef; readonly sequence: Sequence }
  /** The column gets numbers of its own in place of those of the sequence, and goes on behind them. */
  | {
      readonly do: 'make_identity'
      readonly table: TableRef
      readonly column: string
      readonly sequence: Sequence
      readonly next: string
      readonly always: boolean
      /** An index finds the greatest number at once. */
      readonly indexed: boolean
    }
  /** One statement of the author, sent as it is. `done`: a query with one boolean that is true when it has run. */
  | ({ readonly do: 'run_sql'; readonly undo: string | null } & AuthorsStatement)
  /** The same where nothing undoes it. */
  | ({ readonly do: 'finish_sql' } & AuthorsStatement)
