import type { DocumentLanguage } from '../../dialects/interface/document-language.ts'
import { type Code, PlanError, type Position } from '../../errors.ts'
import type { Value } from '../../plan/value.ts'
import type { Expression } from '../../program/column.ts'
import type { DocumentRule, Field, FieldFill, FieldGroup } from '../../program/document-action.ts'
import type { TableRef } from '../../program/refs.ts'
import type { DocumentTraits } from '../../program/traits.ts'
import type { Validator } from '../../schema/collection.ts'
import type { Snapshot } from '../../schema/snapshot.ts'

/** What an intent asks of each phase, for one collection. Order, merging and rollback belong to the compiler. */
export type DocumentOutline = {
  readonly table: TableRef
  /** Fields whose indexes and views are watched for drift. */
  readonly watch: readonly Field[]
  /** Fields that it makes, takes away or changes: nothing else of the plan may touch them. */
  readonly touches: readonly Field[]
  readonly groups: readonly FieldGroup[]
  readonly rules: readonly { readonly name: string; readonly rule: DocumentRule }[]
  /** Fields that have to be there from the seal on. */
  readonly required: readonly { readonly field: Field; readonly types: readonly string[] }[]
  /** What becomes of the fields in the collection's own validator. */
  readonly validator: {
    /** New fields, which it has to let in. */
    readonly permits: readonly Field[]
    /** Fields that change their type, of which it can say nothing any more. */
    readonly releasesFields: readonly Field[]
    readonly renames: readonly { readonly from: Field; readonly to: Field }[]
    /** Another one in its place. */
    readonly replacedBy: Validator | null
  }
  readonly builds: readonly NewIndex[]
  /** The old shape: what contract takes away. */
  readonly retires: readonly Field[]
  readonly dropsIndexes: readonly OldIndex[]
  /** What documents get back that were written without a field that goes. */
  readonly restores: readonly FieldFill[]
  /** The collection's new name. */
  readonly renamed: string | null
  /** What must be deployed, in the plan's own names; null where nothing has to be. */
  readonly deploys: {
    /** Before the backfill or the seal. `early`: before the backfill, whatever keeps the shapes in step. */
    readonly dualWrite: { readonly text: string; readonly early: boolean } | null
    readonly switchApp: string | null
    readonly stopWrites: string | null
  }
  readonly warnings: readonly string[]
}

/** `definition` has its uniqueness, if any. */
export type NewIndex = { readonly name: string; readonly definition: string; readonly unique: boolean }

/** `early`: refuses or deletes documents whose old field nobody keeps up, so it goes before there are any. */
export type OldIndex = {
  readonly name: string
  readonly definition: string
  readonly hidden: boolean
  readonly unique: boolean
  readonly early: boolean
}

/** Whether the server can take such an index out of use before it is dropped. */
export const canHide = ({ hiddenIndexes }: DocumentTraits, unique: boolean): boolean =>
  hiddenIndexes === true || (hiddenIndexes === 'plain' && !unique)

/** What such a validator says is only a remark. */
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

/** An error about this intent, at the field it is about. */
export const refuse = (code: Code, message: string, hint: string, at: Position): never => {
  throw new PlanError(code, message, { hint, at })
}

/** The value as an expression over the container, or the dialect's reason at its place. */
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

/** BSON types as the dialect spells them, or its reason at its place. */
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

/** Values that depend on other fields than those of the other side would not be carried over when these change. */
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
