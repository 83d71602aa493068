import type { KeyColumn, TableRef } from '../refs.ts'

/** A function that computes a value from a row, in a module of the author's. */
export type ModuleCall = {
  /** The file as the plan writes it, relative to the plan file. */
  readonly file: string
  /** The name under which the module exports the function. */
  readonly name: string
  /** SHA-256 in hex of the file, as it was when the plan was compiled. */
  readonly sha256: string
}

/**
 * What a value is in JavaScript. `number`: whole numbers of at most 32 bits and floating-point numbers. `bytes`: a
 * Uint8Array. `json`: what JSON.parse gives. Everything else is the text that the server prints.
 */
export type JsKind = 'text' | 'number' | 'boolean' | 'json' | 'bytes'

/** A column that a function is given. */
export type GivenColumn = { readonly name: string; readonly type: string; readonly kind: JsKind }

/** One column that a function computes. `required`: it may not give null. */
export type Computed = {
  readonly column: string
  readonly kind: JsKind
  readonly required: boolean
  readonly call: ModuleCall
  /** The columns that the function is given. */
  readonly reads: readonly string[]
}

/** What a backfill computes outside of the database. `marks`: it goes through the marked rows, instead of all. */
export type Computing = {
  readonly columns: readonly Computed[]
  /** All columns that the functions read. A row is written only while these are as they were read. */
  readonly reads: readonly GivenColumn[]
  readonly marks?: Marks
}

/**
 * A trigger that notes the keys of rows whose value has to be computed: of new ones, and of those in which a column that
 * the function reads has changed while the statement left the value alone. The runner computes them and takes them off.
 */
export type Marks = {
  readonly table: TableRef
  /** The name of the table of marks and of the function. Both are in the table's schema. */
  readonly name: string
  readonly triggers: { readonly insert: string; readonly update: string }
  readonly key: readonly KeyColumn[]
  readonly columns: readonly MarkedColumn[]
}

/** `default`: what a row has that is written without the column; null for none. */
export type MarkedColumn = {
  readonly column: string
  readonly type: string
  readonly default: string | null
  readonly reads: readonly KeyColumn[]
}

/** A function of a module, for people. */
export const callText = ({ file, name }: Pick<ModuleCall, 'file' | 'name'>): string => `${name} of ${file}`

/** The same with the start of the file's hash. */
export const pinnedText = (call: ModuleCall): string =>
  `${callText(call)} (SHA-256 ${call.sha256.slice(0, 12)})`

/** What notes rows whose value a module has to compute again. */
export type MarkAction =
  /** Creates the table of marks, and the trigger that writes it. */
  | { readonly do: 'install_marks'; readonly marks: Marks }
  /** Removes the trigger. What it has noted stays until the last sweep. */
  | { readonly do: 'remove_marks'; readonly marks: Marks }
  | { readonly do: 'drop_marks'; readonly marks: Marks }
