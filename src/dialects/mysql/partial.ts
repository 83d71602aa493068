import type { Value } from '../../plan/value.ts'
import type { Column } from '../../schema/snapshot.ts'
import type { Language, Refusal } from '../dialect.ts'
import { PARTIAL } from '../partial.ts'
import { CHARACTERS, placesIn, unicode } from './expressions.ts'
import { INTEGERS, wholeOf } from './kinds.ts'
import { quote } from './quote.ts'
import { tokens } from './tokens.ts'
import { partsOf } from './types.ts'

/**
 * Why this value may fail for some row, or null. Known to be safe is only what is listed here. What reads no column either fails for
 * all rows or for none, and shows before anything is changed.
 */
export const partial: Language['partial'] = (value, { reads }, type, table) => {
  const columns = table.columns.filter(({ name }) => reads.includes(name))
  if (columns.length === 0) return null
  if ('map' in value && value.map.else === 'error') return PARTIAL.map
  if ('sql' in value) return unsure(value.sql, columns, type)
  const [only] = columns as [Column]
  const plain = 'column' in value || 'cast' in value || ('map' in value && value.map.else === 'keep')
  if (plain) return fits(only.type, type) ? null : misfit(only.type, type)
  return 'map' in value || fits('longtext', type) ? null : misfit('text', type)
}

const misfit = (from: string, to: string): string => `a cast from ${from} to ${to} may fail for some value`

/** Functions that take every value of their arguments. */
const SAFE = new Set([
  ...['lower', 'lcase', 'upper', 'ucase', 'trim', 'ltrim', 'rtrim', 'concat', 'concat_ws', 'left', 'right'],
  ...['substr', 'substring', 'mid', 'substring_index', 'replace', 'reverse', 'md5', 'sha1', 'sha2', 'hex'],
  ...['coalesce', 'ifnull', 'nullif', 'if', 'greatest', 'least', 'lpad', 'rpad', 'quote', 'json_quote'],
  ...['length', 'octet_length', 'char_length', 'character_length', 'locate', 'instr', 'position', 'ascii'],
  ...['date', 'time', 'timestamp', 'year', 'month', 'day', 'dayofmonth', 'hour', 'minute', 'second'],
])
const NUMBERS =
  /^(length|octet_length|char_length|character_length|locate|instr|position|ascii|year|month|day|dayofmonth|hour|minute|second)$/
const MOMENTS = /^(date|time|timestamp)$/
const ARITHMETIC = /^([-+*/%^&|~]|<<|>>|div|mod)$/i

/** An author's own text, by its words: which functions it calls, whether it calculates, and what it is made of. */
function unsure(sql: string, columns: readonly Column[], type: string): string | null {
  const words = tokens(sql)
  const counts = words.find(({ kind, text }) => kind !== 'text' && ARITHMETIC.test(text))
  if (counts) return `the operator ${counts.text} may fail for some value`
  const calls = words.flatMap(({ kind, text }, at) =>
    kind === 'word' && words[at + 1]?.text === '(' ? [text.toLowerCase()] : [],
  )
  // Words that only look like calls.
  const called = calls.filter(
    (name) => !/^(in|and|or|not|when|then|else|case|like|between|is|xor)$/.test(name),
  )
  const other = called.find((name) => !SAFE.has(name))
  if (other !== undefined) return `${other}() may fail for some value`
  if (fits('longtext', type)) return null
  if (
    called.length > 0 &&
    called.every((name) => NUMBERS.test(name)) &&
    /^((tiny|small|medium|big)?int|decimal|double|float)$/.test(partsOf(type).word)
  )
    return null
  if (
    called.length > 0 &&
    called.every((name) => MOMENTS.test(name)) &&
    columns.every(({ type: own }) => MOMENT.test(own))
  )
    return null
  const odd = columns.find(({ type: own }) => !fits(own, type))
  return odd === undefined ? null : misfit(odd.type, type)
}

const MOMENT = /^(date|datetime|timestamp|time)\b/i
const TEXT = /^(var)?char$|text$/

/** Whether each value of a type can be kept in a column of the other one; how long a text is, is another question. */
function fits(from: string, to: string): boolean {
  const [one, other] = [partsOf(from), partsOf(to)]
  if (TEXT.test(other.word)) return !/blob$|binary$|^geom|point$|linestring$|polygon$|^vector$/.test(one.word)
  if (one.word === other.word && one.size === other.size && one.unsigned === other.unsigned) return true
  const [small, large] = [INTEGERS.indexOf(one.word), INTEGERS.indexOf(other.word)]
  if (small >= 0 && large >= 0)
    return one.unsigned === other.unsigned ? small <= large : one.unsigned && small < large
  if (small >= 0) return /^(double|float)$/.test(other.word) && !other.unsigned
  if (/^(date|datetime|timestamp)$/.test(one.word)) return /^(date|datetime|time)$/.test(other.word)
  return one.word === 'float' && other.word === 'double'
}

