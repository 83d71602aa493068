import type { Value } from '../../../plan/value.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import type { Language } from '../../interface/language.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { PARTIAL } from '../../relational/partial.ts'
import { sameColumn } from './definitions.ts'
import { placesIn, sources } from './expressions.ts'
import { fits, takes, WRITTEN } from './fits.ts'
import { CHARACTERS, wholeOf } from './kinds.ts'
import { quote, unicode } from './quote.ts'
import { tokens } from './tokens.ts'
import { given } from './typed.ts'
import { partsOf } from './types.ts'

/**
 * Why this value may fail for some row; null when it cannot. Only what is listed here is known to be safe. A value that
 * reads no column fails for all rows or none, which shows before anything is changed.
 */
export const partial: Language['partial'] = (value, written, type, table) => {
  const { reads } = written
  if ('coalesce' in value)
    return (
      value.coalesce
        .map((one) => partial(one, { ...written, reads: readBy(one, reads) }, type, table))
        .find((one) => one !== null) ?? null
    )
  const columns = table.columns.filter(({ name }) => reads.includes(name))
  if (columns.length === 0) return null
  if ('map' in value && value.map.else === 'error') return PARTIAL.map
  if ('map' in value && value.map.else !== 'keep') return null
  if ('sql' in value) return unsure(value.sql, type, table)
  const odd = columns.find(({ type: own }) => !fits(own, type))
  if ('column' in value || 'cast' in value || 'map' in value) return odd ? misfit(odd.type, type) : null
  // Functions of texts: given bytes they give bytes, and their results are texts.
  const strange = columns.find(({ type: own }) => !fits(own, 'longtext'))
  if (strange) return misfit(strange.type, 'longtext')
  return fits('longtext', type) ? null : misfit('text', type)
}

/** Which of these columns one part of a coalesce reads; an author's own expression may read all of them. */
const readBy = (value: Value, reads: readonly string[]): readonly string[] =>
  'sql' in value || 'coalesce' in value || 'pipeline' in value || 'module' in value
    ? reads
    : reads.filter((name) => sources(value).some((one) => sameColumn(one, name)))

const misfit = (from: string, to: string): string => `a cast from ${from} to ${to} may fail for some value`

const ARITHMETIC = /^([-+*/%^&|~]|<<|>>|div|mod)$/i

/** Why an author's own expression may fail: it calculates, it has a part that fails, or its result may not fit. */
function unsure(sql: string, type: string, table: Table): string | null {
  const counts = tokens(sql).find(({ kind, text }) => kind !== 'text' && ARITHMETIC.test(text))
  if (counts) return `the operator ${counts.text} may fail for some value`
  const found = given(sql, table)
  if ('fails' in found) return found.fails
  const odd = found.types.find((own) => !fits(own, type))
  if (odd !== undefined) return misfit(odd, type)
  return found.constants.every((one) => takes(one, type)) ? null : `a constant in it is no ${type}`
}

/** A test for values that fit: first their shape; the range is checked only for values of that shape. */
type Test = { readonly shape: string; readonly range: string; readonly value: string }

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
  if (/^(var)?char$/.test(to.word) && to.size !== '' && WRITTEN.test(own.word))
    return { shape: 'TRUE', range: `CHAR_LENGTH(${plain}) <= ${to.size.replace(/[()]/g, '')}`, value: plain }
  if (!CHARACTERS.test(from) || /^(enum|set)/.test(own.word)) return null
  const text = `TRIM(${unicode(plain)})`
  // `$` also matches before a final line break, so texts with line breaks are excluded.
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
  return to.word === 'json' ? { shape: 'TRUE', range: `JSON_VALID(${plain})`, value: plain } : null
}

type Like = (pattern: string, none: string) => string

/** Only values that it stores exactly: further fractional digits would be rounded, possibly to one digit too many. */
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
