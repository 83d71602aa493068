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

/**
 * Types that store the values of the first one as they are. Measured on PostgreSQL 15 and 18: the table keeps its file,
 * and an index of texts or numbers keeps its own.
 */
function stores(from: string, to: string): boolean {
  const [one, other] = [kindOf(from), kindOf(to)]
  const grows = (own: number | undefined, most: number | undefined, without: number) =>
    (own ?? without) <= (most ?? without)
  const text = /^(varchar|text)$/
  if (text.test(one.kind) && text.test(other.kind))
    return grows(one.size[0], other.size[0], Number.POSITIVE_INFINITY)
  if (one.kind !== other.kind) return false
  if (one.kind === 'numeric')
    return (
      other.size.length === 0 ||
      (one.size.length > 0 &&
        grows(one.size[0], other.size[0], 0) &&
        (one.size[1] ?? 0) === (other.size[1] ?? 0))
    )
  return /^(time|timestamp)(tz)?$/.test(one.kind) && grows(one.size[0], other.size[0], 6)
}

/**
 * A CHECK would be tried on all rows, and an index of times built anew. A view, a policy or a trigger of the column makes
 * the server refuse.
 */
export const inCatalogue: Language['inCatalogue'] = (table, column, to) => {
  const on = (thing: { readonly columns: readonly string[] | null }) =>
    thing.columns?.includes(column.name) ?? false
  const bound = [
    ...table.dependents,
    ...table.policies,
    ...table.publications,
    ...table.statistics,
    ...table.triggers,
    ...table.constraints.filter(({ kind }) => kind === 'check' || kind === 'exclusion'),
    ...table.foreignKeys.map(({ from }) => from),
    ...table.referencedBy.map((key) => key.to),
    ...table.indexes.filter(({ key, partial }) => key === null || partial || /^time/.test(kindOf(to).kind)),
  ].some(on)
  const plain = table.kind === 'table' && table.inherits.length + table.inheritedBy.length === 0
  const own = column.generated === null && column.identity === null && column.default?.reads === undefined
  return plain && own && !bound && stores(column.type, to) ? { definition: null } : null
}
