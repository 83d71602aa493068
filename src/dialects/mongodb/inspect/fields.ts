import type { Field } from '../../../program/document-action.ts'
import { type Doc, isDoc, type Json, list, within } from '../language/json.ts'

/** Fields of one collection that a pipeline uses. `unknown`: it also reads fields that cannot be named. */
export type Found = { readonly fields: Set<Field>; reached: boolean; unknown: boolean }

/** Documents on their way through a pipeline. */
export type Scope = {
  readonly found: Found
  /** They are documents of the collection in question. */
  ours: boolean
  /** Fields that the pipeline computes: no fields of the collection, whatever their names. */
  readonly made: Set<Field>
  /** Fields that hold documents of the collection. */
  readonly joined: Set<Field>
}

export const scopeOf = (found: Found, ours: boolean): Scope => ({
  found,
  ours,
  made: new Set(),
  joined: new Set(),
})

export const nothingFound = (): Found => ({ fields: new Set(), reached: false, unknown: false })

/** Something of the documents is read, and it is unknown what. */
export function readAll(scope: Scope): void {
  if (scope.ours || scope.joined.size > 0) scope.found.unknown = true
}

/** A number in a path is a position in an array, not a field. */
const named = (path: string): Field =>
  path
    .split('.')
    .filter((name) => !/^\d+$/.test(name))
    .join('.')

/** Records that a path is read. `taken`: the value and everything in it continues under another name. */
export function readPath(path: string, scope: Scope, taken = false): void {
  const field = named(path)
  const [nearest] = [...scope.made, ...scope.joined]
    .filter((one) => within(field, one))
    .sort((a, b) => b.length - a.length)
  if (taken && [...scope.joined].some((one) => within(one, field))) scope.found.unknown = true
  if (nearest !== undefined && scope.joined.has(nearest)) {
    if (field !== nearest) scope.found.fields.add(field.slice(nearest.length + 1))
  } else if (nearest === undefined && scope.ours && field !== '') scope.found.fields.add(field)
}

/** Operators whose reads are known only at run time, or that run foreign code. */
const OPAQUE = new Set(['$function', '$accumulator', '$where'])

/** Reads an aggregation expression. */
export function readExpression(value: Json, scope: Scope): void {
  if (typeof value === 'string') readText(value, scope)
  else if (Array.isArray(value)) for (const one of value) readExpression(one, scope)
  else if (isDoc(value)) for (const [name, below] of Object.entries(value)) readOperator(name, below, scope)
}

function readOperator(name: string, value: Json, scope: Scope): void {
  if (OPAQUE.has(name)) readAll(scope)
  if (name === '$getField') readNamed(value, scope)
  else if (name !== '$literal') readExpression(value, scope)
}

function readText(text: string, scope: Scope): void {
  const [, variable, path = ''] = /^(?:\$\$(\w+)\.?|\$)(.*)$/s.exec(text) ?? []
  if (!text.startsWith('$') || (variable !== undefined && !['ROOT', 'CURRENT'].includes(variable))) return
  if (path === '') readAll(scope)
  else readPath(path, scope, true)
}

/** `$getField` names one field, unless the name is computed. */
function readNamed(value: Json, scope: Scope): void {
  const of: Doc = isDoc(value) && 'field' in value ? value : { field: value }
  const literal = isDoc(of['field']) ? of['field']['$literal'] : undefined
  const name = literal ?? of['field']
  if (typeof name !== 'string' || (literal === undefined && name.startsWith('$'))) readAll(scope)
  else if (!('input' in of)) readPath(name, scope, true)
  readExpression(of['input'], scope)
}

const LISTS = ['$and', '$or', '$nor']

/** Operators that name no fields. */
const SILENT = ['$comment', '$sampleRate', '$alwaysTrue', '$alwaysFalse']

/** Reads a match. `above`: the path of the elements that it is about. */
export function readQuery(query: Json, scope: Scope, above = ''): void {
  if (!isDoc(query)) return
  for (const [name, value] of Object.entries(query)) {
    if (LISTS.includes(name)) for (const one of list(value)) readQuery(one, scope, above)
    else if (name === '$expr') readExpression(value, scope)
    else if (name.startsWith('$')) {
      if (!SILENT.includes(name)) readAll(scope)
    } else {
      readPath(`${above}${name}`, scope)
      readCondition(value, scope, `${above}${name}.`)
    }
  }
}

function readCondition(condition: Json, scope: Scope, above: string): void {
  if (!isDoc(condition)) return
  const { $elemMatch: each, $not: not } = condition
  // Elements that are not documents are matched only by operators.
  if (isDoc(each) && !Object.keys(each).some((name) => name.startsWith('$') && !LISTS.includes(name)))
    readQuery(each, scope, above)
  readCondition(not, scope, above)
}

/** The fields that a match names. */
export function fieldsOfQuery(query: Json): readonly Field[] {
  const found = nothingFound()
  readQuery(query, scopeOf(found, true))
  return [...found.fields]
}
