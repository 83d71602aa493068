import type { Value } from '../../plan/value.ts'
import type { Action } from '../../program/action.ts'
import type { Expression, NewColumn, Shown } from '../../program/column.ts'
import type { DocumentTraits, Traits } from '../../program/traits.ts'
import type { Written } from '../../program/written.ts'
import type { Column, Index, Snapshot, Table } from '../../schema/snapshot.ts'
import type { DocumentLanguage } from './document-language.ts'
import type { Refusal } from './refusal.ts'

/** How one kind of action is written for one database: pure, so that its output can be read and tested. */
type Writer<Kind extends Action['do']> = (action: Extract<Action, { do: Kind }>) => Written

/** Total over `Action`: a new kind does not compile until every dialect can write it. */
export type Writers = { readonly [Kind in Action['do']]: Writer<Kind> }

/** Of an invariant, which gives keys. */
export const NO_QUERY = {
  hint: 'write one SELECT that returns the keys of the rows that break the rule',
  noQuery: true,
} as const

/** What the author of a plan wrote in the database's own language: values over a row, and whole queries. */
export type Texts = { readonly values: readonly string[]; readonly queries: readonly string[] }

/** What a table has for a time beside its old shape, and how many columns go in the end. */
export type Growth = {
  readonly columns: readonly NewColumn[]
  readonly indexes: number
  readonly dropped: number
}

/** A second unique index. `instead`: of the column that takes this one's place; else it stays beside the first one. */
export type Beside = { readonly name: string; readonly instead: string | null }

/** As a new column, in a plain index, in the key of a backfill, with a constant default, as NOT NULL, as a second column. */
export type Use = 'column' | 'index' | 'key' | 'default' | 'required' | 'twin'

/** What this server can do. */
export const traitsOf = (
  language: Language | DocumentLanguage,
  server: Snapshot['server'],
): Traits | DocumentTraits => ('model' in language ? language.traits(server) : language.traits(server.number))

