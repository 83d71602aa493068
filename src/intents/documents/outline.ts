import type { DocumentRule, Field, FieldFill, FieldGroup } from '../../program/document-action.ts'
import type { TableRef } from '../../program/refs.ts'
import type { DocumentTraits } from '../../program/traits.ts'
import type { Validator } from '../../schema/collection.ts'
import { first, list, type Monoid, record } from '../monoid.ts'

/** What an intent needs from each phase, for one collection. The compiler decides on order and rollback. */
export type DocumentOutline = Needs & { readonly table: TableRef }

/** A building block of intents, such as an index. It fills only the fields that it needs. */
export type DocumentPart = Partial<Needs>

type Needs = {
  /** Fields whose indexes and views are watched for drift. */
  readonly watch: readonly Field[]
  /** Fields that the intent adds, removes or changes. No other intent of the plan may touch them. */
  readonly touches: readonly Field[]
  readonly groups: readonly FieldGroup[]
  readonly rules: readonly { readonly name: string; readonly rule: DocumentRule }[]
  /** Fields that are required from the seal on. */
  readonly required: readonly { readonly field: Field; readonly types: readonly string[] }[]
  /** New fields that the collection's own validator must allow. */
  readonly permits: readonly Field[]
  /** Fields that change their type, so the validator can say nothing about them any more. */
  readonly releasesFields: readonly Field[]
  readonly renames: readonly { readonly from: Field; readonly to: Field }[]
  /** The validator that replaces the collection's own. */
  readonly replacedBy: Validator | null
  readonly builds: readonly NewIndex[]
  /** The old shape, which contract removes. */
  readonly retires: readonly Field[]
  readonly dropsIndexes: readonly OldIndex[]
  /** Values that a rollback gives to documents written without a field that was being removed. */
  readonly restores: readonly FieldFill[]
  /** The collection's new name. */
  readonly renamed: string | null
  /**
   * Versions that must be deployed before the backfill or the seal, in the plan's own names. `early`: before the backfill,
   * whatever keeps the shapes in step.
   */
  readonly dualWrite: readonly { readonly text: string; readonly early: boolean }[]
  /** Versions that must be deployed before contract, and before the old shape is dropped. */
  readonly switchApp: readonly string[]
  readonly stopWrites: readonly string[]
  readonly warnings: readonly string[]
}

/** `definition` includes `unique`, if the index is. */
export type NewIndex = { readonly name: string; readonly definition: string; readonly unique: boolean }

/**
 * `early`: the index would refuse or delete documents whose old field is no longer maintained, so it is dropped before
 * there are any.
 */
export type OldIndex = {
  readonly name: string
  readonly definition: string
  readonly hidden: boolean
  readonly unique: boolean
  readonly early: boolean
}

/** Whether the server can hide such an index before it is dropped. */
export const canHide = ({ hiddenIndexes }: DocumentTraits, unique: boolean): boolean =>
  hiddenIndexes === true || (hiddenIndexes === 'plain' && !unique)

/** Whether the validator refuses nothing. */
export const isLenient = ({ level, action }: Validator): boolean => level === 'off' || action === 'warn'

const needs: Monoid<Needs> = record<Needs>({
  watch: list(),
  touches: list(),
  groups: list(),
  rules: list(),
  required: list(),
  permits: list(),
  releasesFields: list(),
  renames: list(),
  replacedBy: first(),
  builds: list(),
  retires: list(),
  dropsIndexes: list(),
  restores: list(),
  renamed: first(),
  dualWrite: list(),
  switchApp: list(),
  stopWrites: list(),
  warnings: list(),
})

/** The outline that asks for nothing. */
export const nothing = (table: TableRef): DocumentOutline => ({ table, ...needs.empty })

/** Two outlines of one collection as one: first what `a` needs, then what `b` needs, phase by phase. */
export const combine = (a: DocumentOutline, b: DocumentOutline): DocumentOutline => ({
  table: a.table,
  ...needs.combine(a, b),
})

/** The outline of an intent, made of parts in their order. */
export const outlineOf = (table: TableRef, ...parts: readonly DocumentPart[]): DocumentOutline =>
  parts.map((part) => ({ ...nothing(table), ...part })).reduce(combine, nothing(table))
