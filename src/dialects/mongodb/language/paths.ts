import type { Field } from '../../../program/document-action.ts'
import { and, bind, cond, type Expr, eq, isMissing, isObject, isOneOf, not, or } from './aggregate.ts'
import { type Doc, isDoc } from './json.ts'

/** The current subdocument of the container. The document itself needs no name. */
const HERE = '$$here'

/** The path of a field within its container; null when it lies outside. */
export function relative(container: Field, field: Field): Field | null {
  if (container === '') return field
  return field.startsWith(`${container}.`) ? field.slice(container.length + 1) : null
}

/** Reads a field as an expression over the container. */
export function read(container: Field, field: Field): string {
  const path = relative(container, field)
  return container === '' || path === null ? `$${field}` : `${HERE}.${path}`
}

export const parentOf = (field: Field): Field => field.split('.').slice(0, -1).join('.')

/** An array stays one. Everything else, even a missing value, becomes an array of one. */
const asList = (value: Expr): Expr => cond({ $isArray: [value] }, value, [value])

/** All subdocuments of the container in one flat array, without elements that are not documents. */
function instances(container: Field): Expr {
  const [first = '', ...rest] = container.split('.')
  return rest.reduce<Expr>(
    (outer, name) => ({
      $reduce: {
        input: { $map: { input: outer, as: 'outer', in: objects(`$$outer.${name}`) } },
        initialValue: [],
        in: { $concatArrays: ['$$value', '$$this'] },
      },
    }),
    objects(`$${first}`),
  )
}

const objects = (value: Expr): Expr => ({
  $filter: { input: asList(value), as: 'one', cond: isObject('$$one') },
})

/** A list on the way to the container has a list among its elements. */
export function nestedLists(container: Field): Expr {
  const names = container === '' ? [] : container.split('.')
  const within = (at: string) => ({
    $anyElementTrue: [{ $map: { input: asList(at), as: 'one', in: { $isArray: ['$$one'] } } }],
  })
  return or(
    ...names.map((name, index) => {
      const above = names.slice(0, index).join('.')
      return above === ''
        ? within(`$${name}`)
        : {
            $anyElementTrue: [
              { $map: { input: instances(above), as: 'outer', in: within(`$$outer.${name}`) } },
            ],
          }
    }),
  )
}

const ofEach = (container: Field, test: Expr): Expr => ({
  $map: { input: instances(container), as: 'here', in: test },
})

/** The test holds for every subdocument of the container; also when there is none. */
export const every = (container: Field, test: Expr): Expr =>
  container === '' || typeof test === 'boolean' ? test : { $allElementsTrue: [ofEach(container, test)] }

/** The test holds for at least one subdocument of the container. */
export const some = (container: Field, test: Expr): Expr =>
  container === '' || test === false ? test : { $anyElementTrue: [ofEach(container, test)] }

/** `removes`: the field is removed where the value is null. Where the value is missing no field is added. */
export type Assignment = { readonly field: Field; readonly value: Expr; readonly removes: boolean }

/**
 * A `$set` stage that writes fields into every subdocument of the container for which the test holds. All values are
 * computed from the document before the stage.
 */
export function setStage(container: Field, set: readonly Assignment[], when: Expr): Doc {
  if (container === '') return { $set: rootValues(set, when) }
  const [first = '', ...rest] = container.split('.')
  const change = cond(when, { $mergeObjects: [HERE, values(set, container)] }, HERE)
  return {
    $set: { [first]: rewritten(`$${first}`, rest, when === true ? changeAll(set, container) : change) },
  }
}

const changeAll = (set: readonly Assignment[], container: Field): Expr => ({
  $mergeObjects: [HERE, values(set, container)],
})

/** The value, with the change made in the subdocuments at the path. */
function rewritten(value: string, path: readonly string[], change: Expr): Expr {
  const [name, ...rest] = path
  const as = name === undefined ? 'here' : `at${path.length}`
  const inner =
    name === undefined
      ? change
      : { $mergeObjects: [`$$${as}`, { [name]: rewritten(`$$${as}.${name}`, rest, change) }] }
  const done = {
    $map: { input: asList(value), as, in: cond(isObject(`$$${as}`), inner, `$$${as}`) },
  }
  return bind(
    { done },
    cond({ $isArray: [value] }, '$$done', cond(isObject(value), { $arrayElemAt: ['$$done', 0] }, value)),
  )
}

