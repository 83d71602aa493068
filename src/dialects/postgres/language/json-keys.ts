import type { KeyPair, KeyRename, KeyTexts } from '../../../program/column.ts'
import type { Language } from '../../interface/language.ts'
import { literal, quote } from './quote.ts'

/** Every element of an array, in a path. */
const EACH = '[*]'

type Text = (x: string) => string

const isA = (x: string, kind: 'object' | 'array'): string => `pg_catalog.jsonb_typeof(${x}) = '${kind}'`
const get = (x: string, key: string): string => `(${x} -> ${literal(key)}::text)`
const has = (x: string, key: string): string => `${get(x, key)} IS NOT NULL`
const object = (key: string, value: string): string =>
  `pg_catalog.jsonb_build_object(${literal(key)}::text, ${value})`

/** `x` with its objects at the path as `leaf` makes them. `o` is what stands in the same place of another document. */
function rewritten(
  x: string,
  o: string,
  path: readonly string[],
  leaf: (x: string, o: string) => string,
  depth = 0,
): string {
  const [step, ...rest] = path
  if (step === undefined) return `CASE WHEN ${isA(x, 'object')} THEN ${leaf(x, o)} ELSE ${x} END`
  if (step !== EACH)
    return `CASE WHEN ${isA(x, 'object')} AND ${has(x, step)} THEN pg_catalog.jsonb_set(${x}, ARRAY[${literal(step)}]::text[], ${rewritten(get(x, step), get(o, step), rest, leaf, depth)}) ELSE ${x} END`
  const each = `plan_each_${depth}`
  // Elements are compared by their places only while none came or went.
  const other = `CASE WHEN ${isA(o, 'array')} THEN CASE WHEN pg_catalog.jsonb_array_length(${o}) = pg_catalog.jsonb_array_length(${x}) THEN ${o} -> (${each}.place - 1)::int END END`
  const inner = rewritten(`${each}.element`, `(${other})`, rest, leaf, depth + 1)
  return `CASE WHEN ${isA(x, 'array')} THEN (SELECT coalesce(pg_catalog.jsonb_agg(${inner} ORDER BY ${each}.place), '[]'::jsonb) FROM pg_catalog.jsonb_array_elements(${x}) WITH ORDINALITY AS ${each}(element, place)) ELSE ${x} END`
}

/** Whether the condition holds for one of the objects at the path. Never NULL, as long as the condition is not. */
function some(x: string, path: readonly string[], condition: Text, depth = 0): string {
  const [step, ...rest] = path
  if (step === undefined) return `CASE WHEN ${isA(x, 'object')} THEN ${condition(x)} ELSE false END`
  if (step !== EACH) return some(get(x, step), rest, condition, depth)
  const each = `plan_one_${depth}`
  return `CASE WHEN ${isA(x, 'array')} THEN EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(${x}) AS ${each}(element) WHERE ${some(`${each}.element`, rest, condition, depth + 1)}) ELSE false END`
}

/** An object with the one of both keys that it lacks. */
const copied =
  ({ from, to }: KeyPair): Text =>
  (x) =>
    `CASE WHEN ${has(x, from)} AND ${get(x, to)} IS NULL THEN ${x} || ${object(to, get(x, from))} WHEN ${has(x, to)} AND ${get(x, from)} IS NULL THEN ${x} || ${object(from, get(x, to))} ELSE ${x} END`

const agreed =
  ({ from, to }: KeyPair): Text =>
  (x) =>
    `CASE WHEN ${has(x, from)} THEN ${x} || ${object(to, get(x, from))} WHEN ${has(x, to)} THEN ${x} || ${object(from, get(x, to))} ELSE ${x} END`

const differ =
  ({ from, to }: KeyPair): Text =>
  (x) =>
    `${get(x, from)} IS DISTINCT FROM ${get(x, to)}`

/** A condition on a document in which both keys were written, and differ. */
export const apart = (doc: string, keys: KeyPair): string =>
  some(doc, keys.path, (x) => `${has(x, keys.from)} AND ${has(x, keys.to)} AND ${differ(keys)(x)}`)

/**
 * A written document in which both keys agree, as far as it can be told which of them was written. A key that is missing
 * beside the other one was not. Of two values that differ, the one that the document did not hold before was written; else the
 * one that is not what stood in its place.
 */
export function merged(next: string, before: string, keys: KeyRename): string {
  const { from, to, path, onConflict } = keys
  const heldBefore = (value: string) =>
    some(
      before,
      path,
      (x) => `coalesce(${get(x, from)} = ${value}, false) OR coalesce(${get(x, to)} = ${value}, false)`,
    )
  const leaf = (x: string, o: string): string => {
    const [byOld, byNew] = [`${x} || ${object(to, get(x, from))}`, `${x} || ${object(from, get(x, to))}`]
    const same = (key: string) => `${get(x, key)} IS NOT DISTINCT FROM ${get(o, key)}`
    const [old, fresh] = [get(x, from), get(x, to)]
    const inArrays = path.includes(EACH)
      ? [
          `WHEN ${heldBefore(fresh)} AND NOT (${heldBefore(old)}) THEN ${byOld}`,
          `WHEN ${heldBefore(old)} AND NOT (${heldBefore(fresh)}) THEN ${byNew}`,
        ]
      : []
    return [
      `CASE WHEN ${old} IS NULL OR ${fresh} IS NULL OR ${old} = ${fresh} THEN ${copied(keys)(x)}`,
      ...inArrays,
      `WHEN ${same(to)} AND NOT (${same(from)}) THEN ${byOld}`,
      `WHEN ${same(from)} AND NOT (${same(to)}) THEN ${byNew}`,
      `ELSE ${onConflict === 'error' ? x : onConflict === 'new' ? byNew : byOld} END`,
    ].join(' ')
  }
  return rewritten(next, before, path, leaf)
}

/** What the plan does to documents of this column; or why it cannot. */
export const jsonKeys: Language['jsonKeys'] = (keys, type) => {
  if (type === 'json')
    return {
      refused: `${keys.column} is json, which keeps each document as the text that was written: with its blanks, the order of its keys and keys that are there twice; writing one key would write all of that anew`,
      hint: 'give the column the type jsonb first: change_type in a plan of its own',
    }
  if (type !== 'jsonb')
    return {
      refused: `${keys.column} is ${type}, and keys are those of a document`,
      hint: 'name a column of type jsonb',
    }
  const doc = quote(keys.column)
  const { path, from, to } = keys
  const all = (leaf: Text): string => rewritten(doc, 'NULL::jsonb', path, leaf)
  const without = (key: string) => all((x) => `${x} - ${literal(key)}::text`)
  const texts: KeyTexts = {
    copied: all(copied(keys)),
    agreed: all(agreed(keys)),
    withoutNew: without(to),
    withoutOld: without(from),
    taken: some(doc, path, (x) => has(x, to)),
    apart: some(doc, path, differ(keys)),
  }
  return texts
}
