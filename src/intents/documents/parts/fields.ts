import type { Position } from '../../../errors.ts'
import type { Field } from '../../../program/document-action.ts'
import type { Collection } from '../../../schema/collection.ts'
import { nearest } from '../../../text/nearest.ts'
import { refuse } from '../../refuse.ts'
import type { DocumentContext } from '../context.ts'

/** Whether the fields are equal or one contains the other. */
export const overlaps = (a: Field, b: Field): boolean => within(a, b) || within(b, a)

/** Whether `inner` is the field or lies inside it. */
export const within = (inner: Field, field: Field): boolean =>
  inner === field || inner.startsWith(`${field}.`)

/** BSON types of the field that a sample found; empty when it found none. */
export const seenTypes = ({ sampled }: Collection, field: Field): readonly string[] =>
  sampled.fields.find(({ path }) => path === field)?.types ?? []

/** Refuses a path that cannot be changed. */
export function requireField(
  context: DocumentContext,
  collection: Collection,
  field: Field,
  at: Position,
): void {
  const problem = context.language.fieldProblem(field)
  if (problem)
    refuse(
      /^_id(\.|$)/.test(field) ? 'PLAN_UNSUPPORTED' : 'PLAN_INVALID',
      `${field}: ${problem}`,
      'name another field, a nested one by its dotted path',
      at,
    )
  const key = (collection.shardKey ?? []).find((one) => overlaps(one, field))
  if (key !== undefined)
    refuse(
      'PLAN_UNSUPPORTED',
      `${collection.name}.${field} is part of the shard key (${(collection.shardKey ?? []).join(', ')})`,
      'the server places documents by it; reshard the collection first',
      at,
    )
}

/** The field must exist. When only a sample says that it does not, this is a warning. */
export function requireKnown(
  context: DocumentContext,
  collection: Collection,
  field: Field,
  at: Position,
): string[] {
  requireField(context, collection, field, at)
  const { fields, all, documents } = collection.sampled
  if (fields.some(({ path }) => path === field) || documents === 0) return []
  const paths = fields.map(({ path }) => path)
  const near = nearest(field, paths)
  if (all)
    return refuse(
      'PLAN_COLUMN_MISSING',
      `no document of ${collection.name} has a field ${field}`,
      near === undefined ? `${collection.name} has: ${some(paths)}` : `did you mean ${near}?`,
      at,
    )
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`
  return [`${collection.name}.${field} was not seen in a sample of ${documents} documents${hint}`]
}

const some = (names: readonly string[]): string =>
  names.length > 20 ? `${names.slice(0, 20).join(', ')}, and ${names.length - 20} more` : names.join(', ')

/** Refuses fields of which one contains the other. */
export function requireApart(fields: readonly { readonly field: Field; readonly at: Position }[]): void {
  for (const [index, { field, at }] of fields.entries())
    for (const other of fields.slice(0, index)) {
      if (field === other.field) refuse('PLAN_INVALID', `${field} is named twice`, 'choose another name', at)
      if (overlaps(field, other.field))
        refuse(
          'PLAN_UNSUPPORTED',
          `${field} and ${other.field} lie one within the other`,
          'both shapes have to be there at once: choose a name beside the old one, and rename it in a second plan',
          at,
        )
    }
}

/** The innermost array on the way to the field. */
const arrayOf = (collection: Collection, field: Field): Field => {
  const names = field.split('.')
  const above = names.slice(0, -1).map((_, index) => names.slice(0, index + 1).join('.'))
  const seen = above.filter((path) => seenTypes(collection, path).includes('array'))
  if (seen.length > 0) return seen.at(-1) ?? ''
  // The sample does not say which of these paths is the array.
  const known = collection.sampled.fields.find(({ path }) => path === field)
  return known?.array ? (above.at(-1) ?? '') : ''
}

/**
 * What holds all the fields: the innermost array on their paths, whose elements are handled one by one; '' is the
 * document. Fields inside and outside of an array have no common container.
 */
export function containerOf(
  collection: Collection,
  fields: readonly { readonly field: Field; readonly at: Position }[],
): Field {
  const found = fields.map((one) => ({ ...one, array: arrayOf(collection, one.field) }))
  const container = found.map(({ array }) => array).sort((a, b) => b.length - a.length)[0] ?? ''
  for (const { field, array, at } of found)
    if (array !== container && !(container !== '' && within(field, container) && field !== container))
      refuse(
        'PLAN_UNSUPPORTED',
        `${field} does not lie in the elements of ${container}`,
        'what belongs to the elements of an array can only be made from, and become, a part of the same element',
        at,
      )
  return container
}
