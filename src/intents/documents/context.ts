import type { DocumentLanguage } from '../../dialects/interface/document-language.ts'
import type { Position } from '../../errors.ts'
import type { Value } from '../../plan/value.ts'
import type { Expression } from '../../program/column.ts'
import type { Field } from '../../program/document-action.ts'
import type { TableRef } from '../../program/refs.ts'
import type { DocumentTraits } from '../../program/traits.ts'
import type { Snapshot } from '../../schema/snapshot.ts'
import { refuse } from '../refuse.ts'

/** What an intent is told of its plan and its database. */
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
