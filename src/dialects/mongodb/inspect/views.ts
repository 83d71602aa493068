import type { Field } from '../../../program/document-action.ts'
import type { Collection } from '../../../schema/collection.ts'
import { own } from '../../../text/own.ts'
import { type Doc, isDoc, type Json, list, within } from '../language/json.ts'
import {
  type Found,
  nothingFound,
  readAll,
  readExpression,
  readPath,
  readQuery,
  type Scope,
  scopeOf,
} from './fields.ts'

/** `pipeline` is plain JSON. */
export type View = { readonly name: string; readonly on: string; readonly pipeline: readonly Json[] }

/**
 * The views that read a collection: on it, on such a view, or by joining it. The server runs the pipelines of nested
 * views one after the other, so the outer view reads whatever the inner one reads.
 */
export function viewsOver(base: string, views: readonly View[]): Collection['views'] {
  return views.flatMap((view) => {
    if (view.name === base) return []
    const world: World = { base, views, found: nothingFound() }
    through(view, world)
    const { reached, unknown, fields } = world.found
    return reached ? [{ name: view.name, fields: unknown ? null : [...fields].sort() }] : []
  })
}

type World = { readonly base: string; readonly views: readonly View[]; readonly found: Found }

const through = ({ on, pipeline }: Pick<View, 'on' | 'pipeline'>, world: World): Scope =>
  run(pipeline, from(on, world), world)

/** The documents of a collection or view. */
function from(name: Json, world: World): Scope {
  if (name === world.base) {
    world.found.reached = true
    return scopeOf(world.found, true)
  }
  const view = world.views.find((one) => one.name === name)
  // The server refuses circular views. Leaving this one out guarantees an end.
  const rest = { ...world, views: world.views.filter((one) => one !== view) }
  return view ? through(view, rest) : scopeOf(world.found, false)
}

function run(pipeline: Json, scope: Scope, world: World): Scope {
  for (const stage of list(pipeline))
    for (const [name, value] of Object.entries(isDoc(stage) ? stage : {}))
      (own(STAGES, name) ?? unknownStage)(value, scope, world)
  return scope
}

type Stage = (value: Json, scope: Scope, world: World) => void

const unknownStage: Stage = (_, scope) => readAll(scope)

const nothing: Stage = () => {}

/** A stage whose result has only fields of its own. */
const closing: Stage = (value, scope) => {
  readExpression(value, scope)
  close(scope)
}

function close(scope: Scope): void {
  scope.ours = false
  scope.made.clear()
  scope.joined.clear()
}

function make(field: Field, scope: Scope): void {
  for (const one of scope.joined) if (within(one, field)) scope.joined.delete(one)
  scope.made.add(field)
}

/** From now on a field holds documents of another scope. */
function join(field: Json, inner: Scope, scope: Scope): void {
  if (typeof field !== 'string') return
  make(field, scope)
  if (inner.ours) {
    scope.made.delete(field)
    scope.joined.add(field)
  }
  for (const one of inner.made) scope.made.add(`${field}.${one}`)
  for (const one of inner.joined) scope.joined.add(`${field}.${one}`)
}

const text = (value: Json): string => (typeof value === 'string' ? value : '')

const keys = (value: Json): string[] => (isDoc(value) ? Object.keys(value) : [])

const project: Stage = (value, scope) => {
  for (const field of shaped(value, '', scope)) make(field, scope)
}

/** Reads what a projection takes. Returns the fields that it computes. */
function shaped(value: Json, above: string, scope: Scope): Field[] {
  return Object.entries(isDoc(value) ? value : {}).flatMap(([name, one]) => {
    const field = `${above}${name}`
    if (typeof one === 'boolean' || typeof one === 'number') {
      readPath(field, scope)
      return []
    }
    if (isDoc(one) && !keys(one).some((key) => key.startsWith('$'))) return shaped(one, `${field}.`, scope)
    readExpression(one, scope)
    return [field]
  })
}

