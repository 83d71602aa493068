import type { FillByBlocks, FillByKey } from '../../program/walk.ts'

/** How the script files for a kind of database are written. */
export type Script = {
  /** The file's extension: `sql`, `js`. */
  readonly extension: string
  /** The prefix that makes a line a comment. */
  readonly comment: string
  /** A statement as a person would type it. `name` is the purpose of a statement to which the runner binds values. */
  readonly typed: (statement: string, name?: string) => string
  /** Whether a text that already occurs elsewhere is written out again. */
  readonly repeats: boolean
  /** The beginning of a long statement, in one line. */
  readonly abridged: (lines: readonly string[]) => string
  /** For a script that a person runs without the tool; left out where there is none. */
  readonly byHand?: {
    /** Statements that run only where the database shows that there is something to undo; all on one connection. */
    readonly guarded: (undo: Guarded) => string[]
    /** A walk as one loop, with a commit after each batch, as statements for one connection; null for a walk that has none. */
    readonly loop: (walk: Looped) => string[] | null
  }
}

/** A walk over rows. `undoes`: where its table is not there, there is nothing to do. */
export type Looped = { readonly undoes?: true } & (
  | Pick<FillByKey, 'along' | 'mark' | 'keep' | 'batch'>
  | Pick<FillByBlocks, 'along' | 'mark' | 'batch'>
)

/** `condition`: a query with one boolean, `done`. `inTransaction`: the statements stand within one. */
export type Guarded = {
  readonly id: string
  readonly statements: readonly string[]
  readonly condition: string
  readonly inTransaction: boolean
}
