import type { Validator } from '../schema/collection.ts'
import type { Expression } from './column.ts'
import type { TableRef } from './refs.ts'

/** A field by its dotted path. Where the path meets an array, every element is meant. */
export type Field = string

/** A field and the value it gets; the value is an expression over the group's container. */
export type FieldValue = { readonly field: Field; readonly value: Expression }

/**
 * The same data in two shapes. `up` makes the new fields from the old ones, `down` the old from the new.
 * `container` is the path of the subdocument, or of the array of subdocuments, that holds all of them; '' is the document.
 */
export type FieldPair = {
  readonly kind: 'pair'
  readonly container: Field
  readonly up: readonly FieldValue[]
  readonly down: readonly FieldValue[]
  /** Both sides hold the same value, so agreeing means being equal, type by type. */
  readonly identical: boolean
  /** Which side counts where both are there and disagree. */
  readonly wins: 'old' | 'new'
  /**
   * What happens to old values of which `up` makes nothing: nothing is begun (`fail`), they stay as they are and are not
   * taken away either (`keep`), or the new fields get `fallback` (`default`).
   */
  readonly unparsed: 'fail' | 'keep' | 'default'
  readonly fallback: readonly FieldValue[]
}

/** A field that documents without it get. `nulls`: those where it is null, too. */
export type FieldFill = {
  readonly kind: 'fill'
  readonly container: Field
  readonly up: readonly [FieldValue]
  readonly nulls: boolean
  /** Some documents had the field before: going back takes away only what was filled in. */
  readonly before?: boolean
}

/** A field that changes its type under its own name. The values before are kept aside, so going back loses nothing. */
export type FieldConversion = {
  readonly kind: 'convert'
  readonly container: Field
  readonly field: Field
  /** BSON types that count as done, by their names: `object`, `int`. */
  readonly to: readonly string[]
  readonly using: Expression
  readonly back: Expression
  readonly unparsed: 'fail' | 'keep' | 'default'
  readonly fallback: Expression | null
  /** The collection that keeps the values before. */
  readonly aside: string
}

export type FieldGroup = FieldPair | FieldFill | FieldConversion

/** A statement about every document: none may break it. */
export type DocumentRule =
  | { readonly rule: 'agree'; readonly group: FieldPair }
  | { readonly rule: 'converted'; readonly group: FieldConversion }
  /** The field is there (and of one of these types); null counts only where `types` has it. */
  | { readonly rule: 'present'; readonly field: Field; readonly types: readonly string[] }
  /** The documents fit a validator. */
  | { readonly rule: 'valid'; readonly validator: string }

/** What one step does to a collection, without a word of the database's language. `table.schema` is the database. */
export type DocumentAction =
  /** Reads only: how many documents cannot be converted, and whether new fields are taken already. */
  | {
      readonly do: 'rehearse'
      readonly table: TableRef
      readonly groups: readonly FieldGroup[]
      /** From here on documents may have the new fields; undoing takes these away again. */
      readonly clears: boolean
      /** Unique indexes that the documents have to fit into afterwards. */
      readonly uniques: readonly { readonly name: string; readonly definition: string }[]
    }
  /** Remembers where in the stream of changes the sync begins. */
  | { readonly do: 'mark_stream'; readonly table: TableRef; readonly plan: string }
  | { readonly do: 'fill_fields'; readonly table: TableRef; readonly groups: readonly FieldGroup[] }
  /** Sweeps until none finds anything for `quiet` milliseconds, and at least twice; what is found is filled. */
  | {
      readonly do: 'settle'
      readonly table: TableRef
      readonly groups: readonly FieldGroup[]
      /** Fields that the seal asks for: who lacks one could not be changed any more. */
      readonly required: readonly { readonly field: Field; readonly types: readonly string[] }[]
      readonly quiet: number
    }
  | {
      readonly do: 'set_validator'
      readonly table: TableRef
      /**
       * `permit`: lets the new fields in. `seal`: both shapes must agree. `relax`: only the new shape counts. `final`: without
       * the old shape. `wish`: the plan's own validator.
       */
      readonly purpose: 'permit' | 'seal' | 'relax' | 'final' | 'wish'
      readonly to: Validator | null
      readonly from: Validator | null
      /**
       * Of `permit`: new fields that undoing takes away again before it lets no more in. Of `relax`: what undoing brings together
       * again before it seals; the new side counts.
       */
      readonly groups?: readonly FieldGroup[]
    }
  | {
      readonly do: 'build_index'
      readonly table: TableRef
      readonly name: string
      /** The index specification, the dialect's text; without `unique` where that comes later. */
      readonly definition: string
    }
  /** New duplicates are refused from now on. */
  | { readonly do: 'prepare_unique'; readonly table: TableRef; readonly name: string }
  | {
      readonly do: 'make_unique'
      readonly table: TableRef
      readonly name: string
      readonly definition: string
    }
  | { readonly do: 'hide_index'; readonly table: TableRef; readonly name: string }
  /** `early`: goes when the old shape is retired: it would refuse documents without the old field, or delete documents. */
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
  /** `archive`: the collection that gets the values first; `keeps`: documents of these groups that do not convert stay. */
  | {
      readonly do: 'unset_fields'
      readonly table: TableRef
      readonly fields: readonly Field[]
      readonly archive: string | null
      readonly keeps: readonly FieldPair[]
    }
  /** The collection that holds what a conversion kept aside. */
  | { readonly do: 'drop_kept'; readonly table: TableRef; readonly name: string }
  | { readonly do: 'rename_collection'; readonly table: TableRef; readonly to: string }
  /** A read-only view under the old name, for readers that were forgotten. */
  | { readonly do: 'create_view'; readonly table: TableRef; readonly name: string }
  | { readonly do: 'drop_view'; readonly table: TableRef; readonly name: string }
