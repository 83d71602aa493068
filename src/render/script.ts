/** How the files of a database are written. */
export type Script = {
  /** `sql`, `js`. */
  readonly extension: string
  /** What makes a line a comment. */
  readonly comment: string
  /** A statement as it would be typed; `name` is the purpose of one that the runner binds values to. */
  readonly typed: (statement: string, name?: string) => string
  /** Whether a text that stands elsewhere already is written out again. */
  readonly repeats: boolean
  /** How a statement of many lines begins, in one line. */
  readonly abridged: (lines: readonly string[]) => string
}
