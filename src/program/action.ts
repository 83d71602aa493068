import type { Expression, KeyRename, NewColumn, Right, Shown, Trial } from './column.ts'
import type { ArchiveAction, KeptRows } from './kinds/archive-action.ts'
import type { Computing, MarkAction, Marks } from './kinds/computing.ts'
import type { FurtherAction } from './kinds/further-action.ts'
import type { RenameAction } from './kinds/rename-action.ts'
import type { Relaxation, RuleAction } from './kinds/rule-action.ts'
import type { TypeAction } from './kinds/type-action.ts'
import type { KeyColumn, TableRef } from './refs.ts'
import type { Assignment, Guard, Seal, Sync, SyncGroup } from './sync.ts'

/** What must be true in the catalogue before anything is dropped. */
export type CatalogueChecks = {
  readonly table: TableRef
  /** The sync trigger must exist and be enabled, and its function must be the one this program installed. */
  readonly sync: Sync | null
  /** The triggers that mark rows must be enabled, and as this program installed them. */
  readonly marks?: readonly Marks[]
  readonly indexes: readonly string[]
  readonly constraints: readonly string[]
  readonly notNull: readonly string[]
  /** Every role with a right on the column `from` must hold it on the column `to`, too. */
  readonly rights?: readonly { readonly from: string; readonly to: string }[]
}

/** A statement about every row: no row may satisfy `violation`. */
export type RowRule =
  | { readonly rule: 'agree'; readonly group: Extract<SyncGroup, { kind: 'pair' }> }
  | { readonly rule: 'not null'; readonly column: string }
  /** Each row for which the condition `where` holds has these values. */
  | { readonly rule: 'has'; readonly set: readonly Assignment[]; readonly where: string | null }
  /** No row waits any longer for its value to be computed. */
  | { readonly rule: 'computed'; readonly marks: Marks }

/**
 * Rows whose `set` columns are all empty get `set`. Where `from` names columns, at least one of those must have a
 * value. `differs`: rows in which `set` holds anything else are filled, too, because the server itself may have
 * written it before there was a sync. `once`: see `Once`. `keys`: the values are documents in which a key gets another name.
 */
export type FillGroup = {
  readonly set: readonly Assignment[]
  readonly from: readonly string[]
  readonly differs?: true
  readonly once?: Once
  /** Some of the values are computed outside of the database. Such a group has a pass of its own. */
  readonly computing?: Computing
  readonly keys?: KeyRename
  /** Where each batch keeps what its rows had, so that they get it back when the backfill is undone. */
  readonly keep?: KeptRows
}

/**
 * Rows for which the condition `where` holds get the values, whatever they have; each row is written by one batch alone.
 * `steady`: the values are the same when they are computed again from the written row, so rows that have them are left
 * alone. `swept`: another pass follows while rows lack them.
 */
type Once = { readonly where: string | null; readonly steady: boolean; readonly swept?: true }

/** Texts of the keys that rows may not share, and the condition for the rows that count. */
export type Distinct = { readonly keys: readonly string[]; readonly where: string | null }

/** A pass over all rows, batch by batch. `keeps`: columns that the server sets with every UPDATE that does not name them. */
export type Filling = {
  readonly table: TableRef
  readonly key: readonly KeyColumn[]
  readonly index: string | null
  readonly keeps: readonly string[]
  readonly others: readonly KeyColumn[]
  readonly groups: readonly FillGroup[]
  readonly mark: { readonly sync: string; readonly path: readonly string[] | null }
}