/** All the compiler needs of a database, and all of it pure. */
export type Language = {
  readonly name: string
  readonly traits: (serverNumber: number) => Traits
  /** How a short transaction of schema changes begins and ends, for people who read the program. */
  readonly transaction: { readonly begin: readonly string[]; readonly commit: readonly string[] }
  readonly writers: (traits: Traits) => Writers
  /** A value as an expression over a row of `table`. `type` is the column that receives it. */
  readonly expression: (value: Value, table: Table, type: string, snapshot: Snapshot) => Expression | Refusal
  /** Why it may fail for some row, so that nothing could be stored for it; null where it gives a value, or NULL, for all. */
  readonly partial: (value: Value, written: Expression, type: string, table: Table) => string | null
  /** The most characters of a text in a column of this type; null where it has no such bound, or is none. */
  readonly characters: (type: string) => number | null
  /** A text as a constant, for statements that people copy. */
  readonly literal: (text: string) => string
  /** How many characters a value of this type has as a text. `most`: infinite where that is not known. */
  readonly lengths: (type: string) => { readonly least: number; readonly most: number }
  /** The same value so that it never fails, with `otherwise` (null: NULL) instead. `fails`: tells such rows, where it can be told. */
  readonly total: (
    value: Value,
    written: Expression,
    type: string,
    table: Table,
    how: { readonly plan: string; readonly column: string; readonly otherwise: string | null },
  ) => { readonly value: Expression; readonly fails?: string } | Refusal
  /** An author's own query, read-only and a single statement, as it will run; or why it cannot. `later`: its tables may still be to come. */
  readonly query: (sql: string, snapshot: Snapshot, later: boolean) => string | Refusal
  /** The same query so that it gives one text under the name `value`, no longer than a probe reads, and at most two rows. */
  readonly answer: (sql: string) => string
  /** A boolean expression over the row, for CHECK and WHERE. */
  readonly condition: (sql: string, table: Table, snapshot: Snapshot) => Expression | Refusal
  /** A type as a plan writes it: normalised, or why it is none. */
  readonly type: (type: string, snapshot: Snapshot) => string | Refusal
  /** A catalogue definition with one column's name put for another's, by the parse tree, never by text. */
  readonly renameColumn: (definition: string, from: string, to: string) => string
  /** A catalogue definition of an index or statistics object, under another name. */
  readonly renameObject: (definition: string, to: string) => string
  /** The default that a required column of the old shape needs where no trigger fills it any more; null for none. */
  readonly lentDefault: (column: Column) => string | null
  /** Whether all columns with this default get the same from it within a statement, a trigger's own look at it included. */
  readonly steadyDefault: (given: NonNullable<Column['default']>) => boolean
  /** Whether a sync that evaluates expressions would find another default for such a column than the client whose row it is. */
  readonly localDefault: (sql: string, type: string) => boolean
  /** In what time zone an expression that names none reads and writes the times of its row. */
  readonly zoned: (value: Expression, table: Table, type: string) => readonly string[]
  /** What a required column holds when a statement leaves it empty and the server does not insist; null where it does. */
  readonly implicitValue: (column: Column) => string | null
  /** Indexes of which the server keeps its rows by one, which it cannot replace beside running writes. */
  readonly rowIndexes: (table: Table) => readonly Index[]
  /** Why a column of this type cannot be used so, or null. */
  readonly unfit: (type: string, use: Use, snapshot: Snapshot) => Refusal | null
  /** Why a foreign key from a column of this type cannot refer to that column, or null. */
  readonly unreferable: (there: Table, column: Column, type: string) => Refusal | null
  /** Why the server would copy this table, or block its writers, for any change of its columns; null when it does not. */
  readonly unalterable: (table: Table) => Refusal | null
  /** Why the server would copy this table, or block its writers, to make a column required; null when it does not. */
  readonly unrewritable: (table: Table) => Refusal | null
  /** The same for giving a column of this type a default. */
  readonly unsettable: (table: Table, type: string, value: string) => Refusal | null
  /** Why this column cannot get another name while others write, or null. */
  readonly unrenamable: (table: Table, column: string) => Refusal | null
  /** Why this table cannot take what a plan adds to it on a server of this version, or null. */
  readonly overfull: (table: Table, growth: Growth, serverNumber: number) => Refusal | null
  /** Why such an index cannot be built while others write, or null. */
  readonly unbuildable: (index: Index) => Refusal | null
  /** Who else decides what names mean in what a plan's author wrote, and in what batches on these tables set off. */
  readonly exposed: (texts: Texts, tables: readonly Table[], snapshot: Snapshot) => readonly string[]
  /** The search path that a batch on this table needs for what it sets off; null for none. */
  readonly batchPath: (table: Table, snapshot: Snapshot) => readonly string[] | null
  /** What may fail when all that hangs on this column is made again for another one. */
  readonly lookedUp: (table: Table, column: string, snapshot: Snapshot) => readonly string[]
  /** What of all that is not quite as it was when it hangs on the column under its new name, and what a person can run then. */
  readonly unlike: (table: Table, from: string, to: string, snapshot: Snapshot) => readonly string[]
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
  /** What a person can do who wants such a clause of ALTER TABLE all the same: the exact command of another tool. */
  readonly copyRecipe: (table: { schema: string; name: string }, clause: string) => string
  /** What a person can do so that a trigger of theirs leaves the rows of our batches alone. */
  readonly sparing: (table: { schema: string; name: string }, triggers: readonly string[]) => string
  /** A name that fits the server's limit and collides with nothing: readable stem, then a hash of all parts. */
  readonly helperName: (stem: string, ...parts: readonly string[]) => string
  /** A column's name as the server compares it: two names that fold alike are one. */
  readonly fold: (column: string) => string
  /** Writes of such a column that no trigger sees, so that they do not reach a column kept in step with it. */
  readonly unseen: (column: Column) => readonly string[]
  /** Rights on a column belong to its name: they do not come with ADD COLUMN, and DROP COLUMN leaves them. */
  readonly rightsByName: boolean
  /** What is to be said of such rights when columns come and go. */
  readonly rightsAside: (
    table: Table,
    columns: { readonly goes: readonly string[]; readonly comes: readonly string[] },
    snapshot: Snapshot,
  ) => readonly string[]
  /** Why no such column can be kept from clients that name none, behind `after` or as the last one of its table, or null. */
  readonly unhidable: (
    table: Table,
    column: Pick<Shown, 'required' | 'default'>,
    after: string | null,
    serverNumber: number,
  ) => string | null
  /** What upserts meet that go by a unique index, while there is another one of the same values and after. */
  readonly upserts: (table: Table, index: Index, other: Beside) => readonly string[]
  /** Why this cannot be a name, or null. */
  readonly nameProblem: (name: string) => string | null
  /** Why this cannot be the name of a column, or null. */
  readonly columnNameProblem: (name: string) => string | null
}
