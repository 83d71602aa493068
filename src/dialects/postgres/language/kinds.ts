import type { Scalar } from '../../../plan/value.ts'
import { type Kind, unheld, whole } from '../../constants.ts'
import type { Language } from '../../interface/language.ts'
import type { Refusal } from '../../interface/refusal.ts'

/** A type under one name, whatever the server, the parser or a plan calls it, and its size. */
export type Typed = { readonly kind: string; readonly size: readonly number[] }

export function kindOf(type: string): Typed {
  const [, name = '', size = '', rest = ''] =
    /^([^(]*)(?:\(([^)]*)\))?(.*)$/.exec(type.trim().toLowerCase()) ?? []
  const [word = '', lists = ''] =
    /^(.*?)((?:\[\d*\])*)$/.exec(`${name.trim()}${rest}`.replace(/^pg_catalog\./, ''))?.slice(1) ?? []
  // Up to 24 bits are stored in four bytes.
  if (word === 'float')
    return { kind: `${size !== '' && Number(size) <= 24 ? 'float4' : 'float8'}${lists}`, size: [] }
  return {
    kind: `${KINDS.get(word) ?? word}${lists}`,
    size: size === '' ? [] : size.split(',').map(Number),
  }
}

const KINDS: ReadonlyMap<string, string> = new Map(
  (
    [
      ['varchar', 'character varying'],
      ['char', 'character', 'bpchar'],
      ['int2', 'smallint'],
      ['int4', 'integer', 'int'],
      ['int8', 'bigint'],
      ['numeric', 'decimal', 'dec'],
      ['float4', 'real'],
      ['float8', 'double precision'],
      ['bool', 'boolean'],
      ['varbit', 'bit varying'],
      ['timestamp', 'timestamp without time zone'],
      ['timestamptz', 'timestamp with time zone'],
      ['time', 'time without time zone'],
      ['timetz', 'time with time zone'],
    ] as const
  ).flatMap(([kind, ...others]) => others.map((name) => [name, kind] as const)),
)

/** Numeric types: each can be converted into those after it. */
export const NUMBERS: readonly string[] = ['int2', 'int4', 'int8', 'numeric']

/** Types to which an assignment converts any value of the first type. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  int2: ['int4', 'int8', 'float4', 'float8'],
  int4: ['int8', 'float4', 'float8'],
  int8: ['float4', 'float8'],
  float4: ['float8'],
  jsonb: ['json'],
  timestamp: ['date', 'time'],
  timestamptz: ['date', 'time', 'timestamp'],
}

/** The most digits that a whole number of the type has. */
const DIGITS: Readonly<Record<string, number>> = { int2: 5, int4: 10, int8: 19 }

export const isText = (type: string): boolean => /^(text|varchar|char|name|citext)$/.test(kindOf(type).kind)

/** Whether every value of one type fits into a column of the other, except for the length of texts. */
export function fits(from: string, to: string): boolean {
  const [one, other] = [kindOf(from), kindOf(to)]
  if (isText(to) && isText(from)) return true
  const room = characters(to)
  if (/^(text|varchar|char)$/.test(other.kind)) return room === null || lengths(from).most <= room
  if (other.kind === 'numeric' && other.size.length > 0) return digits(one, other)
  if (other.kind === 'numeric' && one.kind in DIGITS) return true
  return one.kind === other.kind ? sized(one, other) : (WIDER[one.kind]?.includes(other.kind) ?? false)
}

/** Two sizes of one type. Times are rounded; a bit string fits only in one of the same length or a longer varying one. */
function sized(one: Typed, other: Typed): boolean {
  if (other.size.length === 0 && other.kind !== 'bit') return true
  if (/^(time|timestamp|interval)/.test(one.kind) && !one.kind.endsWith(']')) return true
  const [own = 1, most = 1] = [one.size[0], other.size[0]]
  return /^var(bit|char)/.test(one.kind)
    ? one.size.length > 0 && own <= most
    : String(one.size) === String(other.size) || (one.kind === 'bit' && own === most)
}

function digits(one: Typed, other: Typed): boolean {
  const [all = 0, fraction = 0] = other.size
  const [own, behind = 0] = one.kind in DIGITS ? [DIGITS[one.kind]] : one.kind === 'numeric' ? one.size : []
  return own !== undefined && own - behind <= all - fraction && behind <= fraction
}

export const characters: Language['characters'] = (type) => {
  const { kind, size } = kindOf(type)
  return /^(varchar|char)$/.test(kind) ? (size[0] ?? (kind === 'char' ? 1 : null)) : null
}

/** Characters of values as text, from the shortest (such as `infinity` for times) to the longest. */
const LENGTHS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  int2: [1, 6],
  int4: [1, 11],
  int8: [1, 20],
  bool: [4, 5],
  uuid: [36, 36],
  date: [8, 13],
  timestamp: [8, 32],
  timestamptz: [8, 38],
  time: [8, 15],
}

export const lengths: Language['lengths'] = (type) => {
  const [least, most] = LENGTHS[kindOf(type).kind] ?? [0, Number.POSITIVE_INFINITY]
  return { least, most: characters(type) ?? most }
}

/** The first constant that such a column cannot hold; null when it can hold them all. */
export const unfitting = (values: readonly Scalar[], type: string): Refusal | null =>
  unheld(values, type, held(type))

/** Null for types that are not known here. */
function held(type: string): Kind | null {
  const most = characters(type)
  if (most !== null) return { kind: 'text', most }
  const { kind, size } = kindOf(type)
  const [all, fraction = 0] = size
  if (kind === 'numeric' && all !== undefined)
    return { kind: 'number', digits: { whole: all - fraction, fraction } }
  return HELD[kind] ?? null
}

const HELD: Readonly<Record<string, Kind>> = {
  int2: whole(16),
  int4: whole(32),
  int8: whole(64),
  oid: whole(32, true),
  ...Object.fromEntries(
    ['numeric', 'float4', 'float8'].map((kind) => [kind, { kind: 'number' }] satisfies [string, Kind]),
  ),
  bool: { kind: 'truth' },
  ...Object.fromEntries(
    ['date', 'timestamp', 'timestamptz'].map((kind) => [kind, { kind: 'date' }] satisfies [string, Kind]),
  ),
  uuid: { kind: 'uuid' },
  json: { kind: 'json' },
  jsonb: { kind: 'json' },
}
