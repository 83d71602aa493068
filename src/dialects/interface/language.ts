import type { Scalar, Value } from '../../plan/value.ts'
import type { Action } from '../../program/action.ts'
import type { Expression, KeyPair, KeyTexts, NewColumn, Shown } from '../../program/column.ts'
import type { Archive } from '../../program/kinds/archive-action.ts'
import type { JsKind } from '../../program/kinds/computing.ts'
import type { AuthorsStatement } from '../../program/kinds/further-action.ts'
import type { KeyColumn, TableRef } from '../../program/refs.ts'
import type { Assignment } from '../../program/sync.ts'
import type { DocumentTraits, Traits } from '../../program/traits.ts'
import type { Written } from '../../program/written.ts'
import type { Column, Index, Snapshot, Table } from '../../schema/snapshot.ts'
import type { DocumentLanguage } from './document-language.ts'
import type { IndexLanguage } from './index-language.ts'
import type { Refusal } from './refusal.ts'
import type { TypeChange, WordList } from './type-change.ts'

/** How one kind of action is written for one database. It is pure, so its output can be read and tested. */
type Writer<Kind extends Action['do']> = (action: Extract<Action, { do: Kind }>) => Written

/**
 * The writers of a dialect: one for every kind of action, but for those that its traits never ask for. A new kind does
 * not compile until every dialect can write it, or says that it never gets it.
 */
export type Writers<Never extends Action['do'] = never> = {
  readonly [Kind in Exclude<Action['do'], Never>]: Writer<Kind>
}

/** A module is called for a column as a whole, and never within another value. */
export const NO_MODULE: Refusal = {
  refused: 'a module cannot be a part of another value',
  hint: 'let the function itself do the rest, and make it the whole value',
}

/** The advice when an invariant's text is not a query of keys. */
export const NO_QUERY = {
  hint: 'write one SELECT that returns the keys of the rows that break the rule',
  noQuery: true,
} as const

/** Text that the plan's author wrote in the database's own language: values over a row, and whole queries. */
export type Texts = { readonly values: readonly string[]; readonly queries: readonly string[] }

/** What a table has in addition while both shapes live, and how many columns are dropped in the end. */
export type Growth = {
  readonly columns: readonly NewColumn[]
  readonly indexes: number
  readonly dropped: number
}

/** A second unique index beside the first. `instead`: the column whose place it takes; null when it stays. */
export type Beside = { readonly name: string; readonly instead: string | null }

/**
 * How a column is used: as a new column, in a plain index, in the key of a backfill, with a constant default, as NOT
 * NULL, as a second column.
 */
export type Use = 'column' | 'index' | 'key' | 'default' | 'required' | 'twin'

/** `alike`: values of the two types are compared and written alike, so what stands on one can stand on the other. */
type Retyping = { readonly alike: boolean }

/**
 * Texts that look up a row of a table in an archive of it, by its key. `seen`: columns of the row that must be as they were
 * when it was copied. `same`: the row has this value.
 */
export type ArchiveReads = {
  readonly has: (seen: readonly string[]) => string
  readonly value: (column: string, seen: readonly string[]) => string
  readonly isEmpty: (column: string) => string
  readonly same: (assignment: Assignment) => string
}

/** What this server can do. */
export const traitsOf = (
  language: Language | DocumentLanguage,
  server: Snapshot['server'],
): Traits | DocumentTraits => ('model' in language ? language.traits(server) : language.traits(server.number))