/** What one step does, without any text in a database's language. */
export type Action =
  | RenameAction
  | MarkAction
  | RuleAction
  | ArchiveAction
  /**
   * Reads all rows and changes nothing. `passes`: rows at fault are only counted, because the backfill will skip
   * them.
   */
  | {
      readonly do: 'try_rows'
      readonly table: TableRef
      readonly key: readonly KeyColumn[]
      readonly index: string | null
      readonly trials: readonly Trial[]
      readonly passes: boolean
    }
  /**
   * `own`: the column's values exist nowhere else, so dropping it loses what was written to it. `up`: the value that
   * the old shape gives, where no trigger carries other values back. `key`: by which a report names rows.
   */
  | {
      readonly do: 'add_column'
      readonly table: TableRef
      readonly column: NewColumn
      readonly own: boolean
      readonly up?: Assignment
      readonly key?: readonly KeyColumn[]
    }
  | {
      readonly do: 'add_column_with_default'
      readonly table: TableRef
      readonly column: NewColumn
      readonly default: Expression
      readonly notNull: boolean
      readonly key?: readonly KeyColumn[]
    }
  /**
   * `right`: what one account may do with `from`, the column that this one replaces, on servers that store rights by
   * column name.
   */
  | {
      readonly do: 'grant_column'
      readonly table: TableRef
      readonly column: string
      readonly from: string
      readonly right: Right
    }
  | { readonly do: 'revoke_column'; readonly table: TableRef; readonly column: string; readonly right: Right }
  | { readonly do: 'install_sync'; readonly sync: Sync; readonly key?: readonly KeyColumn[] }
  /**
   * Creates the triggers that run first, on servers where they cannot share a transaction with the other triggers and
   * the defaults.
   */
  | { readonly do: 'lead_sync'; readonly sync: Sync }
  | ({ readonly do: 'fill' } & Filling)
  /** Takes the old key out of all documents, for good. */
  | ({ readonly do: 'strip_key' } & Filling)
  | {
      readonly do: 'create_index'
      readonly table: TableRef
      readonly name: string
      readonly definition: string
      readonly unique: boolean
      readonly comment: string | null
      readonly targets?: readonly { readonly column: number; readonly target: number }[]
      /** What no two rows may share, where it is looked for before the build. */
      readonly distinct?: Distinct
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
      /** A condition that no row may break, where that is looked for before the constraint is added. */
      readonly condition?: string
    }
  | {
      readonly do: 'validate_constraint'
      readonly table: TableRef
      readonly name: string
      readonly references: TableRef | null
      /** For a foreign key: its columns, and the columns they refer to. */
      readonly key: { readonly columns: readonly string[]; readonly there: readonly string[] } | null
    }
  /** `inherit`: the rule also covers tables that inherit from this one later. */
  | {
      readonly do: 'add_not_null'
      readonly table: TableRef
      readonly column: string
      readonly name: string
      readonly inherit: boolean
      readonly comment: string | null
    }
  | {
      readonly do: 'finish_not_null'
      readonly table: TableRef
      readonly column: string
      readonly name: string
    }
  /** NOT NULL for a column whose rows were proven to have a value, on servers that check the rows again themselves. */
  | {
      readonly do: 'set_not_null'
      readonly table: TableRef
      readonly column: NewColumn
      readonly default: string | null
    }
  /** Rows may be without a value until the plan is over or undone. */
  | ({ readonly do: 'allow_null' } & Relaxation)
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
  /**
   * `tombstone`: the column's name from then on; unchanged when it is only hidden. `invisible`: it was hidden before.
   * `shows`: the column shown in its place.
   */
  | {
      readonly do: 'retire_column'
      readonly table: TableRef
      readonly column: string
      readonly tombstone: string
      /** The column's full definition, on servers where hiding it has to repeat that. */
      readonly definition: string | null
      readonly invisible?: true
      readonly shows?: readonly Shown[]
      /** The column as expand has changed it, instead of `definition`. */
      readonly now?: Shown
    }
  | TypeAction
  | ({ readonly do: 'show_column'; readonly table: TableRef } & Shown)
  /** A default for rows that nobody fills between the end of the sync and the drop. */
  | {
      readonly do: 'set_temporary_default'
      readonly table: TableRef
      readonly column: string
      readonly default: string
      /** The column's full definition, on servers where setting a default alone would lose other properties. */
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
      /** The table that a foreign key refers to. */
      readonly references?: TableRef
    }
  | { readonly do: 'replace_sync'; readonly sync: Sync; readonly previous: Sync }
  | { readonly do: 'remove_sync'; readonly sync: Sync }
  | { readonly do: 'install_seal'; readonly seal: Seal }
  | { readonly do: 'remove_seal'; readonly seal: Seal }
  | { readonly do: 'install_guard'; readonly guard: Guard }
  | { readonly do: 'remove_guard'; readonly guard: Guard }
  /** `referencedTables`: the tables that foreign keys of the column refer to. `kept`: its values can come back. */
  | {
      readonly do: 'drop_column'
      readonly table: TableRef
      readonly column: string
      readonly referencedTables: readonly TableRef[]
      readonly kept?: true
    }
  | {
      readonly do: 'set_default'
      readonly table: TableRef
      readonly column: NewColumn
      readonly required: boolean
      readonly default: string
    }
  | FurtherAction
  | {
      readonly do: 'own_sequence'
      readonly table: TableRef
      readonly column: string
      readonly sequence: { readonly schema: string; readonly name: string }
    }
