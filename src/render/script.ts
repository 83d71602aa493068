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
}
