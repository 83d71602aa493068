import type { Language } from '../../interface/language.ts'
import { kindOf } from '../language/kinds.ts'

/** Types whose values have the same operators: what is written for one of them can be said of the others. */
const FAMILIES: readonly RegExp[] = [/^(int2|int4|int8|numeric|float4|float8)$/, /^(text|varchar|char)$/]

const spelled = (type: string): string => {
  const { kind, size } = kindOf(type)
  return `${kind}(${size.length === 0 && kind === 'char' ? 1 : size.join(',')})`
}

export const retyping: Language['retyping'] = (from, to) =>
  spelled(from) === spelled(to) ? null : { alike: alike(from, to) }

function alike(from: string, to: string): boolean {
  const [one, other] = [kindOf(from).kind, kindOf(to).kind]
  return one === other || FAMILIES.some((family) => family.test(one) && family.test(other))
}

/** Methods and operator classes that every type with an order has. */
const ORDERED = /\bUSING (btree|hash)\b/

export const uncarried: Language['uncarried'] = ({ definition, plain }, from, to) => {
  if (alike(from, to)) return null
  if (!plain) return `it has an expression over a ${from}`
  if (/ USING /.test(definition) && !ORDERED.test(definition)) return `its method may not take a ${to}`
  if (/_ops\b| COLLATE /.test(definition)) return `its order is one of ${from}`
  return null
}

/** For rows of a required column for which there is no value. */
const NEUTRAL: readonly (readonly [RegExp, string])[] = [
  [/^(int2|int4|int8|numeric|float4|float8)$/, '0'],
  [/^(text|varchar|char|bytea)$/, "''"],
  [/^bool$/, 'false'],
  [/^(date|timestamp|timestamptz)$/, "'epoch'"],
  [/^time(tz)?$/, "'00:00'"],
  [/^interval$/, "'0'"],
  [/^uuid$/, "'00000000-0000-0000-0000-000000000000'"],
  [/^jsonb?$/, "'null'"],
]

export const neutral: Language['neutral'] = (type) =>
  NEUTRAL.find(([kind]) => kind.test(kindOf(type).kind))?.[1] ?? null

/** As the catalogue prints them: `'a'::character varying`, `0`, `true`, `'-1'::integer`, `NULL::text`. */
export const constantOf: Language['constantOf'] = (given) => {
  const bare = given.replace(/(::("[^"]+"|[\w. ]+)(\([\d,]+\))?(\[\])?)+$/, '')
  if (/^NULL$/i.test(bare)) return { is: null }
  if (/^'(?:[^']|'')*'$/.test(bare)) return { is: bare.slice(1, -1).replaceAll("''", "'") }
  return /^(-?\d+(\.\d+)?|true|false)$/.test(bare) ? { is: bare } : null
}
