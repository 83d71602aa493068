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

/** Total over `DocumentAction`. */
export type DocumentWriters = { readonly [Kind in DocumentAction['do']]: Writer<Kind> }

/** All the compiler needs of a database of documents, and all of it pure. */
export type DocumentLanguage = {
  readonly model: 'documents'
  readonly name: string
  readonly traits: (server: Snapshot['server']) => DocumentTraits
  readonly transaction: { readonly begin: readonly string[]; readonly commit: readonly string[] }
  readonly writers: (traits: DocumentTraits) => DocumentWriters
  /**
   * A value as an expression over a subdocument of `container` ('' is the document). Portable values read fields beneath the
   * container relative to it; `bsonType` is what the field that receives it should hold, where that is known.
   */
  readonly expression: (value: Value, container: Field, bsonType: string | null) => Expression | Refusal
  /** A BSON type as a plan writes it (`string`, `object`, `int`, …): its name, or why it is none. */
  readonly bsonType: (written: string) => string | Refusal
  /** Why this cannot be the path of a field, or null. */
  readonly fieldProblem: (path: string) => string | null
  /** Why this cannot be the name of a collection, or null. */
  readonly collectionProblem: (name: string) => string | null
  readonly helperName: (stem: string, ...parts: readonly string[]) => string
  /** Validators put together. All give null for no rule at all. */
  readonly validators: {
    /** Whether the rule speaks of the field in a way that `renamed` and `without` cannot follow. */
    readonly opaque: (validator: Validator | null, field: Field) => boolean
    /** Lets these fields in, where the schema allows only those it names. The same one where it does so anyway. */
    readonly permit: (validator: Validator | null, fields: readonly Field[]) => Validator | null
    readonly renamed: (validator: Validator | null, from: Field, to: Field) => Validator | null
    /** What the schema says of the field is left out; it stays permitted. */
    readonly released: (validator: Validator | null, field: Field) => Validator | null
    /** The field is no longer known to the schema at all. */
    readonly without: (validator: Validator | null, field: Field) => Validator | null
    /** The field has to be there, and of one of these types where some are given. */
    readonly requiring: (
      validator: Validator | null,
      field: Field,
      types: readonly string[],
    ) => Validator | null
    /** Both shapes have to agree. */
    readonly sealed: (validator: Validator | null, groups: readonly FieldGroup[]) => Validator | null
    /** A `$jsonSchema` of the plan, or why it is none. */
    readonly written: (
      schema: unknown,
      level: Validator['level'],
      action: Validator['action'],
    ) => Validator | Refusal
  }
  readonly indexes: {
    /** A specification for fields, each ascending or descending; `options` as the plan wrote them. */
    readonly define: (wish: {
      readonly name: string
      readonly keys: Readonly<Record<Field, 1 | -1 | string>>
      readonly unique: boolean
      readonly sparse: boolean
      readonly partial: unknown
      readonly expireAfter: number | null
    }) => string | Refusal
    /** The same specification for the field under its new name, and its new name. */
    readonly renamed: (
      definition: string,
      from: Field,
      to: Field,
      taken: readonly string[],
    ) => { readonly name: string; readonly definition: string } | Refusal
    /** The specification with or without its uniqueness. */
    readonly unique: (definition: string, whether: boolean) => string
    /** Documents in which the field is missing, or is no longer kept up, would be refused as duplicates. */
    readonly refusesMissing: (definition: string, field: Field) => boolean
    /** What upserts meet while a unique index has its twin. */
    readonly upserts: (name: string, twin: string) => readonly string[]
    /** The server deletes documents by it, also while it is hidden. */
    readonly expires: (definition: string) => boolean
    /** The server takes one for the other, whatever they are called, and builds no second one beside the first. */
    readonly alike: (one: string, other: string) => boolean
  }
  /** Code for the application, for all that a plan does to one collection. */
  readonly code: {
    /** While both shapes live. */
    readonly dualWrite: (collection: string, groups: readonly FieldGroup[]) => readonly CodeSample[]
    /** When only the new one is read. */
    readonly switched: (collection: string, groups: readonly FieldGroup[]) => readonly CodeSample[]
    /** When only the new one is written. */
    readonly onlyNew: (collection: string, groups: readonly FieldGroup[]) => readonly CodeSample[]
  }
}
