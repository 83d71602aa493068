import type { KeyPair, KeyRename, KeyTexts } from '../../../program/column.ts'
import type { Language } from '../../interface/language.ts'
import { isMariadb } from '../connect/mariadb.ts'
import { literal, quote } from '../language/quote.ts'

/** Every element of an array, in a path. */
const EACH = '[*]'

/** A path in the server's words, as a text: `'$."a"."b"'`. */
const pathTo = (keys: readonly string[]): string =>
  literal(`$${keys.map((key) => `.${JSON.stringify(key)}`).join('')}`)

/** The parts of the rule for the objects at one path. Each takes a document. */
function textsFor({ path, from, to }: KeyPair) {
  const [old, fresh] = [pathTo([...path, from]), pathTo([...path, to])]
  const get = (x: string, key: string) => `JSON_EXTRACT(${x}, ${key})`
  const has = (x: string, key: string) => `JSON_CONTAINS_PATH(${x}, 'one', ${key})`
  // As the server prints them: as JSON 1 would be 1.0, and as texts 'a' would be 'A'.
  const image = (x: string, key: string) => `CONVERT(CAST(${get(x, key)} AS CHAR) USING binary)`
  const same = (x: string, a: string, y: string, b: string) => `${image(x, a)} <=> ${image(y, b)}`
  const isObject = (x: string) => `JSON_TYPE(${get(x, pathTo(path))}) = 'OBJECT'`
  const copy = (x: string, a: string, b: string) => `JSON_SET(${x}, ${b}, ${get(x, a)})`
  const when = (x: string, cases: readonly string[]) =>
    `CASE WHEN ${isObject(x)} THEN CASE ${cases.join(' ')} ELSE ${x} END ELSE ${x} END`
  const missing = (x: string) => [
    `WHEN ${has(x, old)} AND NOT ${has(x, fresh)} THEN ${copy(x, old, fresh)}`,
    `WHEN ${has(x, fresh)} AND NOT ${has(x, old)} THEN ${copy(x, fresh, old)}`,
  ]
  return { old, fresh, has, same, isObject, copy, when, missing }
}

/** A condition on a document in which both keys are there, and differ. */
export function apart(doc: string, keys: KeyPair): string {
  const { old, fresh, has, same, isObject } = textsFor(keys)
  return `COALESCE(${isObject(doc)} AND ${has(doc, old)} AND ${has(doc, fresh)} AND NOT (${same(doc, old, doc, fresh)}), FALSE)`
}

/** A written document in which both keys agree, as far as it can be told which of them was written. */
export function merged(next: string, before: string, keys: KeyRename): string {
  const { old, fresh, same, copy, when, missing } = textsFor(keys)
  const kept = (key: string) => same(next, key, before, key)
  const loser = {
    error: [],
    new: [`WHEN TRUE THEN ${copy(next, fresh, old)}`],
    old: [`WHEN TRUE THEN ${copy(next, old, fresh)}`],
  }
  return when(next, [
    ...missing(next),
    `WHEN ${same(next, old, next, fresh)} THEN ${next}`,
    `WHEN ${kept(fresh)} AND NOT (${kept(old)}) THEN ${copy(next, old, fresh)}`,
    `WHEN ${kept(old)} AND NOT (${kept(fresh)}) THEN ${copy(next, fresh, old)}`,
    ...loser[keys.onConflict],
  ])
}

/** What the plan does to documents of this column; or why it cannot. */
export const jsonKeys =
  (dialect: string): Language['jsonKeys'] =>
  (keys, type) => {
    if (isMariadb(dialect))
      return {
        refused: `${keys.column}: MariaDB keeps each document as the text that was written, with keys that are there twice, so no key can be taken out for certain`,
        hint: 'write both keys in the application, fill the new one with backfill, and take the old one out with a second backfill',
      }
    if (type !== 'json')
      return {
        refused: `${keys.column} is ${type}, and keys are those of a document`,
        hint: 'name a column of type json',
      }
    if (keys.path.includes(EACH))
      return {
        refused: `${keys.column}: MySQL puts the elements of an array together in no certain order, so ${EACH} in a path cannot be done`,
        hint: 'write both keys in the application, which rewrites the arrays of old rows as well; or move the elements to a table of their own',
      }
    const doc = quote(keys.column)
    const { old, fresh, has, same, isObject, copy, when, missing } = textsFor(keys)
    const texts: KeyTexts = {
      copied: when(doc, missing(doc)),
      agreed: when(doc, [
        `WHEN ${has(doc, old)} THEN ${copy(doc, old, fresh)}`,
        `WHEN ${has(doc, fresh)} THEN ${copy(doc, fresh, old)}`,
      ]),
      withoutNew: when(doc, [`WHEN TRUE THEN JSON_REMOVE(${doc}, ${fresh})`]),
      withoutOld: when(doc, [`WHEN TRUE THEN JSON_REMOVE(${doc}, ${old})`]),
      taken: `COALESCE(${isObject(doc)} AND ${has(doc, fresh)}, FALSE)`,
      apart: `COALESCE(${isObject(doc)} AND NOT (${same(doc, old, doc, fresh)}), FALSE)`,
    }
    return texts
  }
