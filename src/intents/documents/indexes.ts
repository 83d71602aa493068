import type { Field } from '../../compiler/documents/action.ts'
import type { Position } from '../../errors.ts'
import type { Collection, CollectionIndex } from '../../schema/collection.ts'
import { within } from './fields.ts'
import { type DocumentContext, type NewIndex, type OldIndex, refuse } from './outline.ts'

/** Indexes that name the field, or something in it. */
export const indexesOn = ({ indexes }: Collection, field: Field): readonly CollectionIndex[] =>
  indexes.filter(({ fields }) => fields.some((one) => within(one, field)))

/** The same indexes for the field under its new name. */
export function twins(
  { language }: DocumentContext,
  collection: Collection,
  from: Field,
  to: Field,
  at: Position,
): NewIndex[] {
  const taken = collection.indexes.map(({ name }) => name)
  return indexesOn(collection, from).map(({ definition, unique }) => {
    const twin = language.indexes.renamed(definition, from, to, taken)
    if ('refused' in twin)
      return refuse('PLAN_UNSUPPORTED', `${collection.name}: ${twin.refused}`, twin.hint, at)
    taken.push(twin.name)
    return { ...twin, unique }
  })
}

/** What has to go with the field. */
export const going = ({ language }: DocumentContext, collection: Collection, field: Field): OldIndex[] =>
  indexesOn(collection, field).map(({ name, definition, hidden, unique }) => ({
    name,
    definition,
    hidden,
    unique,
    early: language.indexes.refusesMissing(definition),
  }))

/** Of indexes that get no twin. */
export const unreplaced = (collection: Collection, field: Field, hint: string): string[] =>
  indexesOn(collection, field).map(({ name }) => `index ${name} goes with ${field}; ${hint}`)

type Wish = {
  readonly name: string | undefined
  readonly keys: Readonly<Record<Field, 1 | -1 | string>>
  readonly unique?: boolean
  readonly sparse?: boolean
  readonly partial?: unknown
  readonly expireAfter?: number | null
}

/** An index of the plan's own, with the name that the server itself would give. */
export function newIndex(
  { language }: DocumentContext,
  collection: Collection,
  { name, keys, unique = false, sparse = false, partial = null, expireAfter = null }: Wish,
  at: Position,
): NewIndex {
  const usual = Object.entries(keys)
    .map(([field, kind]) => `${field}_${kind}`)
    .join('_')
  const wish = { keys, unique, sparse, partial, expireAfter }
  const definition = language.indexes.define({ ...wish, name: name ?? usual })
  if (typeof definition !== 'string')
    return refuse('PLAN_INVALID', `${collection.name}: ${definition.refused}`, definition.hint, at)
  const same = collection.indexes.find(
    (index) =>
      index.name === (name ?? usual) ||
      index.definition === language.indexes.define({ ...wish, name: index.name }),
  )
  if (same)
    refuse(
      'PLAN_UNSUPPORTED',
      `${collection.name} has an index ${same.name} already`,
      same.name === (name ?? usual)
        ? 'give the new one another name, or drop the old one first (drop_index)'
        : 'it is the same; leave this intent out',
      at,
    )
  return { name: name ?? usual, definition, unique }
}
