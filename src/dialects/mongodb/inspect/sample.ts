import type { Field } from '../../../program/document-action.ts'
import type { Collection } from '../../../schema/collection.ts'
import { recognise } from '../connect/errors.ts'
import type { MongoSession } from '../connect/mongo-session.ts'
import { elements, typeName } from './bson.ts'

type Sampled = Collection['sampled']

const DOCUMENTS = 1_000
/** Most paths of one collection: in some, names of fields are data. */
const PATHS = 500
/** Most names in a path. */
const DEPTH = 8
/** Most bytes to read, because a document may have 16 MB. */
const BYTES = 32 * 1024 * 1024
/** Documents per batch; the server sends fewer when they are large. */
const BATCH = 100
/** Time limit for the whole sample, milliseconds. */
const TIME = 60_000

/** The sample of a collection that was not read. */
export const UNSEEN: Sampled = { documents: 0, all: false, fields: [] }

/**
 * Paths and types of fields in some documents of a collection; in all of them when there are at most a thousand small
 * ones. Documents arrive as bytes, and no value in them is read.
 */
export async function sample(
  { db }: Pick<MongoSession, 'db'>,
  name: string,
  { documents, bytes }: { readonly documents: number; readonly bytes: number },
  wanted: readonly Field[] = [],
): Promise<Sampled> {
  const few = documents >= 0 && documents <= DOCUMENTS
  // The server sorts a random sample and has to hold it in memory.
  const size = Math.max(1, Math.min(DOCUMENTS, Math.floor((BYTES * documents) / Math.max(bytes, 1))))
  const pipeline = few
    ? [{ $limit: DOCUMENTS + 1 }]
    : [{ $sample: { size: documents < 0 ? DOCUMENTS : size } }]
  const seen: Seen = {
    fields: new Map(),
    levels: Array.from({ length: DEPTH + 1 }, () => new Set()),
    wanted: new Set(wanted.flatMap(withParents)),
    documents: 0,
    bytes: 0,
    cut: false,
  }
  try {
    const cursor = db
      .collection(name)
      .aggregate<Buffer>(pipeline, { raw: true, batchSize: BATCH, allowDiskUse: true, timeoutMS: TIME })
    for await (const document of cursor) {
      if (seen.documents === DOCUMENTS || seen.bytes > BYTES) {
        seen.cut = true
        break
      }
      look(document, 0, { path: [], array: false }, seen)
      seen.documents++
      seen.bytes += document.length
    }
  } catch (error) {
    throw recognise(error, `sample ${name}`)
  }
  return { documents: seen.documents, all: few && !seen.cut, fields: sorted(seen.fields) }
}

type Seen = {
  readonly fields: Map<Field, { readonly types: Set<string>; array: boolean }>
  /** The same paths by their number of names, without the wanted ones. */
  readonly levels: readonly Set<Field>[]
  /** Fields that are never left out. */
  readonly wanted: ReadonlySet<Field>
  documents: number
  bytes: number
  /** There was more than was read. */
  cut: boolean
}

const withParents = (field: Field): Field[] =>
  field.split('.').map((_, index, names) => names.slice(0, index + 1).join('.'))

type Place = { readonly path: readonly string[]; readonly array: boolean }

/** A name that no path can address. */
const isNameless = (name: string): boolean => name === '' || name.includes('.') || name.includes('$')

function look(bytes: Buffer, start: number, { path, array }: Place, seen: Seen): void {
  for (const { type, name, value } of elements(bytes, start)) {
    const field = bytes.toString('utf8', name.from, name.to)
    if (isNameless(field)) continue
    const place = { path: [...path, field], array }
    if (!note(place, typeName(type), seen)) continue
    lookInto(bytes, type, value, place, seen)
  }
}

/** Reads into a value. Elements of an array have no names of their own; their members have. */
function lookInto(bytes: Buffer, type: number, at: number, place: Place, seen: Seen): void {
  if (typeName(type) === 'object') look(bytes, at, place, seen)
  if (typeName(type) === 'array')
    for (const element of elements(bytes, at))
      lookInto(bytes, element.type, element.value, { ...place, array: true }, seen)
}

/** Whether there is room for the path. Names that are data may be anywhere, so the deepest paths make room for others. */
function note({ path, array }: Place, type: string, seen: Seen): boolean {
  const field = path.join('.')
  const known = seen.fields.get(field)
  if (known) {
    known.types.add(type)
    known.array ||= array
    return true
  }
  if (!seen.wanted.has(field) && !hasRoom(path.length, seen)) {
    seen.cut = true
    return false
  }
  seen.fields.set(field, { types: new Set([type]), array })
  if (!seen.wanted.has(field)) seen.levels[path.length]?.add(field)
  return true
}

function hasRoom(length: number, seen: Seen): boolean {
  if (length > DEPTH) return false
  if (seen.fields.size < PATHS) return true
  const deepest = seen.levels.findLast(({ size }) => size > 0) ?? new Set()
  const [field] = deepest
  if (field === undefined || field.split('.').length <= length) return false
  seen.cut = true
  deepest.delete(field)
  return seen.fields.delete(field)
}

const sorted = (fields: Seen['fields']): Sampled['fields'] =>
  [...fields]
    .map(([path, { types, array }]) => ({ path, types: [...types].sort(), array }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