/** What tells values that can be kept: first their shape, and what is looked at only where they have it. */
type Test = { readonly shape: string; readonly range: string; readonly value: string }

export const characters: Language['characters'] = (type) => {
  const { word, size } = partsOf(type)
  return /^(var)?char$/.test(word) ? Number(size.replace(/[()]/g, '')) : null
}

/** A value for every row, without a function or a handler: the same text in triggers, batches and proofs. */
export const total: Language['total'] = (value, written, type, table, { otherwise }) => {
  const [column] = table.columns.filter(({ name }) => written.reads.includes(name))
  const found = column && ('column' in value || 'cast' in value) ? testOf(column, type) : null
  if (!column || !found) return untold(value, type)
  const [name, other] = [quote(column.name), otherwise ?? 'NULL']
  const say = (good: string, bad: string, empty: string) =>
    `CASE WHEN ${name} IS NULL THEN ${empty} WHEN ${found.shape} THEN CASE WHEN ${found.range} THEN ${good} ELSE ${bad} END ELSE ${bad} END`
  const sql = say(found.value, other, 'NULL')
  return { value: { ...written, sql, places: placesIn(sql) }, fails: say('0', '1', '0') }
}

const untold = (value: Value, type: string): Refusal => ({
  refused: `this server cannot tell which values of this expression are no ${type}`,
  hint:
    'map' in value
      ? 'write else: null or else: { literal: … } into the map'
      : 'write { cast: … } from a text or a whole number to a whole number, decimal, float, date, json or text; or an expression that gives a value for every row (CASE WHEN … REGEXP … THEN … END); or unparsed: fail',
})

function testOf({ name, type: from }: Column, type: string): Test | null {
  const to = partsOf(type)
  const own = partsOf(from)
  const plain = quote(name)
  const ends = wholeOf(to)
  const within = (number: string) => `${number} BETWEEN ${ends?.least} AND ${ends?.most}`
  if (wholeOf(own) && ends) return { shape: 'TRUE', range: within(plain), value: plain }
  if (!CHARACTERS.test(from) || /^(enum|set)/.test(own.word)) return null
  const text = `TRIM(${unicode(plain)})`
  // An end of line may stand behind `$`, so nothing else may be in it at all.
  const like = (pattern: string, none: string) =>
    `${text} REGEXP '${pattern}' AND ${text} NOT REGEXP '[^${none}]'`
  if (ends) {
    const number = `CAST(${text} AS DECIMAL(30,0))`
    return {
      shape: like('^[-+]?[0-9]{1,25}$', '-+0-9'),
      range: within(number),
      value: number,
    }
  }
  if (to.word === 'decimal') return decimal(text, to, like)
  if (/^(double|float)$/.test(to.word) && to.size === '' && !to.unsigned)
    return {
      shape: like('^[-+]?[0-9]{1,30}([.][0-9]{0,30})?$', '-+.0-9'),
      range: 'TRUE',
      value: `CAST(${text} AS DECIMAL(65,30))`,
    }
  if (to.word === 'date') return date(text, like)
  if (to.word === 'json') return { shape: 'TRUE', range: `JSON_VALID(${plain})`, value: plain }
  const [, most] = /^\((\d+)\)$/.exec(to.size) ?? []
  return /^(var)?char$/.test(to.word) && most !== undefined
    ? { shape: 'TRUE', range: `CHAR_LENGTH(${plain}) <= ${most}`, value: plain }
    : null
}

type Like = (pattern: string, none: string) => string

/** Only what it keeps whole: more digits behind the point would be rounded, perhaps up to one too many before it. */
function decimal(text: string, { size, unsigned }: ReturnType<typeof partsOf>, like: Like): Test | null {
  const [digits = 10, fraction = 0] = size.replace(/[()]/g, '').split(',').map(Number)
  if (digits <= fraction) return null
  const sign = unsigned ? '[+]?' : '[-+]?'
  return {
    shape: like(`^${sign}0*[0-9]{1,${digits - fraction}}([.][0-9]{0,${fraction}})?$`, '-+.0-9'),
    range: 'TRUE',
    value: `CAST(${text} AS DECIMAL(${digits},${fraction}))`,
  }
}

const date = (text: string, like: Like): Test => ({
  shape: `${like('^[1-9][0-9]{3}-(0[1-9]|1[0-2])-[0-9]{2}$', '-0-9')}`,
  range: `CAST(RIGHT(${text}, 2) AS UNSIGNED) BETWEEN 1 AND DAY(LAST_DAY(CONCAT(LEFT(${text}, 8), '01')))`,
  value: `CAST(${text} AS DATE)`,
})
