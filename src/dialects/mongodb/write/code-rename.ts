import type { FieldPair } from '../../../program/document-action.ts'
import { ofPair } from '../language/agreement.ts'
import { javascript } from '../language/javascript.ts'
import { parentOf, setStage } from '../language/paths.ts'
import { ups } from '../walk/backfill.ts'
import { constant, EQUALITIES, pieces, switching, VALUES, WRAPPED } from './code-sample.ts'

const last = (field: string): string => field.split('.').at(-1) ?? field

/** Two names for the same value in the same place: a write to one is also a write to the other. */
export const isRename = (group: FieldPair): boolean => {
  const [up, down] = [group.up[0]?.field, group.down[0]?.field]
  return group.identical && up !== undefined && down !== undefined && parentOf(up) === parentOf(down)
}

const rowOf = ({ up: [up], down: [down] }: FieldPair): string[] =>
  up && down ? [parentOf(up.field), last(down.field), last(up.field)] : []

export function renameCode(groups: readonly FieldPair[]): string[] {
  const fills = groups.map((group) => setStage(group.container, ups(group), ofPair.needsUp(group)))
  return [
    "import { isDeepStrictEqual } from 'node:util'",
    '',
    ...switching(
      groups.flatMap(({ down }) => down.map(({ field }) => field)),
      groups.flatMap(({ up }) => up.map(({ field }) => field)),
    ),
    '// What holds the two names, the old name, and the new one.',
    `const RENAMED = ${javascript(groups.map(rowOf))}`,
    '// What the backfill does to a document.',
    ...constant('FILL', fills),
    ...VALUES,
    ...EQUALITIES,
    ...pieces(PATHS),
    ...pieces(WHOLE),
    ...pieces(OPERATORS),
    ...pieces(UPSERTS),
    ...pieces(PIPELINES),
    ...pieces(groups.some(({ wins }) => wins === 'new') ? FILLED_FIRST : FILLED_WHERE_NEEDED),
    ...WRAPPED,
    ...pieces(WRITES),
  ]
}

const PATHS = `
const PAIRS = RENAMED.map(([parent, from, to]) => ({
  parent: parent === '' ? [] : parent.split('.'),
  mine: SWITCHED ? to : from,
  other: SWITCHED ? from : to,
}))

// Where a path leads: to one of the names (twin is the same place under the other one), to what holds them, or elsewhere (null).
function meets(path, { parent, mine, other }) {
  const keys = path.split('.')
  let depth = 0
  for (const [at, key] of keys.entries()) {
    if (depth === parent.length && (key === mine || key === other)) {
      const twin = [...keys.slice(0, at), key === mine ? other : mine, ...keys.slice(at + 1)].join('.')
      return { twin, isMine: key === mine, beneath: keys.slice(at + 1) }
    }
    if (key === parent[depth]) depth += 1
    else if (at === 0 || !isPosition(key)) return null
  }
  return { below: parent.slice(depth) }
}
`

const WHOLE = `
// A value that holds both names: what your code writes counts. Only in something new the other one may stand for it.
function completed(given, [name, ...below], pair, isNew) {
  const value = plain(given)
  if (Array.isArray(value))
    return Array.from(value, (one) => completed(one, name === undefined ? [] : [name, ...below], pair, isNew))
  if (!isDocument(value)) return value
  const { mine, other } = pair
  if (name !== undefined)
    return Object.hasOwn(value, name) ? { ...value, [name]: completed(value[name], below, pair, isNew) } : value
  if (Object.hasOwn(value, mine)) return { ...value, [other]: value[mine] }
  if (!Object.hasOwn(value, other)) return value
  if (!isNew) refuse('A value with ' + other + ' and without ' + mine, 'write ' + mine + ', or neither of them')
  return { ...value, [mine]: value[other] }
}

const document = (given, isNew) =>
  PAIRS.reduce((value, pair) => completed(value, pair.parent, pair, isNew), given)
`

