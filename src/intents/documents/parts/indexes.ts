import type { Position } from '../../../errors.ts'
import type { Field } from '../../../program/document-action.ts'
import type { Collection, CollectionIndex } from '../../../schema/collection.ts'
import { refuse } from '../../refuse.ts'
import type { DocumentContext } from '../context.ts'
import type { NewIndex, OldIndex } from '../outline.ts'
import { within } from './fields.ts'

/** Indexes that name the field or something inside it. */
export const indexesOn = ({ indexes }: Collection, field: Field): readonly CollectionIndex[] =>
  indexes.filter(({ fields }) => fields.some((one) => within(one, field)))

/** The same indexes for the renamed field. */
export function counterparts(
  { language }: DocumentContext,
  collection: Collection,
  from: Field,
  to: Field,
  at: Position,
): NewIndex[] {
  const taken = collection.indexes.map(({ name }) => name)
  return indexesOn(collection, from).map(({ name, definition, unique }) => {
    const twin = language.indexes.renamed(definition, from, to, taken)
    if ('refused' in twin)
      return refuse('PLAN_UNSUPPORTED', `${collection.name}: ${twin.refused}`, twin.hint, at)
    const there = collection.indexes.find((other) =>
      language.indexes.alike(other.definition, twin.definition),
    )
    if (there)
      refuse(
        'PLAN_UNSUPPORTED',
        `${collection.name} has an index ${there.name} already, where the twin of ${name} has to be built`,
        DROP_FIRST,
        at,
      )
    taken.push(twin.name)
    return { ...twin, unique }
  })
}

/**
 * What applications must know that upsert by unique indexes of the field. `built`: their counterparts, in the same order.
 */
export const upserts = (
  { language }: DocumentContext,
  collection: Collection,
  field: Field,
  built: readonly NewIndex[],
): string[] =>
  indexesOn(collection, field).flatMap(({ name, unique }, place) =>
    unique ? language.indexes.upserts(name, built[place]?.name ?? '') : [],
  )

/** Indexes that must be dropped with the field. */
export const going = ({ language }: DocumentContext, collection: Collection, field: Field): OldIndex[] =>
  indexesOn(collection, field).map(({ name, definition, hidden, unique }) => ({
    name,
    definition,
    hidden,
    unique,
    early: language.indexes.refusesMissing(definition, field) || language.indexes.expires(definition),
  }))

const DROP_FIRST = 'the server has only one of the kind; drop it first, in a plan of its own (drop_index)'

/** Refuses to write into a field by which the server deletes documents. */
export function requireLasting(
  { language }: DocumentContext,
  collection: Collection,
  field: Field,
  at: Position,
): void {
  const index = indexesOn(collection, field).find(({ definition }) => language.indexes.expires(definition))
  if (!index) return
  refuse(
    'PLAN_UNSUPPORTED',
    `by index ${index.name} the server deletes documents of ${collection.name}, and this changes ${field}, on which it stands`,
    'drop it first (drop_index), build it afterwards (add_index)',
    at,
  )
}

/** Warnings about indexes that get no counterpart. */
export const unreplaced = (
  { language }: DocumentContext,
  collection: Collection,
  field: Field,
  hint: string,
): string[] =>
  indexesOn(collection, field).map(({ name, definition }) =>
    language.indexes.expires(definition)
      ? `index ${name} goes with ${field}, and from contract on the server no longer deletes documents by it; ${hint}`
      : `index ${name} goes with ${field}; ${hint}`,
  )

type Wish = {
  readonly name: string | undefined
  readonly keys: Readonly<Record<Field, 1 | -1 | string>>
  readonly unique?: boolean
  readonly sparse?: boolean
  readonly partial?: unknown
  readonly expireAfter?: number | null
}

/** An index that the plan asks for, with the name that the server itself would choose. */
export function newIndex(
  { language }: DocumentContext,
  collection: Collection,
  { name, keys, unique = false, sparse = false, partial = null, expireAfter = null }: Wish,
  at: Position,
): NewIndex {
  const usual = Object.entries(keys)
    .map(([field, kind]) => `${field}_${kind}`)
    .join('_')
  const made = name ?? usual
  const wish = { keys, unique, sparse, partial, expireAfter }
  const definition = language.indexes.define({ ...wish, name: made })
  if (typeof definition !== 'string')
    return refuse('PLAN_INVALID', `${collection.name}: ${definition.refused}`, definition.hint, at)
  const isSame = (index: CollectionIndex) =>
    index.definition === language.indexes.define({ ...wish, name: index.name })
  const isAlike = (index: CollectionIndex) => language.indexes.alike(index.definition, definition)
  const there = collection.indexes.find((index) => index.name === made || isAlike(index))
  if (there)
    refuse(
      'PLAN_UNSUPPORTED',
      `${collection.name} has an index ${there.name} already`,
      isSame(there)
        ? 'it is the same; leave this intent out'
        : isAlike(there)
          ? DROP_FIRST
          : 'give the new one another name, or drop the old one first (drop_index)',
      at,
    )
  return { name: made, definition, unique }
}
