import type { Column, Table } from '../../../schema/snapshot.ts'
import type { Language } from '../../interface/language.ts'
import { kindOf, type Typed } from '../language/kinds.ts'

/** Types whose values have the same operators: what is written for one of them can be said of the others. */
const FAMILIES: readonly RegExp[] = [/^(int2|int4|int8|numeric|float4|float8)$/, /^(text|varchar|char)$/]

/** The catalogue quotes a name only where it must; a plan may quote any. */
const spelled = (type: string): string => {
  const { kind, size } = kindOf(type)
  return `${kind.replaceAll(/"([a-z_][a-z0-9_]*)"/g, '$1')}(${size.length === 0 && kind === 'char' ? 1 : size.join(',')})`
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

/** A change of type for which the server rewrites no row, and what it does with the column's indexes. */
type Fact = {
  readonly from: RegExp
  readonly to: RegExp
  readonly holds: (one: Typed, other: Typed) => boolean
  readonly indexes: 'kept' | 'built anew'
  /** The first version that does so, as in `server_version_num`. */
  readonly since: number
  /** Why no row changes. */
  readonly says: string
}

/** A limit may grow, or go. Types without one have the limit `none`. */
const grows =
  (none = Number.POSITIVE_INFINITY) =>
  (one: Typed, other: Typed): boolean =>
    (one.size[0] ?? none) <= (other.size[0] ?? none)

/**
 * Sources: the release notes of 9.2 (texts, bit varying, numeric, times), 12 (timestamp in UTC), and the server's own casts
 * without a function (pg_cast). `test/dialects/postgres/type-changes.test.ts` measures each one: the table keeps its file,
 * and an index its own or not, as it is said here.
 */
const FACTS: readonly Fact[] = [
  {
    ...{ from: /^(varchar|text)$/, to: /^(varchar|text)$/, holds: grows(), indexes: 'kept', since: 90200 },
    says: 'texts of any length are stored alike, and the new limit is no smaller',
  },
  {
    ...{ from: /^varbit$/, to: /^varbit$/, holds: grows(), indexes: 'kept', since: 90200 },
    says: 'bit strings of any length are stored alike, and the new limit is no smaller',
  },
  {
    ...{ from: /^numeric$/, to: /^numeric$/, indexes: 'kept', since: 90200 },
    holds: (one, other) =>
      other.size.length === 0 ||
      (one.size.length > 0 && grows(0)(one, other) && (one.size[1] ?? 0) === (other.size[1] ?? 0)),
    says: 'numbers of any precision are stored alike, and the new one has room for each',
  },
  ...['time', 'timetz', 'timestamp', 'timestamptz'].map(
    (kind): Fact => ({
      ...{ from: new RegExp(`^${kind}$`), to: new RegExp(`^${kind}$`), holds: grows(6) },
      ...{ indexes: 'kept', since: 90200 },
      says: 'times are stored in microseconds, whatever their precision, and the new one is no smaller',
    }),
  ),
  {
    ...{ from: /^cidr$/, to: /^inet$/, holds: () => true, indexes: 'kept', since: 90200 },
    says: 'each network is an address as it is stored',
  },
  {
    ...{ from: /^timestamp(tz)?$/, to: /^timestamp(tz)?$/, indexes: 'built anew', since: 120000 },
    holds: (one, other) => one.kind !== other.kind && grows(6)(one, other),
    says: 'in UTC, in which the step runs, a time with a zone and one without are stored alike',
  },
]

/** The fact of this change of type, on this version; null when the server would write each row anew. */
export function unchanged(from: string, to: string, version: number): Fact | null {
  const [one, other] = [kindOf(from), kindOf(to)]
  return (
    FACTS.find(
      (fact) =>
        fact.since <= version &&
        fact.from.test(one.kind) &&
        fact.to.test(other.kind) &&
        fact.holds(one, other),
    ) ?? null
  )
}

/** Between times with a zone and without one. */
export const isZoneChange = (from: string, to: string): boolean =>
  kindOf(from).kind !== kindOf(to).kind &&
  [from, to].every((type) => /^timestamp(tz)?$/.test(kindOf(type).kind))

/** What else the server would do for the column's sake, under the lock of the change; null for nothing. */
function inTheWay(table: Table, column: Column, indexes: 'kept' | 'built anew'): string | null {
  const on = (thing: { readonly columns: readonly string[] | null }) =>
    thing.columns?.includes(column.name) ?? false
  const named = ({ name }: { readonly name: string }) => name
  const refused = [
    ...table.dependents.filter(on).map(named),
    ...table.policies.filter(on).map(({ name }) => `the policy ${name}`),
    ...table.publications.filter(on).map(({ name }) => `the publication ${name}`),
    ...table.triggers.filter(on).map(({ name }) => `the trigger ${name}`),
  ][0]
  if (refused !== undefined) return `the server changes no type while ${refused} needs the column`
  const read = [
    ...table.constraints
      .filter(({ kind }) => kind === 'check' || kind === 'exclusion')
      .filter(on)
      .map(named),
    ...table.foreignKeys.filter(({ from }) => on(from)).map(named),
    ...table.referencedBy.filter(({ to }) => on(to)).map(named),
  ][0]
  if (read !== undefined) return `the server would try ${read} on all rows while reads and writes wait`
  const built = [
    ...table.statistics.filter(on).map(({ name }) => `the statistics ${name}`),
    ...table.indexes
      .filter(on)
      .filter(({ key, partial }) => key === null || partial || indexes === 'built anew')
      .map(({ name }) => `the index ${name}`),
  ][0]
  return built === undefined ? null : `the server would build ${built} anew while reads and writes wait`
}

const IN_UTC = /^[\s(]*"?([^\s"()]+)"?\s+AT\s+TIME\s+ZONE\s+'UTC'[\s)]*$/i

export const asStored: Language['asStored'] = (value, { name, type }, to) =>
  ('column' in value && value.column === name) ||
  ('cast' in value && value.cast.column === name) ||
  ('sql' in value && isZoneChange(type, to) && IN_UTC.exec(value.sql)?.[1] === name)

export const typeChange: Language['typeChange'] = (table, column, to, version) => {
  const fact = unchanged(column.type, to, version)
  if (fact === null)
    return { way: 'rows', says: `to store ${column.type} as ${to} the server would write each row anew` }
  const plain = table.kind === 'table' && table.inherits.length + table.inheritedBy.length === 0
  const own = column.generated === null && column.identity === null && column.default?.reads === undefined
  const way = plain && own ? inTheWay(table, column, fact.indexes) : 'the column is not a plain one'
  if (way !== null) return { way: 'rows', says: `${fact.says}, but ${way}` }
  const back = unchanged(to, column.type, version)
  return {
    way: 'catalogue',
    definition: null,
    says: fact.says,
    back: back === null ? null : { says: back.says },
    ...(isZoneChange(column.type, to) && {
      warns: `from contract on a client whose TimeZone is not UTC reads and writes ${column.name} of ${table.name} otherwise than before: give all sessions of the application the same TimeZone, or have it write times with their zone`,
    }),
  }
}
