import { isDeepStrictEqual } from 'node:util'
import { BSON, type Collection, type Db, type Document } from 'mongodb'
import { expect } from 'vitest'
import { not, or } from '../../../src/dialects/mongodb/language/aggregate.ts'
import { inDocument, matching } from '../../../src/dialects/mongodb/language/agreement.ts'
import { language } from '../../../src/dialects/mongodb/language.ts'
import type { FieldGroup } from '../../../src/program/document-action.ts'

// biome-ignore lint/suspicious/noExplicitAny: the code is text, and so has no types.
type Loose = any

const evaluated = new Map<string, Loose>()

/** What the code of a plan exports, as an application has it before or after the checkpoint `switch-app`. */
export function keeping(groups: readonly FieldGroup[], switched: boolean): Loose {
  const key = JSON.stringify([groups, switched])
  const made = evaluated.get(key) ?? evaluate(groups, switched)
  evaluated.set(key, made)
  return made
}

function evaluate(groups: readonly FieldGroup[], switched: boolean): Loose {
  const [driver, mongoose] = language.code.dualWrite('users', groups)
  const body = [driver?.text ?? '', mongoose?.text ?? '']
    .join('\n')
    .replace(/^import .*$/gm, '')
    .replace(/^export /gm, '')
    .replace('const SWITCHED = false', `const SWITCHED = ${switched}`)
  const made = `${body}\nreturn { keepBoth, keepBothIn, FILL: typeof FILL === 'undefined' ? [] : FILL }`
  return new Function('isDeepStrictEqual', 'EJSON', made)(isDeepStrictEqual, BSON.EJSON)
}

const sidesOf = (groups: readonly FieldGroup[], switched: boolean) => {
  const pairs = groups.filter((group) => group.kind === 'pair')
  const [old, made] = [pairs.flatMap(({ down }) => [...down]), pairs.flatMap(({ up }) => [...up])].map(
    (side) => side.map(({ field }) => field),
  ) as [string[], string[]]
  return switched ? { mine: made, other: old } : { mine: old, other: made }
}

/** A value without a field, in every element on its way. */
function without(value: Loose, [name = '', ...below]: readonly string[]): Loose {
  if (Array.isArray(value)) return value.map((one) => without(one, [name, ...below]))
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return value
  const { [name]: inner, ...rest } = value
  const left = below.length === 0 ? {} : without(inner, below)
  // What was made for the field alone goes with it.
  return Array.isArray(left) || Object.keys(left ?? {}).length > 0 ? { ...value, [name]: left } : rest
}

/** Keys that were made up, and moments, are the same in every run. */
function settled(value: Loose, keys = new Map<string, number>()): Loose {
  if (value instanceof Date) return 'a moment'
  if (value?._bsontype === 'ObjectId') {
    const text = value.toHexString()
    if (!keys.has(text)) keys.set(text, keys.size)
    return `key ${keys.get(text)}`
  }
  if (Array.isArray(value)) return value.map((one) => settled(one, keys))
  if (typeof value !== 'object' || value === null || value._bsontype) return value
  const sorted = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(sorted.map(([name, one]) => [name, settled(one, keys)]))
}

const all = (collection: Collection): Promise<Document[]> =>
  collection.find({}, { sort: { _id: 1 } }).toArray()

export type Compared = {
  readonly db: Db
  readonly groups: readonly FieldGroup[]
  readonly switched: boolean
  /** Documents in the shape that the application writes. */
  readonly before: readonly Document[]
  /** What the backfill has not come to yet. */
  readonly unfilled?: boolean
  readonly plain: string
  readonly kept: string
}

/** Makes the same write to a collection that is kept in step, and to one that is not: they end alike, and both shapes agree. */
export async function compare(given: Compared, write: (name: string) => Promise<unknown>): Promise<void> {
  const { db, groups, switched, before, unfilled, plain, kept } = given
  const [one, other] = [db.collection(plain), db.collection(kept)]
  const { FILL, keepBoth } = keeping(groups, switched)
  await Promise.all([one.deleteMany({}), other.deleteMany({})])
  if (before.length > 0) {
    const both = unfilled ? other : keepBoth(db.collection(kept))
    await Promise.all([one.insertMany(cloned(before)), both.insertMany(cloned(before))])
  }
  await write(plain)
  await write(kept)
  if (unfilled) await other.updateMany({}, FILL)
  const follow = sidesOf(groups, switched).other.map((field) => field.split('.'))
  const expected = (await all(one)).map((document) => settled(document))
  const found = (await all(other)).map((document) => settled(follow.reduce(without, document)))
  expect(found).toEqual(expected)
  const pairs = groups.filter((group) => group.kind === 'pair')
  const differing = or(...pairs.map((group) => not(inDocument.agrees(group))))
  expect(await other.find(matching(differing)).toArray()).toEqual([])
}

const cloned = (documents: readonly Document[]): Document[] =>
  documents.map((document) => BSON.deserialize(BSON.serialize(document)))
