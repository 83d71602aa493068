import type { CodeSample } from '../../../program/program.ts'
import { javascript, quoted } from '../language/javascript.ts'
import type { Doc } from '../language/json.ts'
import { holdsTyped } from '../language/typed.ts'

export const sample = (title: string, lines: readonly string[]): CodeSample => ({
  title,
  language: 'js',
  text: `${lines.join('\n')}\n`,
})

/** With more lines than this the stages would bury the code that uses them, so they are written on one line. */
const LINES = 40

/** Stages as a named constant. The driver's own reader has to parse values of types that JSON lacks. */
export const constant = (name: string, stages: readonly Doc[]): string[] => [
  `const ${name} = ${stageText(stages)}`,
]

/** The import of that reader, when one of the stages holds such values. */
export const readers = (stages: readonly Doc[]): string[] =>
  stages.some(holdsTyped) ? ["import { EJSON } from 'bson' // the one that your driver uses"] : []

function stageText(stages: readonly Doc[]): string {
  const written = JSON.stringify(stages)
  if (stages.some(holdsTyped)) return `EJSON.parse(${quoted(written)}, { relaxed: false })`
  const spread = javascript([...stages])
  return spread.split('\n').length > LINES ? written : spread
}

/** The lines of a piece of code, without its last empty line. */
export const pieces = (text: string): string[] => text.split('\n').slice(0, -1)

/** Recognises values of the driver's and mongoose's own classes. */
export const VALUES = pieces(String.raw`
const isPosition = (key) => /^(\d+|\$|\$\[.*\])$/.test(key)
const isDocument = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && value._bsontype === undefined
// mongoose hands over subdocuments and maps of its own.
const plain = (value) => {
  const given = isDocument(value) && typeof value.toBSON === 'function' ? value.toBSON() : value
  return given instanceof Map ? Object.fromEntries(given) : given
}
const refuse = (what, instead) => {
  throw new Error(what + ' cannot be kept in step with the other shape: ' + instead)
}
`)

/** Finds the fields that an update changes, and those that an upsert takes from its filter. */
export const EQUALITIES = pieces(`
// The fields that a pipeline writes.
const pathsOf = (stages) =>
  stages.flatMap((stage) => {
    const [[name, part]] = Object.entries(stage)
    if (name === '$set' || name === '$addFields') return Object.keys(part)
    if (name === '$unset') return [part].flat()
    return refuse(name + ' in an update', 'use $set and $unset')
  })

// What the filter of an upsert says of fields, as far as a document that is inserted gets it.
function equalities(filter, concerns) {
  return Object.entries(filter ?? {}).flatMap(([path, value]) => {
    if (path === '$and' || (path === '$or' && value.length === 1))
      return value.flatMap((one) => equalities(one, concerns))
    if (path.startsWith('$') || value instanceof RegExp || value?._bsontype === 'BSONRegExp') return []
    const isTest = isDocument(value) && Object.keys(value).some((key) => key.startsWith('$'))
    if (!isTest) return [[path, value]]
    if (concerns(path) && ('$in' in value || '$all' in value))
      refuse('An upsert that filters by $in or $all of ' + path, 'write the value itself')
    return '$eq' in value ? [[path, value.$eq]] : []
  })
}
`)

/** A switch for the shape that the application's code writes. */
export const switching = (old: readonly string[], made: readonly string[]): string[] => [
  ...(old.length === 0
    ? []
    : [
        `// Your code writes ${old.join(', ')}. In the version for switch-app it writes ${made.join(', ')}: say true there.`,
      ]),
  'const SWITCHED = false',
  `export const FOLLOWING = SWITCHED ? ${javascript([...old])} : ${javascript([...made])}`,
  '',
]

/** Wraps the writing methods of a collection. */
export const WRAPPED = pieces(`
const KEPT = new WeakSet()
// mongoose keeps what is written before it is connected, and then calls the collection once more.
const READY = new WeakSet()

// Everything that is written through this collection keeps both shapes. What cannot be kept in step is refused.
export function keepBoth(collection) {
  if (KEPT.has(collection)) return collection
  KEPT.add(collection)
  const raw = Object.create(collection)
  for (const [name, write] of Object.entries(writesOf(raw))) {
    const own = collection[name]
    raw[name] = (first, ...more) => {
      if (name === 'insertOne') return own.call(raw, first, ...more)
      const ready = Array.isArray(first) ? [...first] : { ...first }
      READY.add(ready)
      return own.call(raw, ready, ...more)
    }
    collection[name] = (first, ...more) => (READY.has(first) ? raw[name](first, ...more) : write(first, ...more))
  }
  // The driver's own bulkWrite needs them.
  for (const name of ['initializeOrderedBulkOp', 'initializeUnorderedBulkOp']) {
    raw[name] = collection[name]
    collection[name] = () => refuse('What ' + name + ' writes', 'use bulkWrite')
  }
  return collection
}
`)
