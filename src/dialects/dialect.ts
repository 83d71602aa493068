import type { Action, Expression, Written } from '../compiler/step.ts'
import type { Value } from '../plan/value.ts'
import type { Snapshot, Table } from '../schema/snapshot.ts'

/** What a server can do. Data: it is part of a program, and a server without the same traits is not run on. */
export type Traits = {
  /** Several schema changes commit or vanish together. */
  readonly transactionalDdl: boolean
  /** Row triggers can keep two columns in step. */
  readonly triggers: boolean
  /** An index can be built while others write. */
  readonly concurrentIndexes: boolean
  /** ADD COLUMN with a constant default touches no row. */
  readonly instantDefault: boolean
  /** NOT NULL itself can be added NOT VALID and validated later; without it a CHECK stands in. */
  readonly notNullNotValid: boolean
}

/** How one kind of action is written for one database: pure, so that its output can be read and tested. */
type Writer<Kind extends Action['do']> = (action: Extract<Action, { do: Kind }>) => Written

/** Total over `Action`: a new kind does not compile until every dialect can write it. */
export type Writers = { readonly [Kind in Action['do']]: Writer<Kind> }

/** A reason why a value cannot be used, without its place in the plan. */
export type Refusal = { readonly refused: string; readonly hint: string }

/** All the compiler needs of a database, and all of it pure. */
export type Language = {
  readonly name: string
  readonly traits: (serverNumber: number) => Traits
  /** How a short transaction of schema changes begins and ends, for people who read the program. */
  readonly transaction: { readonly begin: readonly string[]; readonly commit: readonly string[] }
  readonly writers: (traits: Traits) => Writers
  /** A value as an expression over a row of `table`. `type` is the column that receives it. */
  readonly expression: (value: Value, table: Table, type: string, snapshot: Snapshot) => Expression | Refusal
  /** An author's own query, read-only and a single statement; null when it is fine. */
  readonly query: (sql: string) => Refusal | null
  /** A boolean expression over the row, for CHECK and WHERE. */
  readonly condition: (sql: string, table: Table, snapshot: Snapshot) => Expression | Refusal
  /** A type as a plan writes it: normalised, or why it is none. */
  readonly type: (type: string) => string | Refusal
  /** A catalogue definition with one column's name put for another's, by the parse tree, never by text. */
  readonly renameColumn: (definition: string, from: string, to: string) => string
  /** A catalogue definition of an index or statistics object, under another name. */
  readonly renameObject: (definition: string, to: string) => string
  /** CHECK definition, index definition and their like, from parts that the plan itself wrote. */
  readonly define: {
    readonly check: (condition: Expression) => string
    readonly index: (
      table: { schema: string; name: string },
      name: string,
      columns: readonly string[],
      unique: boolean,
    ) => string
    readonly foreignKey: (
      columns: readonly string[],
      to: { schema: string; name: string },
      columnsThere: readonly string[],
    ) => string
  }
  /** A name that fits the server's limit and collides with nothing: readable stem, then a hash of all parts. */
  readonly helperName: (stem: string, ...parts: readonly string[]) => string
  /** Why this cannot be a name, or null. */
  readonly nameProblem: (name: string) => string | null
}
