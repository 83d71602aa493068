import type { Action, FillGroup, RowRule } from '../../program/action.ts'
import type { Shown, Trial } from '../../program/column.ts'
import type { MarkedColumn } from '../../program/kinds/computing.ts'
import type { TableRef } from '../../program/refs.ts'
import type { SyncGroup } from '../../program/sync.ts'
import type { Column } from '../../schema/snapshot.ts'
import { list, type Monoid, record } from '../monoid.ts'

/** What an intent needs from each phase, for one table. The compiler decides on order and rollback. */
export type Outline = Needs & { readonly table: TableRef }

/** A building block of intents, such as an index. It fills only the fields that it needs. */
export type Part = Partial<Needs>

type Needs = {
  /** Columns whose definition and dependents are watched for drift. */
  readonly watch: readonly string[]
  /** Columns that the intent changes as they are: no other one may change them, too. */
  readonly changes: readonly string[]
  /** Columns that what the intent makes stands on: no other one may retire them. */
  readonly uses: readonly string[]
  readonly expand: readonly Action[]
  readonly sync: readonly SyncGroup[]
  /**
   * Defaults of the new shape. They are set once the sync exists; earlier, a row that was written without a value could
   * not be recognised.
   */
  readonly defaults: readonly Extract<Action, { do: 'set_default' }>[]
  readonly fills: readonly FillGroup[]
  /** What is computed outside of the database for rows that clients write meanwhile. */
  readonly marks: readonly MarkedColumn[]
  /** Values that are tried on every row before anything is changed. */
  readonly trials: readonly Trial[]
  readonly enforce: readonly Action[]
  readonly rules: readonly { readonly name: string; readonly rule: RowRule }[]
  /** What must stand in the catalogue before contract. */
  readonly holds: readonly { readonly what: Held; readonly name: string }[]
  /** What contract takes away and can bring back, step by step. */
  readonly loosen: readonly (readonly Action[])[]
  /** What contract takes away in the end, in steps of their own that cannot. */
  readonly discard: readonly Action[]
  /** The old shape, which contract retires and then drops. */
  readonly retire: readonly RetiredColumn[]
  /** What prevents the drop. It is removed just before, while the sync still runs. */
  readonly dropsBefore: readonly Action[]
  /** Tables that the foreign keys of the old shape refer to. */
  readonly referencedTables: readonly TableRef[]
  /** What is moved from the old shape to the new one, before the drop and after it. */
  readonly beforeDrop: readonly Action[]
  readonly afterDrop: readonly Action[]
  readonly deploys: readonly Deploy[]
  /** Why triggers cannot keep the shapes in step here. */
  readonly triggerGaps: readonly string[]
  readonly warnings: readonly string[]
  /** Statements of the author, each a step of its own. */
  readonly statements: readonly Extract<Action, { do: 'run_sql' | 'finish_sql' }>[]
}

export type Held = 'index' | 'constraint' | 'not null'

/** What must be deployed before contract, in the plan's own names. */
export type Deploy = {
  /** Before the backfill, when the application itself keeps both shapes in step; null when nothing has to be written then. */
  readonly dualWrite: string | null
  /** The next one then, where an old shape is retired: it writes both shapes and reads only the new one. */
  readonly readsNew: string | null
  /** The last one: it knows only the new shape. */
  readonly onlyNew: string
}

/** A deploy before contract alone: nothing has to be written twice for it. */
export const deployed = (onlyNew: string): Pick<Needs, 'deploys'> => ({
  deploys: [{ dualWrite: null, readsNew: null, onlyNew }],
})

/** An old column. `temporaryDefault`: the default that it gets before the sync is dropped. */
export type RetiredColumn = {
  readonly column: string
  readonly definition: string | null
  readonly temporaryDefault: string | null
  /** The server sets the column with every UPDATE. Setting a default has to repeat that clause. */
  readonly stamped: boolean
  /** The column refuses every row that leaves it out, and no default can be set for it. */
  readonly strict: boolean
  readonly invisible?: true
  /** Rights on this column alone that the server keeps when the column is dropped. */
  readonly rights: Column['grants']
  /** Nothing takes over what the server stores about the column, such as its indexes. */
  readonly alone?: true
  /** The column as expand has changed it, so that every row can be without a value of its own. */
  readonly now?: Shown
  /** New columns that are hidden until this one is retired. */
  readonly shows?: readonly Shown[]
  /** The new column that takes its name, and why the column is not changed where it stands. */
  readonly shadow?: string
  readonly instead?: string
}

const needs: Monoid<Needs> = record<Needs>({
  watch: list(),
  changes: list(),
  uses: list(),
  expand: list(),
  sync: list(),
  defaults: list(),
  fills: list(),
  marks: list(),
  trials: list(),
  enforce: list(),
  rules: list(),
  holds: list(),
  loosen: list(),
  discard: list(),
  retire: list(),
  dropsBefore: list(),
  referencedTables: list(),
  beforeDrop: list(),
  afterDrop: list(),
  deploys: list(),
  triggerGaps: list(),
  warnings: list(),
  statements: list(),
})

/** In place of a table, for what concerns none in particular. */
export const NO_TABLE: TableRef = { schema: '', name: '' }

/** The outline that asks for nothing. */
export const nothing = (table: TableRef): Outline => ({ table, ...needs.empty })

/** Two outlines of one table as one: first what `a` needs, then what `b` needs, phase by phase. */
export const combine = (a: Outline, b: Outline): Outline => ({ table: a.table, ...needs.combine(a, b) })

/** The outline of an intent, made of parts in their order. */
export const outlineOf = (table: TableRef, ...parts: readonly Part[]): Outline =>
  parts.map((part) => ({ ...nothing(table), ...part })).reduce(combine, nothing(table))