const set: Stage = (value, scope) => {
  readExpression(value, scope)
  for (const field of keys(value)) {
    const below = isDoc(value) ? value[field] : undefined
    for (const one of computed(field, below)) make(one, scope)
  }
}

/** A subdocument is not replaced; only the fields named in it are set. */
const computed = (field: Field, value: Json): Field[] =>
  isDoc(value) && keys(value).length > 0 && !keys(value).some((key) => key.startsWith('$'))
    ? keys(value).flatMap((key) => computed(`${field}.${key}`, value[key]))
    : [field]

const unset: Stage = (value, scope) => {
  for (const field of [value].flat()) readPath(text(field), scope)
}

/** A sort value that is not a direction is computed from no field: a text score. */
function readOrder(value: Json, scope: Scope): void {
  for (const [field, by] of Object.entries(isDoc(value) ? value : {})) if (!isDoc(by)) readPath(field, scope)
}

const unwind: Stage = (value, scope) => {
  const of: Doc = isDoc(value) ? value : { path: value }
  readPath(text(of['path']).replace(/^\$/, ''), scope)
  if (typeof of['includeArrayIndex'] === 'string') make(of['includeArrayIndex'], scope)
}

const lookup: Stage = (value, scope, world) => {
  if (!isDoc(value)) return
  if (typeof value['localField'] === 'string') readPath(value['localField'], scope)
  readExpression(value['let'], scope)
  const inner = from(value['from'], world)
  if (typeof value['foreignField'] === 'string') readPath(value['foreignField'], inner)
  join(value['as'], run(value['pipeline'], inner, world), scope)
}

const graphLookup: Stage = (value, scope, world) => {
  if (!isDoc(value)) return
  readExpression(value['startWith'], scope)
  const inner = from(value['from'], world)
  for (const name of ['connectFromField', 'connectToField']) readPath(text(value[name]), inner)
  readQuery(value['restrictSearchWithMatch'], inner)
  join(value['as'], inner, scope)
}

/** From now on a field counts as computed only if it is computed in all documents that may be ours. */
const unionWith: Stage = (value, scope, world) => {
  const of: Doc = isDoc(value) ? value : { coll: value }
  const inner = run(of['pipeline'], from(of['coll'], world), world)
  for (const one of inner.joined) scope.joined.add(one)
  if (!inner.ours) return
  if (!scope.ours) for (const one of inner.made) scope.made.add(one)
  else for (const one of scope.made) if (!inner.made.has(one)) scope.made.delete(one)
  scope.ours = true
}

const facet: Stage = (value, scope, world) => {
  const ways = Object.entries(isDoc(value) ? value : {}).map(([name, pipeline]) => ({
    name,
    inner: run(pipeline, { ...scope, made: new Set(scope.made), joined: new Set(scope.joined) }, world),
  }))
  close(scope)
  for (const { name, inner } of ways) join(name, inner, scope)
}

const setWindowFields: Stage = (value, scope) => {
  if (!isDoc(value)) return
  readExpression(value['partitionBy'], scope)
  readOrder(value['sortBy'], scope)
  readExpression(value['output'], scope)
  for (const field of keys(value['output'])) make(field, scope)
}

/** A stage that is not listed may read anything. */
const STAGES: Readonly<Record<string, Stage>> = {
  $match: (query, scope) => readQuery(query, scope),
  $project: project,
  $set: set,
  $addFields: set,
  $unset: unset,
  $sort: readOrder,
  $unwind: unwind,
  $lookup: lookup,
  $graphLookup: graphLookup,
  $unionWith: unionWith,
  $facet: facet,
  $setWindowFields: setWindowFields,
  $group: closing,
  $bucket: closing,
  $bucketAuto: closing,
  $sortByCount: closing,
  $replaceRoot: closing,
  $replaceWith: closing,
  $count: (_, scope) => close(scope),
  $limit: nothing,
  $skip: nothing,
  $sample: nothing,
}