const OPERATORS = `
const SETS = ['$set', '$setOnInsert', '$unset']
const SAME = [
  ...SETS,
  '$inc',
  '$mul',
  '$min',
  '$max',
  '$bit',
  '$push',
  '$pull',
  '$pullAll',
  '$addToSet',
  '$pop',
]

// The other name gets what this one gets.
function operators(update, pair) {
  const made = {}
  for (const [operator, part] of Object.entries(update)) {
    made[operator] = isDocument(part) ? { ...part } : part
    for (const [path, value] of Object.entries(part ?? {})) {
      const met = meets(path, pair) ?? (operator === '$rename' ? meets(value, pair) : null)
      if (met === null) continue
      if (operator === '$rename') refuse('$rename of ' + path, 'read the value, then use $set and $unset')
      if (met.twin === undefined) made[operator][path] = holding(operator, path, value, met.below, pair)
      else twin(update, operator, path, met, made[operator])
    }
  }
  return made
}

function twin(update, operator, path, { twin: other, isMine }, made) {
  if (operator === '$currentDate') refuse('$currentDate of ' + path, 'use $set with new Date()')
  if (!SAME.includes(operator)) refuse(operator + ' of ' + path, 'use $set')
  const there = Object.entries(update).filter(([, part]) => isDocument(part) && Object.hasOwn(part, other))
  const value = made[path]
  const agree = ([name, part]) =>
    name === operator && (SETS.includes(name) || isDeepStrictEqual(plain(part[other]), plain(value)))
  if (!there.every(agree)) refuse('An update that writes ' + path + ' and ' + other, 'write only one of them')
  if (isMine || there.length === 0) made[other] = value
}

// What is done to a value that holds both names.
function holding(operator, path, value, below, pair) {
  const whole = (one, isNew) => completed(one, below, pair, isNew)
  if (['$unset', '$pop', '$currentDate'].includes(operator)) return value
  if (operator === '$set' || operator === '$setOnInsert') return whole(value, operator === '$setOnInsert')
  const each = Array.isArray(value) ? value : (value?.$each ?? [value])
  if (operator === '$push')
    return value?.$each ? { ...value, $each: each.map((one) => whole(one, true)) } : whole(value, true)
  // These compare whole elements, and the stored ones hold the other name, too.
  const compares = ['$addToSet', '$pullAll'].includes(operator)
  if (compares && each.every((one) => isDeepStrictEqual(whole(one, true), plain(one)))) return value
  if (compares) refuse(operator + ' of ' + path, 'use $push, or $pull with a condition')
  if (operator !== '$pull') refuse(operator + ' of ' + path, 'use $set')
  const byFields =
    isDocument(value) && !Object.keys(value).some((key) => key.startsWith('$') || key === below[0])
  if (!byFields) refuse('$pull of ' + path, 'name the fields of the element: { field: condition }')
  return value
}
`

const UPSERTS = `
// A document that an upsert inserts gets the values of the filter.
function upsert(update, filter, pair) {
  const made = { ...update, $setOnInsert: { ...update.$setOnInsert } }
  const written = Object.entries(update).flatMap(([operator, part]) =>
    Object.keys(part ?? {}).map((path) => ({ operator, path })),
  )
  for (const [path, value] of equalities(filter, (one) => meets(one, pair) !== null)) {
    const met = meets(path, pair)
    if (met === null) continue
    const [at, whole] =
      met.twin === undefined ? [path, completed(value, met.below, pair, true)] : [met.twin, value]
    const hit = written.find(
      (one) => one.path === at || one.path.startsWith(at + '.') || at.startsWith(one.path + '.'),
    )
    if (hit && SETS.includes(hit.operator) && !hit.path.startsWith(at + '.')) continue
    if (hit) refuse('An upsert that filters by ' + path + ' and changes it', 'look for it by another field')
    made.$setOnInsert[at] = whole
  }
  if (Object.keys(made.$setOnInsert).length === 0) delete made.$setOnInsert
  return made
}
`