/** The top-level fields of the document that the assignments touch. */
function rootValues(set: readonly Assignment[], when: Expr): Doc {
  const top = grouped(set.map((one) => ({ path: one.field.split('.'), one })))
  return Object.fromEntries(
    [...top].map(([name, below]) => {
      const alone = below.find(({ path }) => path.length === 1)?.one
      const value = alone ? direct(alone) : merged(`$${name}`, below)
      return [name, when === true ? value : cond(when, value, `$${name}`)]
    }),
  )
}

type Placed = { readonly path: readonly string[]; readonly one: Assignment }

const grouped = (all: readonly Placed[]): Map<string, Placed[]> => {
  const found = new Map<string, Placed[]>()
  for (const placed of all) {
    const name = placed.path[0] ?? ''
    found.set(name, [...(found.get(name) ?? []), placed])
  }
  return found
}

const direct = ({ value, removes }: Assignment): Expr =>
  removes ? { $ifNull: [value, '$$REMOVE'] } : whole(value)

/** Replaces the whole value instead of merging into the present one. */
const whole = (value: Expr): Expr =>
  isDoc(value) && !Object.keys(value).some((name) => name.startsWith('$'))
    ? { $mergeObjects: [value] }
    : value

const values = (set: readonly Assignment[], container: Field): Doc =>
  tree(
    HERE,
    set.map((one) => ({ path: (relative(container, one.field) ?? one.field).split('.'), one })),
  )

const merged = (at: string, below: readonly Placed[]): Expr => ({
  $mergeObjects: [
    at,
    tree(
      at,
      below.map(({ path, one }) => ({ path: path.slice(1), one })),
    ),
  ],
})

function tree(at: string, all: readonly Placed[]): Doc {
  return Object.fromEntries(
    [...grouped(all)].map(([name, below]) => {
      const leaf = below.find(({ path }) => path.length === 1)?.one
      return [name, leaf ? nested(`${at}.${name}`, leaf) : merged(`${at}.${name}`, below)]
    }),
  )
}

/** Merging cannot remove a field from a subdocument, so an existing field that should go becomes null. */
const nested = (at: string, { value, removes }: Assignment): Expr =>
  removes ? { $ifNull: [value, cond(isMissing(at), '$$REMOVE', null)] } : value

/** Removes fields, in every element of arrays on their paths. */
export const unsetStage = (fields: readonly Field[]): Doc => ({ $unset: fields })

/** Something else is where a subdocument would have to be created for the field. */
export function blocked(container: Field, field: Field): Expr {
  const path = (relative(container, field) ?? field).split('.').slice(0, -1)
  const above = path.map((_, index) => path.slice(0, index + 1).join('.'))
  return or(
    ...above.map((one) => {
      const at = container === '' ? `$${one}` : `${HERE}.${one}`
      return not(isOneOf(at, ['missing', 'null', 'object']))
    }),
  )
}

/** The path meets a list where the plan expects a subdocument: the list would be read as one value. */
export function listed(container: Field, field: Field): Expr {
  const path = (relative(container, field) ?? field).split('.').slice(0, -1)
  return or(
    ...path.map((_, index) => {
      const above = path.slice(0, index + 1).join('.')
      return { $isArray: [container === '' ? `$${above}` : `${HERE}.${above}`] }
    }),
  )
}

/** One of the fields exists in a document. This is a match, not an expression: it reaches into arrays by itself. */
export const anyThere = (fields: readonly Field[]): Doc => ({
  $or: fields.map((field) => ({ [field]: { $exists: true } })),
})

/** Both have the same type and value: for the server 1 and 1.0 are equal, but they are not identical. */
export const same = (a: Expr, b: Expr): Expr => and(eq({ $type: a }, { $type: b }), eq(a, b))
