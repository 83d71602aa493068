/** An expression over a row of its table, in the dialect's own text. Never edited, only placed. */
export type Expression = {
  readonly sql: string
  /** The columns it reads. */
  readonly reads: readonly string[]
  /** Gives another result each time: fills once, is never recomputed. */
  readonly volatile: boolean
  /** The same for a whole statement and another one in the next transaction or session, such as now(). */
  readonly moving?: true
  /** Where in the text its columns stand, in order, for a dialect that names them in another row. UTF-16 offsets. */
  readonly places?: readonly Place[]
  /** It calls a function that the sync brings along. */
  readonly tried?: Tried
}

/** A function that gives `otherwise` for a row from which `sql` cannot compute a value of `type`. */
export type Tried = {
  readonly name: string
  readonly sql: string
  readonly reads: readonly { readonly name: string; readonly type: string }[]
  readonly type: string
  readonly otherwise: string
  readonly volatile: boolean
}

/** A value to come that is made of every row before anything is changed. */
export type Trial = {
  readonly column: string
  readonly type: string
  /** That of the table, where a column has it from there. */
  readonly collation?: string
  readonly sql: string
  /** No row may be without one. */
  readonly required: boolean
  readonly unique: boolean
  /** The plan says what happens to rows from which no value can be computed. */
  readonly answered: boolean
  /** Tells such rows, where the value itself never fails. */
  readonly fails?: string
}

export type Place = { readonly start: number; readonly end: number; readonly column: string }

/** What one account may do with a column. `to`: the account as the catalogue prints it. */
export type Right = { readonly to: string; readonly privilege: string }

/** A column to add; nullable and without default, whatever it will be in the end. */
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
  /** The server sets it anew by every UPDATE that does not name it, as it does the old one: the text after ON UPDATE. */
  readonly onUpdate?: string
  /** Not part of `*`, nor of an INSERT without names of columns. */
  readonly invisible?: true
  /** The column that it stands behind; else it is the last one. */
  readonly after?: string
}

/** A column as clients find it that name none, with all that is said of it again where a server changes it as a whole. */
export type Shown = {
  readonly column: NewColumn
  readonly required: boolean
  readonly default: string | null
}