/** All that the compiler needs to know of a database of tables. All of it is pure. */
export type Language = {
  readonly name: string
  readonly traits: (serverNumber: number) => Traits
  /** How a short transaction of schema changes begins and ends, for people who read the program. */
  readonly transaction: { readonly begin: readonly string[]; readonly commit: readonly string[] }
  /** Without writers for the actions that this dialect never gets. */
  readonly writers: (traits: Traits) => Partial<Writers>
  /** The same with the locks that it takes on tables which refer to the one it changes. */
  readonly lockingOthers: (written: Written, snapshot: Snapshot) => Written
  /** A value as an expression over a row of `table`. `type` is the column that receives it. */
  readonly expression: (value: Value, table: Table, type: string, snapshot: Snapshot) => Expression | Refusal
  /**
   * Why the value may fail for some row, so that nothing could be stored; null when it gives a value or NULL for
   * every row.
   */
  readonly partial: (value: Value, written: Expression, type: string, table: Table) => string | null
  /** The most characters that a text column of this type holds; null when it has no limit or is not a text. */
  readonly characters: (type: string) => number | null
  /** A name as it stands in a statement. */
  readonly quote: (name: string) => string
  /** A text as a constant, for statements that people copy. */
  readonly literal: (text: string) => string
  /** A query by which a person sees these rows. The values of the keys are texts; without a key they are places. */
  readonly look: (table: TableRef, key: readonly KeyColumn[], rows: readonly (readonly string[])[]) => string
  /** How many characters a value of this type has as text. `most` is infinite when that is not known. */
  readonly lengths: (type: string) => { readonly least: number; readonly most: number }
  /**
   * The same value in a form that never fails: it gives `otherwise` instead (null: NULL). `fails`: a condition that
   * finds such rows, where there is one.
   */
  readonly total: (
    value: Value,
    written: Expression,
    type: string,
    table: Table,
    how: { readonly plan: string; readonly column: string; readonly otherwise: string | null },
  ) => { readonly value: Expression; readonly fails?: string } | Refusal
  /**
   * An author's own query as it will run, read-only and a single statement; or why it cannot run. `later`: its tables
   * may not exist yet.
   */
  readonly query: (sql: string, snapshot: Snapshot, later: boolean) => string | Refusal
  /** The same query, returning one text named `value`, no longer than a probe reads, and at most two rows. */
  readonly answer: (sql: string) => string
  /**
   * How one statement of the author can run: in the transaction of its step, or outside of any. Refused is what is no single
   * statement, and what begins or ends transactions or changes the session.
   */
  readonly statement: (sql: string) => AuthorsStatement['transaction'] | Refusal
  /** Where the names of such a statement are looked up; null where that is no question. */
  readonly statementPath: (snapshot: Snapshot) => readonly string[] | null
  /** Warnings about statements of the author that may block others for long. */
  readonly cautions: (statements: readonly string[]) => readonly string[]
  /** A boolean expression over the row, for CHECK and WHERE. */
  readonly condition: (sql: string, table: Table, snapshot: Snapshot) => Expression | Refusal
  /** A type from a plan in its normal form, or why it is not a type. */
  readonly type: (type: string, snapshot: Snapshot) => string | Refusal
  /** A catalogue definition with one column's name replaced, by parse tree and never by text. */
  readonly renameColumn: (definition: string, from: string, to: string) => string
  /** A catalogue definition of an index or statistics object with another name. */
  readonly renameObject: (definition: string, to: string) => string
  /** The default that a required column of the old shape needs once no trigger fills it; null for none. */
  readonly temporaryDefault: (column: Column) => string | null
  /** A column of this type has a collation, and the type does not name one. */
  readonly collates: (type: string) => boolean
  /** The constant that a default of the catalogue is; null when it is an expression. */
  readonly constantOf: (given: string) => { readonly is: Scalar } | null
  /** A constant that a column of this type can always hold; null when none is known. */
  readonly neutral: (type: string) => string | null
  /** What this server would do to give the column another type where it stands: the measured facts of its versions. */
  readonly typeChange: (table: Table, column: Column, to: string, serverNumber: number) => TypeChange
  /** Whether the value is what such a change gives by itself. */
  readonly asStored: (value: Value, column: Column, to: string) => boolean
  /** The list of words that a type is; null for any other type. */
  readonly wordList: (type: string, snapshot: Snapshot) => WordList | null
  /** How a key of the documents in a column of this type gets another name, beside running writes. */
  readonly jsonKeys: (keys: KeyPair, type: string) => KeyTexts | Refusal
  /** What giving a column this type means for the server; null when it is that type already. */
  readonly retyping: (from: string, to: string) => Retyping | null
  /**
   * Why such an index, CHECK or statistics object of a column cannot stand on a column of another type as it is; null
   * when it can. `plain`: it only names columns.
   */
  readonly uncarried: (
    thing: { readonly definition: string; readonly plain: boolean },
    from: string,
    to: string,
  ) => string | null
  /** Whether all columns with this default get the same value within a statement, even when a trigger evaluates it. */
  readonly steadyDefault: (given: NonNullable<Column['default']>) => boolean
  /** Whether the sync would evaluate this default to another value than the client's own session does. */
  readonly localDefault: (sql: string, type: string) => boolean
  /** The time zone in which an expression that names none reads and writes the times of its row, as warnings. */
  readonly zoned: (value: Expression, table: Table, type: string) => readonly string[]
  /** What a required column gets when a statement leaves it out and the server is not strict; null when the server is. */
  readonly implicitValue: (column: Column) => string | null
  /** Indexes that identify the table's rows for the server, which it cannot replace while others write. */
  readonly rowIndexes: (table: Table) => readonly Index[]
  /** Why a column of this type cannot be used this way; null when it can. */
  readonly unfit: (type: string, use: Use, snapshot: Snapshot) => Refusal | null
  /** Why a foreign key from a column of this type cannot refer to that column; null when it can. */
  readonly unreferable: (there: Table, column: Column, type: string) => Refusal | null
  /** Why any change of the table, even of its indexes, would copy it; null when it would not. */
  readonly frozen: (table: Table) => Refusal | null
  /** Why any change of its columns would copy this table or block its writers; null when it would not. */
  readonly unalterable: (table: Table) => Refusal | null
  /** Why making a column required would copy this table or block its writers; null when it would not. */
  readonly unrewritable: (table: Table) => Refusal | null
  /** Why giving a column of this type a default would do so; null when it would not. */
  readonly unsettable: (table: Table, type: string, value: string) => Refusal | null
  /** Why repeating a column's whole definition would do so; null when it would not, or nothing has to be repeated. */
  readonly unrepeatable: (table: Table) => Refusal | null
  /** Why a changed column could not get back what it has for a default; null when it can. */
  readonly unrestorable: (table: Table, column: Column) => Refusal | null
  /** Why this column cannot be renamed while others write; null when it can. */
  readonly unrenamable: (table: Table, column: string) => Refusal | null
  /** Why this table cannot hold what a plan adds to it on a server of this version; null when it can. */
  readonly overfull: (table: Table, growth: Growth, serverNumber: number) => Refusal | null
  /** Why such an index cannot be built while others write; null when it can. */
  readonly unbuildable: (index: Index) => Refusal | null
  /** Who else can decide what names mean: in the author's texts, and in code that batches on these tables run. */
  readonly exposed: (texts: Texts, tables: readonly Table[], snapshot: Snapshot) => readonly string[]
  /** The search path that a batch on this table needs for the code it triggers; null for none. */
  readonly batchPath: (table: Table, snapshot: Snapshot) => readonly string[] | null
  /** What may fail when everything attached to this column is created again for another column. */
  readonly lookedUp: (table: Table, column: string, snapshot: Snapshot) => readonly string[]
  /**
   * What differs afterwards from the original when everything attached to the column is created for its new name, and
   * what a person can run to correct it.
   */
  readonly unlike: (table: Table, from: string, to: string, snapshot: Snapshot) => readonly string[]
  readonly indexes: IndexLanguage
  /** Where the ledger of this name keeps old values of a table for a plan. `of`: the columns, where a backfill overwrites them. */
  readonly archiveOf: (
    ledger: string,
    plan: string,
    table: Table,
    snapshot: Snapshot,
    of: readonly string[],
  ) => TableRef
  readonly archived: (archive: Archive) => ArchiveReads
  /** Definitions of CHECKs and the like, from parts that the plan wrote. */
  readonly define: {
    readonly check: (condition: Expression) => string
    readonly foreignKey: (
      columns: readonly string[],
      to: { schema: string; name: string },
      columnsThere: readonly string[],
    ) => string
  }
  /** What a person can do who needs such a clause of ALTER TABLE all the same: the exact command of another tool. */
  readonly copyRecipe: (table: { schema: string; name: string }, clause: string) => string
  /** What a person can do so that their trigger ignores the rows of our batches. */
  readonly sparing: (table: { schema: string; name: string }, triggers: readonly string[]) => string
  /** A name within the server's limit that collides with nothing: a readable stem, then a hash of all parts. */
  readonly helperName: (stem: string, ...parts: readonly string[]) => string
  /** A column's name as the server compares it: names with the same result are the same name. */
  readonly fold: (column: string) => string
  /** Writes to such a column that fire no trigger, so they do not reach a column kept in step with it. */
  readonly unseen: (column: Column) => readonly string[]
  /** Rights on a column belong to its name: ADD COLUMN does not bring them, and DROP COLUMN leaves them. */
  readonly rightsByName: boolean
  /** Warnings about such rights when columns are added and dropped. */
  readonly rightsAside: (
    table: Table,
    columns: { readonly goes: readonly string[]; readonly comes: readonly string[] },
    snapshot: Snapshot,
  ) => readonly string[]
  /**
   * Why such columns cannot be hidden from clients that name no columns, placed after `after` or last in the table;
   * null when they can.
   */
  readonly unhidable: (
    table: Table,
    column: Pick<Shown, 'required' | 'default'>,
    after: string | null,
    serverNumber: number,
  ) => string | null
  /** What upserts by a unique index must expect while another index has the same values, and afterwards. */
  readonly upserts: (table: Table, index: Index, other: Beside) => readonly string[]
  /** Why a column cannot be computed by the server without a copy of the table, or a lock of it; null when it can. */
  readonly ungenerated: (stored: boolean, serverNumber: number) => string | null
  /** The next number of a sequence, for a new column of this type; or why rows cannot be numbered while others write. */
  readonly numbering: (
    sequence: { readonly schema: string; readonly name: string },
    type: string,
  ) => Expression | { readonly unnumbered: string }
  /** What a value of this type is in JavaScript, for functions of modules; null where none can be called. */
  readonly jsKind: ((type: string) => JsKind) | null
  /** Within one UPDATE a later assignment sees what an earlier one has assigned. */
  readonly assignsInOrder: boolean
  /** Why this cannot be a name; null when it can. */
  readonly nameProblem: (name: string) => string | null
  /** Why this cannot be a column's name; null when it can. */
  readonly columnNameProblem: (name: string) => string | null
}
