import { nearest } from '../../../text/nearest.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { isMariadb } from '../connect/mariadb.ts'
import { type Token, tokens } from './tokens.ts'

/** What the parentheses of a type may contain, as its words joined by blanks. */
const [NO, LENGTH, LENGTH_OR_NOT, DIGITS, LIST] = [
  /^$/,
  /^\( \d+ \)$/,
  /^(\( \d+ \))?$/,
  /^(\( \d+( , \d+)? \))?$/,
  /^\( '.*'( , '.*')* \)$/s,
]
const [NONE, NUMBER, TEXT] = [
  /^$/,
  /^((un)?signed|zerofill| )*$/,
  /^((character set|charset|collate) \w+ ?)*$/,
]

type Form = { readonly size: RegExp; readonly options: RegExp; readonly only?: 'mysql' | 'mariadb' }

const forms = (
  names: string,
  size: RegExp,
  options = NONE,
  more: Pick<Form, 'only'> = {},
): [string, Form][] => names.split(', ').map((name) => [name, { size, options, ...more }])

/** The types of both servers by their first words, including synonyms from other databases. */
const TYPES: ReadonlyMap<string, Form> = new Map([
  ...forms('tinyint, smallint, mediumint, int, integer, bigint, middleint', LENGTH_OR_NOT, NUMBER),
  ...forms('int1, int2, int3, int4, int8', LENGTH_OR_NOT, NUMBER),
  ...forms('decimal, dec, numeric, fixed, float, double, double precision, real', DIGITS, NUMBER),
  ...forms('float4, float8', NO, NUMBER),
  ...forms('bool, boolean, date, json', NO),
  ...forms('bit, year, datetime, timestamp, time, binary, blob', LENGTH_OR_NOT),
  ...forms('varbinary', LENGTH),
  ...forms('tinyblob, mediumblob, longblob', NO),
  ...forms('char, character, text', LENGTH_OR_NOT, TEXT),
  ...forms('varchar, character varying, char varying', LENGTH, TEXT),
  ...forms('nchar, national char, national character', LENGTH_OR_NOT),
  ...forms('nvarchar, national varchar, national character varying, national char varying', LENGTH),
  ...forms('tinytext, mediumtext, longtext', NO, TEXT),
  ...forms('enum, set', LIST, TEXT),
  ...forms('geometry, point, linestring, polygon, multipoint, multilinestring, multipolygon', NO),
  ...forms('geometrycollection', NO),
  ...forms('geomcollection', NO, NONE, { only: 'mysql' }),
  ...forms('vector', LENGTH),
  ...forms('uuid, inet4, inet6', NO, NONE, { only: 'mariadb' }),
])

/** Well-known types of other databases, and what to use here instead. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['bigserial', 'use bigint and a default'],
  ['bytea', 'use varbinary(n) or blob'],
  ['cidr', 'use varchar(43)'],
  ['citext', 'use varchar(n) and a collation that ignores case'],
  ['clob', 'use longtext'],
  ['datetime2', 'use datetime(6)'],
  ['hstore', 'use json'],
  ['inet', 'use varchar(43)'],
  ['inet4', 'use varchar(15)'],
  ['inet6', 'use varchar(43)'],
  ['interval', 'use bigint, for a number of seconds'],
  ['jsonb', 'use json'],
  ['money', 'use decimal(19,4)'],
  ['number', 'use decimal(n,m)'],
  ['serial', 'use bigint and a default'],
  ['smallserial', 'use smallint and a default'],
  ['string', 'use varchar(n) or text'],
  ['timestamptz', 'use datetime(6), which keeps no time zone'],
  ['timetz', 'use time(6), which keeps no time zone'],
  ['uniqueidentifier', 'use char(36)'],
  ['uuid', 'use char(36)'],
  ['varchar2', 'use varchar(n)'],
  ['xml', 'use longtext'],
])

const HINT = 'write a type as in CREATE TABLE, such as text, varchar(50) or decimal(10,2)'

/** A type in the author's spelling: one of the server's names, with sizes, a sign and a character set. */
export function typeName(type: string, dialect = 'mysql'): string | Refusal {
  const words = tokens(type)
  const [name, rest] = nameOf(words)
  const form = TYPES.get(name)
  const server = isMariadb(dialect) ? 'mariadb' : 'mysql'
  const bare = words[0]?.kind === 'word' ? words[0].means.toLowerCase() : ''
  if (!form || (form.only && form.only !== server)) return unknown(type, bare)
  const close = rest[0]?.text === '(' ? rest.findIndex(({ text }) => text === ')') + 1 : 0
  const [size, options] = [rest.slice(0, close), rest.slice(close)].map((some) =>
    some.map(({ text }) => text).join(' '),
  ) as [string, string]
  if (!form.size.test(size))
    return form.size === LENGTH && size === ''
      ? { refused: `${type} needs a length`, hint: `write ${type.trim()}(n)` }
      : { refused: `not a type: ${type}`, hint: HINT }
  if (form.options.test(options.toLowerCase())) return type.trim()
  if (/^with(out)? time zone$/i.test(options))
    return { refused: `not a type: ${type}`, hint: 'use datetime(6), which keeps no time zone' }
  return options.startsWith('[')
    ? { refused: `not a type: ${type}`, hint: 'there are no arrays: use json' }
    : { refused: `not a type: ${type}`, hint: HINT }
}