const PIPELINES = `
// The other name gets what this one has in the end.
function pipeline(stages, equal, pair) {
  const sides = new Set()
  for (const path of [...pathsOf(stages), ...equal.map(([name]) => name)]) {
    const met = meets(path, pair)
    if (met === null) continue
    if (pair.parent.length > 0) refuse('A pipeline that writes ' + path, 'use operators such as $set and $inc')
    sides.add(met.isMine ? 'mine' : 'other')
  }
  if (sides.size === 2)
    refuse('A pipeline that writes ' + pair.mine + ' and ' + pair.other, 'write only one of them')
  if (sides.size === 0) return stages
  const [from, to] = sides.has('mine') ? [pair.mine, pair.other] : [pair.other, pair.mine]
  return [...FILL, ...stages, { $set: { [to]: '$' + from } }]
}

function updated(filter, update, options) {
  const equal = (pair) => (options?.upsert ? equalities(filter, (one) => meets(one, pair) !== null) : [])
  return PAIRS.reduce((made, pair) => {
    if (Array.isArray(made)) return pipeline(made, equal(pair), pair)
    const both = operators(made, pair)
    return options?.upsert ? upsert(both, filter, pair) : both
  }, update)
}
`

const FILLED_WHERE_NEEDED = `
// Positions in a list need the list under both names. What else an operator makes of a missing one, the backfill mends.
const needsFill = (update) =>
  !Array.isArray(update) &&
  PAIRS.some((pair) =>
    Object.values(update).some((part) =>
      Object.keys(part ?? {}).some((path) => meets(path, pair)?.beneath?.some(isPosition)),
    ),
  )
`

const FILLED_FIRST = `
// An operator that builds on a value needs it under both names.
const needsFill = (update) =>
  !Array.isArray(update) &&
  PAIRS.some((pair) =>
    Object.entries(update).some(([operator, part]) =>
      Object.keys(part ?? {}).some((path) => {
        const { beneath } = meets(path, pair) ?? {}
        return beneath && (beneath.length > 0 || !SETS.includes(operator))
      }),
    ),
  )
`

const WRITES = `
function writesOf(raw) {
  const filled = async (filter, update, options) => {
    if (needsFill(update)) await raw.updateMany(filter, FILL, { session: options?.session })
  }
  const update = (name) => async (filter, given, options) => {
    const made = updated(filter, given, options)
    await filled(filter, given, options)
    return raw[name](filter, made, options)
  }
  const replace = (name) => async (filter, given, options) => raw[name](filter, document(given, false), options)
  // The driver gives the _id to the object that it gets, so it stays the same object. A document of mongoose has one.
  const insert = (given) => {
    const made = document(given, true)
    return plain(given) === given ? Object.assign(given, made) : made
  }
  return {
    insertOne: async (given, ...more) => raw.insertOne(insert(given), ...more),
    insertMany: async (given, options) => raw.insertMany(given.map(insert), options),
    updateOne: update('updateOne'),
    updateMany: update('updateMany'),
    findOneAndUpdate: update('findOneAndUpdate'),
    replaceOne: replace('replaceOne'),
    findOneAndReplace: replace('findOneAndReplace'),
    bulkWrite: async (operations, options) => {
      const made = operations.map((operation) => {
        const [name, one] = Object.entries(operation)[0]
        if (name === 'insertOne') return { insertOne: { ...one, document: insert(one.document ?? one) } }
        if (name === 'replaceOne')
          return { replaceOne: { ...one, replacement: document(one.replacement, false) } }
        return one.update ? { [name]: { ...one, update: updated(one.filter, one.update, one) } } : operation
      })
      for (const one of operations.flatMap(Object.values))
        if (one.update) await filled(one.filter, one.update, options)
      return raw.bulkWrite(made, options)
    },
  }
}
`
