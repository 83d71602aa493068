import type { DocumentLanguage } from '../../dialects/interface/document-language.ts'
import { type Code, PlanError, type Position } from '../../errors.ts'
import type { Value } from '../../plan/value.ts'
import type { Expression } from '../../program/column.ts'
import type { DocumentRule, Field, FieldFill, FieldGroup } from '../../program/document-action.ts'
import type { TableRef } from '../../program/refs.ts'
import type { DocumentTraits } from '../../program/traits.ts'
import type { Validator } from '../../schema/collection.ts'
import type { Snapshot } from '../../schema/snapshot.ts'

/** What an intent needs from each phase, for one collection. The compiler decides on order, merging and rollback. */
export type DocumentOutline = {
  readonly table: TableRef
  /** Fields whose indexes and views are watched for drift. */
  readonly watch: readonly Field[]
  /** Fields that the intent adds, removes or changes. No other intent of the plan may touch them. */
  readonly touches: readonly Field[]
  readonly groups: readonly FieldGroup[]
  readonly rules: readonly { readonly name: string; readonly rule: DocumentRule }[]
  /** Fields that are required from the seal on. */
  readonly required: readonly { readonly field: Field; readonly types: readonly string[] }[]
  /** Changes to the collection's own validator. */
  readonly validator: {
    /** New fields that it must allow. */
    readonly permits: readonly Field[]
    /** Fields that change their type, so the validator can say nothing about them any more. */
    readonly releasesFields: readonly Field[]
    readonly renames: readonly { readonly from: Field; readonly to: Field }[]
    /** The validator that replaces it. */
    readonly replacedBy: Validator | null
  }
  readonly builds: readonly NewIndex[]
  /** The old shape, which contract removes. */
  readonly retires: readonly Field[]
  readonly dropsIndexes: readonly OldIndex[]
  /** Values that a rollback gives to documents written without a field that was being removed. */
  readonly restores: readonly FieldFill[]
  /** The collection's new name. */
  readonly renamed: string | null
  /** What must be deployed, in the plan's own names; null where nothing must be. */
  readonly deploys: {
    /** Before the backfill or the seal. `early`: before the backfill, whatever keeps the shapes in step. */
    readonly dualWrite: { readonly text: string; readonly early: boolean } | null
    readonly switchApp: string | null
    readonly stopWrites: string | null
  }
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

export type DocumentContext = {
  readonly plan: string
  readonly onConflict: 'error' | 'new' | 'old'
  readonly snapshot: Snapshot
  readonly language: DocumentLanguage
  readonly traits: DocumentTraits
  /** The place of a field of this intent. */
  readonly at: (...path: (string | number)[]) => Position
}

export const refOf = ({ snapshot }: Pick<DocumentContext, 'snapshot'>, name: string): TableRef => ({
  schema: snapshot.schema,
  name,
})

export const nothing = (table: TableRef): DocumentOutline => ({
  table,
  watch: [],
  touches: [],
  groups: [],
  rules: [],
  required: [],
  validator: { permits: [], releasesFields: [], renames: [], replacedBy: null },
  builds: [],
  retires: [],
  dropsIndexes: [],
  restores: [],
  renamed: null,
  deploys: { dualWrite: null, switchApp: null, stopWrites: null },
  warnings: [],
})

/** Throws an error about this intent, at the field concerned. */
export const refuse = (code: Code, message: string, hint: string, at: Position): never => {
  throw new PlanError(code, message, { hint, at })
}

/** The value as an expression over the container, or an error with the dialect's reason. */
export function expressionFor(
  { language }: DocumentContext,
  value: Value,
  container: Field,
  types: readonly string[],
  at: Position,
): Expression {
  const [one = null, ...others] = types.filter((type) => type !== 'null')
  const written = language.expression(value, container, others.length > 0 ? null : one)
  return 'refused' in written ? refuse('PLAN_EXPRESSION', written.refused, written.hint, at) : written
}

/** BSON types as the dialect spells them, or an error with its reason. */
export const typesFor = (
  { language }: DocumentContext,
  types: readonly string[] | undefined,
  at: Position,
): readonly string[] =>
  (types ?? []).map((type) => {
    const written = type === 'null' ? type : language.bsonType(type)
    return typeof written === 'string'
      ? written
      : refuse('PLAN_EXPRESSION', written.refused, written.hint, at)
  })

/** Refuses values that read fields outside the other side: a change of those fields would not be carried over. */
export function only(reads: readonly Field[], allowed: readonly Field[], says: string, at: Position): void {
  const other = reads.find((field) => !allowed.some((one) => one === field || field.startsWith(`${one}.`)))
  if (other === undefined) return
  refuse(
    'PLAN_EXPRESSION',
    `${other} belongs to neither side of this ${says}`,
    `it can be made from ${allowed.join(', ')} alone: a change of ${other} would not be carried over`,
    at,
  )
}
