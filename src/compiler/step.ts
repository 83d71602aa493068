import type { Expression, NewColumn, Right, Shown, Trial } from './column.ts'
import type { DocumentAction } from './documents/action.ts'
import type { Assignment, CatalogueChecks, RowRule, Seal, Sync } from './sync.ts'

export type { Expression, NewColumn, Place, Shown, Trial, Tried } from './column.ts'
export type { Assignment, CatalogueChecks, RowRule, Seal, Sync, SyncGroup } from './sync.ts'

/**
 * The words a compiled plan is written in. All of it is plain data that survives a JSON round trip, so a program
 * can be reviewed, diffed, signed and resumed.
 */

export const PHASES = ['expand', 'backfill', 'enforce', 'verify', 'contract'] as const
export type Phase = (typeof PHASES)[number]

export type TableRef = { readonly schema: string; readonly name: string }

export type KeyColumn = { readonly name: string; readonly type: string }

/**
 * Rows whose `set` columns are all empty (and, where `from` names columns, one of those is not) get `set`. `differs`: those
 * in which `set` is anything else; the server itself may have written it before there was a sync.
 */
export type FillGroup = {
  readonly set: readonly Assignment[]
  readonly from: readonly string[]
  readonly differs?: true
}

/** What one step does, without a word of any database's language. */
export type Action =
  /** Reads all rows and changes nothing. `passes`: rows at fault are only counted, since the backfill passes them over. */
  | {
      readonly do: 'try_rows'
      readonly table: TableRef
      readonly key: readonly KeyColumn[]
      readonly index: string | null
      readonly trials: readonly Trial[]
      readonly passes: boolean
    }
  /**
   * `own`: its values are found nowhere else, so dropping it again loses what was written to it. `up`: what the old shape gives for
   * it, where no trigger carries anything else back.
   */
  | {
      readonly do: 'add_column'
      readonly table: TableRef
      readonly column: NewColumn
      readonly own: boolean
      readonly up?: Assignment
    }
  | {
      readonly do: 'add_column_with_default'
      readonly table: TableRef
      readonly column: NewColumn
      readonly default: Expression
      readonly notNull: boolean
    }
  /** `right`: what one account may do with `from`, which this column replaces, on servers that keep that by the name. */
  | {
      readonly do: 'grant_column'
      readonly table: TableRef
      readonly column: string
      readonly from: string
      readonly right: Right
    }
  | { readonly do: 'revoke_column'; readonly table: TableRef; readonly column: string; readonly right: Right }
  | { readonly do: 'install_sync'; readonly sync: Sync }
  /** The triggers that run ahead, where they cannot come in one transaction with the others and with the defaults. */
  | { readonly do: 'lead_sync'; readonly sync: Sync }
  | {
      readonly do: 'fill'
      readonly table: TableRef
      readonly key: readonly KeyColumn[]
      readonly index: string | null
      /** Columns that the server sets with every UPDATE, unless it is told to leave them alone. */
      readonly keeps: readonly string[]
      readonly others: readonly KeyColumn[]
      readonly groups: readonly FillGroup[]
      readonly mark: { readonly sync: string; readonly path: readonly string[] | null }
    }
  | {
      readonly do: 'create_index'
      readonly table: TableRef
      readonly name: string
      readonly definition: string
      readonly unique: boolean
      readonly comment: string | null
      readonly targets?: readonly { readonly column: number; readonly target: number }[]
    }
  | {
      readonly do: 'add_unique'
      readonly table: TableRef
      readonly name: string
      readonly index: string
      readonly deferrable: boolean
      readonly deferred: boolean
      readonly comment: string | null
    }
  | {
      readonly do: 'add_constraint'
      readonly table: TableRef
      readonly name: string
      readonly definition: string
      readonly references: TableRef | null
      readonly comment: string | null
    }
  | {
      readonly do: 'validate_constraint'
      readonly table: TableRef
      readonly name: string
      readonly references: TableRef | null
      /** Of a foreign key: its columns, and those they refer to. */
      readonly key: { readonly columns: readonly string[]; readonly there: readonly string[] } | null
    }
  /** `inherit`: also for tables that come to inherit from this one. */
  | {
      readonly do: 'add_not_null'
      readonly table: TableRef
      readonly column: string
      readonly name: string
      readonly inherit: boolean
      readonly comment: string | null
    }
  | {
      readonly do: 'settle_not_null'
      readonly table: TableRef
      readonly column: string
      readonly name: string
    }
  /** NOT NULL for a column whose rows were proven to have a value, where the server reads them again by itself. */
  | {
      readonly do: 'set_not_null'
      readonly table: TableRef
      readonly column: NewColumn
      readonly default: string | null
    }
  | {
      readonly do: 'create_statistics'
      readonly table: TableRef
      readonly schema: string
      readonly name: string
      readonly definition: string
      readonly target: number | null
      readonly comment: string | null
      readonly owner?: string
    }
  | {
      readonly do: 'prove_rows'
      readonly table: TableRef
      readonly key: readonly KeyColumn[]
      readonly rules: readonly { readonly name: string; readonly rule: RowRule }[]
    }
  | { readonly do: 'prove_catalogue'; readonly name: string; readonly checks: CatalogueChecks }
  | { readonly do: 'prove_query'; readonly name: string; readonly sql: string; readonly sample: number }
  /** `tombstone`: its name from then on, its own where it is only hidden. `invisible`: it was already. `shows`: what comes in its place. */
  | {
      readonly do: 'retire_column'
      readonly table: TableRef
      readonly column: string
      readonly tombstone: string
      /** The column's definition, where hiding it has to repeat that. */
      readonly definition: string | null
      readonly invisible?: true
      readonly shows?: readonly Shown[]
    }
  | ({ readonly do: 'show_column'; readonly table: TableRef } & Shown)
  /** For rows that nobody fills between the end of the sync and the drop. */
  | {
      readonly do: 'lend_default'
      readonly table: TableRef
      readonly column: string
      readonly default: string
      /** The column's definition, where giving it a default alone would take something else away. */
      readonly definition?: string
    }
  | {
      readonly do: 'drop_index'
      readonly table: TableRef
      readonly name: string
      readonly column: string
      readonly definition: string
    }
  | {
      readonly do: 'drop_constraint'
      readonly table: TableRef
      readonly name: string
      readonly column: string
      readonly kind: 'check' | 'foreign key'
      readonly definition: string
    }
  | { readonly do: 'replace_sync'; readonly sync: Sync; readonly previous: Sync }
  | { readonly do: 'remove_sync'; readonly sync: Sync }
  | { readonly do: 'install_seal'; readonly seal: Seal }
  | { readonly do: 'remove_seal'; readonly seal: Seal }
  /** `releases`: tables that foreign keys of the column refer to. */
  | {
      readonly do: 'drop_column'
      readonly table: TableRef
      readonly column: string
      readonly releases: readonly TableRef[]
    }
  | { readonly do: 'rename_index'; readonly table: TableRef; readonly from: string; readonly to: string }
  | {
      readonly do: 'rename_constraint'
      readonly table: TableRef
      readonly from: string
      readonly to: string
      /** Its definition, where a server can only make it anew. */
      readonly definition: string | null
      /** Of a foreign key to a partitioned table: names of what the server made of it for the partitions. */
      readonly copies?: readonly { readonly schema: string; readonly table: string; readonly name: string }[]
    }
  | { readonly do: 'rename_statistics'; readonly schema: string; readonly from: string; readonly to: string }
  | {
      readonly do: 'set_default'
      readonly table: TableRef
      readonly column: NewColumn
      readonly required: boolean
      readonly default: string
    }
  | {
      readonly do: 'own_sequence'
      readonly table: TableRef
      readonly column: string
      readonly sequence: { readonly schema: string; readonly name: string }
    }

