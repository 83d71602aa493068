import type { Value } from '../../plan/value.ts'
import type { Expression } from '../../program/column.ts'
import type { DocumentAction, Field, FieldGroup } from '../../program/document-action.ts'
import type { CodeSample } from '../../program/program.ts'
import type { DocumentTraits } from '../../program/traits.ts'
import type { Written } from '../../program/written.ts'
import type { Validator } from '../../schema/collection.ts'
import type { Snapshot } from '../../schema/snapshot.ts'
import type { Refusal } from './refusal.ts'

type Writer<Kind extends DocumentAction['do']> = (action: Extract<DocumentAction, { do: Kind }>) => Written

/** A writer for every kind of `DocumentAction`. */
export type DocumentWriters = { readonly [Kind in DocumentAction['do']]: Writer<Kind> }

/** All that the compiler needs to know of a database of documents. All of it is pure. */
export type DocumentLanguage = {
  readonly model: 'documents'
  readonly name: string
  readonly traits: (server: Snapshot['server']) => DocumentTraits
  readonly transaction: { readonly begin: readonly string[]; readonly commit: readonly string[] }
  readonly writers: (traits: DocumentTraits) => DocumentWriters
  /**
   * A value as an expression over a subdocument of `container` ('' is the document). Portable values read fields
   * inside the container by relative paths. `bsonType` is the type that the receiving field should hold, if known.
   */
  readonly expression: (value: Value, container: Field, bsonType: string | null) => Expression | Refusal
  /** A query by which a person sees these documents, for the shell. The ids are Extended JSON. */
  readonly look: (collection: string, ids: readonly string[]) => string
  /** The name of a BSON type as a plan writes it (`string`, `object`, `int`, …), or why it is not one. */
  readonly bsonType: (written: string) => string | Refusal
  /** Why this cannot be the path of a field; null when it can. */
  readonly fieldProblem: (path: string) => string | null
  /** Why this cannot be the name of a collection; null when it can. */
  readonly collectionProblem: (name: string) => string | null
  readonly helperName: (stem: string, ...parts: readonly string[]) => string
  /** Builds validators from others. Each function returns null when no rule is left. */
  readonly validators: {
    /** Whether the rule uses the field in a way that `renamed` and `without` cannot follow. */
    readonly opaque: (validator: Validator | null, field: Field) => boolean
    /** Allows these fields when the schema allows only fields it names. Otherwise returns the same validator. */
    readonly permit: (validator: Validator | null, fields: readonly Field[]) => Validator | null
    readonly renamed: (validator: Validator | null, from: Field, to: Field) => Validator | null
    /** Removes what the schema says of the field; the field stays allowed. */
    readonly released: (validator: Validator | null, field: Field) => Validator | null
    /** Removes the field from the schema entirely. */
    readonly without: (validator: Validator | null, field: Field) => Validator | null
    /** Requires the field, and one of these types where some are given. */
    readonly requiring: (
      validator: Validator | null,
      field: Field,
      types: readonly string[],
    ) => Validator | null
    /** Requires that both shapes agree. */
    readonly sealed: (validator: Validator | null, groups: readonly FieldGroup[]) => Validator | null
    /** The `$jsonSchema` of a plan as a validator, or why it is not one. */
    readonly written: (
      schema: unknown,
      level: Validator['level'],
      action: Validator['action'],
    ) => Validator | Refusal
  }
  readonly indexes: {
    /** A specification for fields, each ascending or descending. `options` are as the plan wrote them. */
    readonly define: (wish: {
      readonly name: string
      readonly keys: Readonly<Record<Field, 1 | -1 | string>>
      readonly unique: boolean
      readonly sparse: boolean
      readonly partial: unknown
      readonly expireAfter: number | null
    }) => string | Refusal
    /** The same specification for the renamed field, and the index's new name. */
    readonly renamed: (
      definition: string,
      from: Field,
      to: Field,
      taken: readonly string[],
    ) => { readonly name: string; readonly definition: string } | Refusal
    /** The specification with or without `unique`. */
    readonly unique: (definition: string, whether: boolean) => string
    /** The index would refuse documents as duplicates when the field is missing or no longer maintained. */
    readonly refusesMissing: (definition: string, field: Field) => boolean
    /** What upserts must expect while a unique index has a counterpart. */
    readonly upserts: (name: string, twin: string) => readonly string[]
    /** The server deletes documents by this index, even while it is hidden. */
    readonly expires: (definition: string) => boolean
    /** The server treats the two as the same index, whatever their names, and does not build both. */
    readonly alike: (one: string, other: string) => boolean
  }
  /** Code samples for the application, about all that a plan does to one collection. */
  readonly code: {
    /** For the time in which both shapes live. */
    readonly dualWrite: (collection: string, groups: readonly FieldGroup[]) => readonly CodeSample[]
    /** For the time in which only the new shape is read. */
    readonly switched: (collection: string, groups: readonly FieldGroup[]) => readonly CodeSample[]
    /** For the time in which only the new shape is written. */
    readonly onlyNew: (collection: string, groups: readonly FieldGroup[]) => readonly CodeSample[]
  }
}
