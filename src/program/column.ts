/** An expression over a row of its table, in the dialect's own text. The text is never edited, only placed. */
export type Expression = {
  readonly sql: string
  /** The columns it reads. */
  readonly reads: readonly string[]
  /** It gives another result each time, so it fills a value once and is never recomputed. */
  readonly volatile: boolean
  /** It gives one value within a statement but another in the next transaction or session, such as now(). */
  readonly moving?: true
  /** Where the text names its columns, in order, for a dialect that has to prefix them. UTF-16 offsets. */
  readonly places?: readonly Place[]
  /** The expression calls a function that the sync creates. */
  readonly tried?: Tried
  /** The only column that it reads has this name in the text, and is stored under another one. */
  readonly renamed?: Renamed
}

type Renamed = { readonly name: string; readonly stored: string }

/** A function that returns `otherwise` when `sql` cannot compute a value of `type` for a row. */
export type Tried = {
  readonly name: string
  readonly sql: string
  readonly reads: readonly { readonly name: string; readonly type: string }[]
  readonly type: string
  readonly otherwise: string
  readonly volatile: boolean
}

/** A new value that is computed for every row before anything is changed. */
export type Trial = {
  readonly column: string
  readonly type: string
  /** The table's collation, when the column inherits it. */
  readonly collation?: string
  readonly sql: string
  /** Every row must have a value. */
  readonly required: boolean
  readonly unique: boolean
  /** The plan says what happens to rows for which no value can be computed. */
  readonly answered: boolean
  /** A condition that finds such rows, when the expression itself never fails. */
  readonly fails?: string
  /** Only rows for which this condition holds are tried. */
  readonly where?: string
}

export type Place = { readonly start: number; readonly end: number; readonly column: string }

/** What one account may do with a column. `to`: the account as the catalogue prints it. */
export type Right = { readonly to: string; readonly privilege: string }

/** A column to add. It starts nullable and without default, whatever the plan wants in the end. */
export type NewColumn = {
  readonly name: string
  readonly type: string
  readonly collation: string | null
  readonly comment: string | null
  readonly statisticsTarget: number | null
  readonly storage: string | null
  readonly compression: string | null
  readonly options: readonly string[]
  readonly grants: readonly { readonly to: string; readonly privilege: string; readonly grantable: boolean }[]
  /**
   * The text after ON UPDATE: the server sets the column with every UPDATE that does not name it, as it does the old
   * column.
   */
  readonly onUpdate?: string
  /** The column is not part of `*`, nor of an INSERT without column names. */
  readonly invisible?: true
  /** The column that it stands after; otherwise it is the last one. */
  readonly after?: string
}

/**
 * A column that becomes visible to clients that name no columns, with its full definition where a server has to
 * repeat that.
 */
export type Shown = {
  readonly column: NewColumn
  readonly required: boolean
  readonly default: string | null
}

/**
 * A key of the objects in a document that gets another name. `path`: the keys on the way to the objects from the top of the
 * document; `[*]` for each element of an array.
 */
export type KeyPair = {
  readonly column: string
  readonly path: readonly string[]
  readonly from: string
  readonly to: string
}

/**
 * The same in the text of one database, over the row's own columns. `copied`: the document with the one of both keys that an
 * object lacks. `agreed`: the document in which the new key has what the old one has. `withoutNew`, `withoutOld`: the document
 * without one of them. `taken`: whether an object has the new key. `apart`: whether they differ in an object, or one is missing.
 */
export type KeyTexts = Readonly<
  Record<'copied' | 'agreed' | 'withoutNew' | 'withoutOld' | 'taken' | 'apart', string>
>

/** `type`: the column's. */
export type KeyRename = KeyPair & {
  readonly type: string
  readonly onConflict: 'error' | 'new' | 'old'
  readonly texts: KeyTexts
}

/** The keys as people name them: `profile.contacts[*].phone`. */
export const keyName = ({ column, path }: KeyPair, key: string): string =>
  [column, ...path, key].join('.').replaceAll('.[', '[')
