import type { Validator } from '../schema/collection.ts'
import type { Expression } from './column.ts'
import type { TableRef } from './refs.ts'

/** A field as a dotted path. Where the path meets an array, it means every element. */
export type Field = string

/** A field and the value it gets. The value is an expression over the group's container. */
export type FieldValue = { readonly field: Field; readonly value: Expression }

/**
 * The same data in two shapes. `up` computes the new fields from the old, `down` the old from the new. `container` is
 * the path of the subdocument, or array of subdocuments, that holds them all; '' is the document.
 */
export type FieldPair = {
  readonly kind: 'pair'
  readonly container: Field
  readonly up: readonly FieldValue[]
  readonly down: readonly FieldValue[]
  /** Both sides hold the same value, so they agree when they are equal, type included. */
  readonly identical: boolean
  /** The side that counts when both exist and disagree. */
  readonly wins: 'old' | 'new'
  /**
   * What happens to old values that `up` cannot convert. `fail`: the plan does not begin. `keep`: they stay as they
   * are and are never removed. `default`: the new fields get `fallback`.
   */
  readonly unparsed: 'fail' | 'keep' | 'default'
  readonly fallback: readonly FieldValue[]
}

/** A value for documents that lack the field. `nulls`: also for those where it is null. */
export type FieldFill = {
  readonly kind: 'fill'
  readonly container: Field
  readonly up: readonly [FieldValue]
  readonly nulls: boolean
  /** Some documents had the field before, so going back removes it only where it was filled in. */
  readonly before?: boolean
}

/**
 * A field that changes its type under its own name. The old values are kept in another collection, so going back
 * loses nothing.
 */
export type FieldConversion = {
  readonly kind: 'convert'
  readonly container: Field
  readonly field: Field
  /** Names of the BSON types that count as converted: `object`, `int`. */
  readonly to: readonly string[]
  readonly using: Expression
  readonly back: Expression
  readonly unparsed: 'fail' | 'keep' | 'default'
  readonly fallback: Expression | null
  /** The collection that keeps the old values. */
  readonly aside: string
}

export type FieldGroup = FieldPair | FieldFill | FieldConversion

/** A rule for every document: none may break it. */
export type DocumentRule =
  | { readonly rule: 'agree'; readonly group: FieldPair }
  | { readonly rule: 'converted'; readonly group: FieldConversion }
  /** The field exists and has one of these types, if any are given; null counts only when `types` lists it. */
  | { readonly rule: 'present'; readonly field: Field; readonly types: readonly string[] }
  /** The documents satisfy a validator. */
  | { readonly rule: 'valid'; readonly validator: string }

/** What one step does to a collection, without any text in the database's language. `table.schema` is the database. */
export type DocumentAction =
  /** Reads only. Counts documents that cannot be converted, and documents that already have the new fields. */
  | {
      readonly do: 'dry_run_conversion'
      readonly table: TableRef
      readonly groups: readonly FieldGroup[]
      /** From here on documents may have the new fields. Undoing removes these fields. */
      readonly undoRemovesFields: boolean
      /** Unique indexes that the documents must satisfy afterwards. */
      readonly uniques: readonly { readonly name: string; readonly definition: string }[]
    }
  /** Remembers the position in the change stream at which the sync begins. */
  | { readonly do: 'mark_stream'; readonly table: TableRef; readonly plan: string }
  | { readonly do: 'fill_fields'; readonly table: TableRef; readonly groups: readonly FieldGroup[] }
  /** Sweeps until none finds anything for `quiet` milliseconds, at least twice. It fills what it finds. */
  | {
      readonly do: 'await_quiescence'
      readonly table: TableRef
      readonly groups: readonly FieldGroup[]
      /** Fields that the seal will require: a document without them could not be changed any more. */
      readonly required: readonly { readonly field: Field; readonly types: readonly string[] }[]
      readonly quiet: number
    }
  | {
      readonly do: 'set_validator'
      readonly table: TableRef
      /**
       * `permit`: allows the new fields. `seal`: both shapes must agree. `relax`: only the new shape counts. `final`:
       * the old shape is no longer known. `wish`: the validator that the plan asks for.
       */
      readonly purpose: 'permit' | 'seal' | 'relax' | 'final' | 'wish'
      readonly to: Validator | null
      readonly from: Validator | null
      /**
       * For `permit`: new fields that undoing removes before it disallows them. For `relax`: fields that undoing
       * makes equal before it seals again; the new side counts.
       */
      readonly groups?: readonly FieldGroup[]
    }
  | {
      readonly do: 'build_index'
      readonly table: TableRef
      readonly name: string
      /** The index specification, in the dialect's text. It has no `unique` where that is added later. */
      readonly definition: string
    }
  /** From now on the server refuses new duplicates. */
  | { readonly do: 'prepare_unique'; readonly table: TableRef; readonly name: string }
  | {
      readonly do: 'make_unique'
      readonly table: TableRef
      readonly name: string
      readonly definition: string
    }
  | { readonly do: 'hide_index'; readonly table: TableRef; readonly name: string }
  /**
   * `early`: dropped when the old shape is retired, because the index would refuse documents without the old field or
   * delete documents.
   */
  | {
      readonly do: 'remove_index'
      readonly table: TableRef
      readonly name: string
      readonly definition: string
      readonly early: boolean
    }
  | {
      readonly do: 'prove_documents'
      readonly table: TableRef
      readonly rules: readonly { readonly name: string; readonly rule: DocumentRule }[]
    }
  | {
      readonly do: 'prove_collection'
      readonly name: string
      readonly table: TableRef
      readonly checks: {
        readonly validator: Validator | null
        readonly indexes: readonly { readonly name: string; readonly definition: string }[]
      }
    }
  /**
   * `archive`: the collection that first gets the values. `keeps`: documents of these groups that cannot be converted
   * keep their fields.
   */
  | {
      readonly do: 'unset_fields'
      readonly table: TableRef
      readonly fields: readonly Field[]
      readonly archive: string | null
      readonly keeps: readonly FieldPair[]
    }
  /** Drops the collection that keeps the values from before a conversion. */
  | { readonly do: 'drop_kept'; readonly table: TableRef; readonly name: string }
  | { readonly do: 'rename_collection'; readonly table: TableRef; readonly to: string }
  /** Creates a read-only view under the old name, for readers that were overlooked. */
  | { readonly do: 'create_view'; readonly table: TableRef; readonly name: string }
  | { readonly do: 'drop_view'; readonly table: TableRef; readonly name: string }