/** A lock a step takes, in the server's own words, and whom it keeps waiting. */
export type Lock = {
  readonly on: string
  readonly mode: string
  readonly blocks:
    | 'nothing'
    | 'other schema changes'
    | 'writes'
    | 'reads and writes'
    | 'the rows of one batch'
  /** `moment`: only the catalogue changes. `scan`, `build`, `rewrite`: as long as the table takes to read, index or write anew. */
  readonly during: 'moment' | 'scan' | 'build' | 'rewrite' | 'batch'
}

export type Loss = { readonly what: string; readonly query: string; readonly most?: string }

/** One action written for one database. Text is the whole truth of what runs; `$1…` are bound by the runner. */
export type Written = {
  readonly statements: readonly string[]
  readonly undo: readonly string[]
  /** Undone behind the other parts of its step, wherever it stands in it: it needs what they bring back. */
  readonly undoneLast?: true
  /** A query of one boolean, true when the action is already done. Null where only the ledger can tell. */
  readonly probe: string | null
  /** `step`: one for the whole step. `alone`: each statement by itself, its locks asked for shortly. `none`: outside of any. */
  readonly transaction: 'step' | 'alone' | 'none'
  readonly locks: readonly Lock[]
  /** A query of one boolean, `done`: true while undo has something to do. Left out where undo bears being repeated. */
  readonly standing?: string
  /** What must hold before the action is begun: a query of one number `violations`, and what it means. */
  readonly requires?: {
    readonly query: string
    readonly code: 'PLAN_NULL' | 'PLAN_INVARIANT'
    readonly says: string
    readonly hint: string
  }
  /** Queries that must work before its statements: a server looks into the body of a trigger only when it fires. */
  readonly tries?: readonly string[]
  /** Before it is begun: a query of what stands under the names that it makes, `what` and `owner`. */
  readonly squatters?: string
  /** What it means when this user may not run it: that is said with the statements, and the plan goes on. */
  readonly byOthers?: { readonly act: string; readonly undo: string }
  /** For each of its statements a query of one boolean, `done`: those that are done already are passed over. */
  readonly each?: readonly string[]
  /** Settings of the session around its statements, put back whatever happens. */
  readonly around?: { readonly before: string; readonly after: string }
  /** Runs before a new try of an action that runs outside a transaction: clears what a broken try left. */
  readonly repair?: readonly string[]
  /** What undoing takes with it: a query of one number `rows`. `most` counts without expressions, should they not work. */
  readonly losses?: readonly Loss[]
  /** A query of keys that share a value (`k0`, `k1`), for when the action fails because of that. */
  readonly shared?: string
  /** Keeps writers out while its losses are counted once more and it is undone; `after` where that does not end with the transaction. */
  readonly keepOut?: { readonly before: string; readonly after?: string }
  /** Texts by purpose, for actions that are a loop or a look-up rather than a list of statements. */
  readonly queries?: Readonly<Record<string, string>>
}

export type Step = {
  /** `expand.1`: stable across compilations of the same plan. */
  readonly id: string
  readonly phase: Phase
  readonly title: string
  readonly reason: string
  readonly reversible: boolean
  readonly parts: readonly Part[]
}
export type Part = { readonly action: Action | DocumentAction; readonly written: Written }
