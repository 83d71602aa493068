import type { Position } from '../../../errors.ts'
import type { Field } from '../../../program/document-action.ts'
import type { Collection } from '../../../schema/collection.ts'
import { nearest } from '../../../text/nearest.ts'
import { refuse } from '../../refuse.ts'
import type { DocumentContext } from '../context.ts'
import { isLenient } from '../outline.ts'
import { overlaps } from './fields.ts'

/** The collection. When there is none, the error names the most similar name. */
export function requireCollection({ snapshot }: DocumentContext, name: string, at: Position): Collection {
  const all = snapshot.collections ?? []
  const found = all.find((one) => one.name === name)
  if (found) return found
  const names = all.map((one) => one.name)
  const near = nearest(name, names)
  return refuse(
    'PLAN_TABLE_MISSING',
    `there is no collection ${name} in ${snapshot.schema}`,
    near !== undefined
      ? `did you mean ${near}?`
      : names.length > 0
        ? `there are: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`
        : `${snapshot.schema} has no collections; is it the right database?`,
    at,
  )
}

/** Refuses a collection without documents of its own, such as a view. */
export function requireOwn(collection: Collection, at: Position): void {
  if (collection.kind === 'view')
    refuse(
      'PLAN_UNSUPPORTED',
      `${collection.name} is a view`,
      'it holds no documents: change the collection that it shows',
      at,
    )
  if (collection.kind === 'timeseries')
    refuse(
      'PLAN_UNSUPPORTED',
      `${collection.name} is a time series collection`,
      'the server does not let its documents be changed; write the new shape from now on, or copy it',
      at,
    )
  if (collection.encrypted)
    refuse(
      'PLAN_UNSUPPORTED',
      `clients of ${collection.name} encrypt its fields (encryptedFields in its options, or encrypt in its validator)`,
      'the server cannot read what is encrypted, and the seal would put the rule where the driver no longer finds it: it would write plain values. Let the application change the shape; or, where the rule is only in the validator, give it to all clients first (schemaMap) and take it out there',
      at,
    )
}

/** Refuses a collection whose documents cannot be rewritten. */
export function requireWritable(collection: Collection, at: Position): void {
  requireOwn(collection, at)
  if (collection.capped)
    refuse(
      'PLAN_UNSUPPORTED',
      `${collection.name} is capped`,
      'its documents cannot change their size, and go by themselves; make a new collection for the new shape',
      at,
    )
}

/** Refuses a collection in which two shapes cannot be compared. */
export function requireComparable(collection: Collection, at: Position): void {
  requireWritable(collection, at)
  if (collection.collation)
    refuse(
      'PLAN_UNSUPPORTED',
      `${collection.name} compares texts by its own collation`,
      'for the server texts would agree that differ in capitals or accents; copy it to a collection without one first',
      at,
    )
}

/** Refuses a validator that cannot follow a change of the field. */
export function requireFollowed(
  { language }: DocumentContext,
  { name, validator }: Collection,
  field: Field,
  at: Position,
): void {
  if (!language.validators.opaque(validator, field)) return
  refuse(
    'PLAN_UNSUPPORTED',
    `the validator of ${name} speaks of ${field} in a way that cannot be followed`,
    'alternatives, patterns and expressions over whole documents cannot be rewritten; replace the validator first (set_validator)',
    at,
  )
}

/** Views that read a field that will be removed. */
export const viewsOf = ({ name, views }: Collection, fields: readonly Field[]): string[] =>
  views.flatMap((view) => {
    if (view.fields === null)
      return [
        `view ${view.name} reads ${name}, and nobody can tell which fields; look whether it uses ${fields.join(', ')}`,
      ]
    const used = fields.filter((field) => view.fields?.some((one) => overlaps(one, field)))
    return used.length > 0
      ? [`view ${view.name} uses ${used.join(', ')}; contract will refuse while it does`]
      : []
  })

/** A warning for a plan that counts on a validator that refuses nothing. */
export const lenience = ({ name, validator }: Collection, what: string): string[] =>
  validator !== null && isLenient(validator)
    ? [
        `the validator of ${name} refuses nothing (level off or action warn), so nobody is held to ${what} once the plan is done`,
      ]
    : []