/** The longest type name with which the words begin, and the words after it. */
function nameOf(words: readonly Token[]): [name: string, rest: readonly Token[]] {
  for (const length of [3, 2, 1]) {
    const first = words.slice(0, length)
    const name = first.map(({ text }) => text.toLowerCase()).join(' ')
    if (TYPES.has(name)) return [name, words.slice(length)]
  }
  return ['', words]
}

function unknown(type: string, word: string): Refusal {
  const instead = ELSEWHERE.get(word)
  if (instead) return { refused: `there is no type ${word}`, hint: instead }
  const near = nearest(word, [...TYPES.keys()])
  if (word === '') return { refused: `not a type: ${type}`, hint: HINT }
  return { refused: `there is no type ${word}`, hint: near ? `did you mean ${near}?` : HINT }
}

/** A type in parts. `word` and `size` are the same for all spellings, those of plans and those that servers print. */
export type Parts = { readonly word: string; readonly size: string; readonly unsigned: boolean }

/** The type without anything that does not change its values, such as the display width of INT(11) or a character set. */
export function partsOf(type: string): Parts {
  const [name, rest] = nameOf(tokens(type.toLowerCase()))
  const written = /^\(([^)]*)\)/.exec(rest.map(({ text }) => text).join(''))?.[1] ?? ''
  const unsigned = rest.some(({ text }) => text === 'unsigned' || text === 'zerofill')
  const word = SYNONYMS.get(name) ?? name
  // Up to 24 bits are stored in four bytes.
  if (word === 'float' && Number(written) > 24) return { word: 'double', size: '', unsigned }
  return { word, size: sizeOf(word, written), unsigned }
}

function sizeOf(word: string, written: string): string {
  if (/int$|^(year|float|double)$/.test(word)) return ''
  const size = written || (DEFAULTS.get(word) ?? '')
  if (word === 'decimal' && !size.includes(',')) return `(${size},0)`
  return size === '' || (size === '0' && /time/.test(word)) ? '' : `(${size})`
}

const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['decimal', '10,0'],
  ['char', '1'],
  ['binary', '1'],
  ['bit', '1'],
])

const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ...['bool', 'boolean', 'int1'].map((name) => [name, 'tinyint'] as const),
  ...['integer', 'int4'].map((name) => [name, 'int'] as const),
  ['int2', 'smallint'],
  ...['int3', 'middleint'].map((name) => [name, 'mediumint'] as const),
  ['int8', 'bigint'],
  ...['dec', 'numeric', 'fixed'].map((name) => [name, 'decimal'] as const),
  ['float4', 'float'],
  ['geomcollection', 'geometrycollection'],
  ...['double precision', 'real', 'float8'].map((name) => [name, 'double'] as const),
  ...['character', 'nchar', 'national char', 'national character'].map((name) => [name, 'char'] as const),
  ...['character varying', 'char varying', 'nvarchar', 'national varchar'].map(
    (name) => [name, 'varchar'] as const,
  ),
  ...['national character varying', 'national char varying'].map((name) => [name, 'varchar'] as const),
])

const STRINGS = /^((tiny|medium|long)?text|(var)?char)$/
const BYTES = /^((tiny|medium|long)?blob|(var)?binary)$/

/** Whether a foreign key can connect columns of these types: integers of one size and sign, texts, bytes. */
export function comparable(one: string, other: string): boolean {
  const [a, b] = [partsOf(one), partsOf(other)]
  const both = (kind: RegExp) => kind.test(a.word) && kind.test(b.word)
  return both(STRINGS) || both(BYTES) || (a.word === b.word && a.unsigned === b.unsigned)
}
