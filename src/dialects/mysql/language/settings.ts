import type { Expression } from '../../../program/column.ts'
import type { Table } from '../../../schema/snapshot.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { closing, sameColumn } from './definitions.ts'
import { quote } from './quote.ts'
import { type Token, tokens } from './tokens.ts'

/** Functions that return one of their arguments unchanged. */
const PICKS = new Set(['coalesce', 'ifnull', 'nullif', 'if', 'greatest', 'least'])

/** Formats that print words in the session's language. */
const NAMES_OF_DAYS = /%[MWba]/

const isTime = (type: string): boolean => /^\s*timestamp\b/i.test(type)

/**
 * Why an expression gives another value under other session settings; null when it does not. A trigger runs in the
 * client's session, the backfill in ours. A trigger keeps SQL mode, character set and collation from its creation.
 */
export function unsteady({ sql, places = [] }: Expression, table: Table, type: string): Refusal | null {
  if (places.length === 0) return null
  const words = tokens(sql)
  const typeOf = (name: string) => table.columns.find((column) => sameColumn(column.name, name))?.type ?? ''
  const read = places.map(({ column, start }) => ({
    column,
    at: words.findIndex((word) => word.start === start),
    time: isTime(typeOf(column)),
  }))
  return worded(words) ?? zoned(words, read, type)
}

type Read = { readonly column: string; readonly at: number; readonly time: boolean }

function zoned(words: readonly Token[], read: readonly Read[], type: string): Refusal | null {
  if (isTime(type))
    return picked(words, read) || whole(words, 'from_unixtime') ? seconds(words, read) : toTime(read)
  const moment = words.findIndex((_, at) => calls(words, at, 'from_unixtime'))
  if (moment >= 0)
    return depends(
      'FROM_UNIXTIME gives the local time',
      "write TIMESTAMP('1970-01-01') + INTERVAL … SECOND for the time in UTC",
    )
  const local = read.find(({ at, time }) => time && !isExact(words, at))
  return local
    ? depends(
        `${local.column} is a timestamp, which reads as the local time`,
        `write TIMESTAMP('1970-01-01') + INTERVAL UNIX_TIMESTAMP(${quote(local.column)}) SECOND for its time in UTC`,
      )
    : seconds(words, read)
}

/** Only times, which are passed on unchanged. */
const picked = (words: readonly Token[], read: readonly Read[]): boolean =>
  read.every(({ time }) => time) &&
  words.every(
    ({ kind, text }, at) =>
      kind !== 'text' &&
      !/^interval$/i.test(text) &&
      (words[at + 1]?.text !== '(' || kind !== 'word' || PICKS.has(text.toLowerCase())),
  )

/** One call of this function and nothing else. */
const whole = (words: readonly Token[], name: string): boolean =>
  calls(words, 0, name) && closing(words, 1) === words.length - 1

const calls = (words: readonly Token[], at: number, name: string): boolean =>
  words[at]?.kind === 'word' && words[at]?.text.toLowerCase() === name && words[at + 1]?.text === '('

/** `UNIX_TIMESTAMP(column)`, or a test for NULL. */
const isExact = (words: readonly Token[], at: number): boolean =>
  (calls(words, at - 2, 'unix_timestamp') && words[at + 1]?.text === ')') ||
  /^is(not)?null$/i.test(
    words
      .slice(at + 1, at + 4)
      .map(({ text }) => text)
      .join('')
      .replace(/^(is(?:not)?null).*/i, '$1'),
  )

/** UNIX_TIMESTAMP of anything but a timestamp reads it as local time. */
function seconds(words: readonly Token[], read: readonly Read[]): Refusal | null {
  const exact = new Set(read.filter(({ at, time }) => time && isExact(words, at)).map(({ at }) => at - 2))
  const local = words.some(
    (_, at) => calls(words, at, 'unix_timestamp') && words[at + 2]?.text !== ')' && !exact.has(at),
  )
  return local
    ? depends(
        'UNIX_TIMESTAMP of what is no timestamp column takes it for the local time',
        "write TIMESTAMPDIFF(SECOND, '1970-01-01', …) for what is a time in UTC",
      )
    : null
}

const toTime = (read: readonly Read[]): Refusal =>
  depends(
    `what is stored in a timestamp from ${read.map(({ column }) => column).join(', ')} is taken for the local time`,
    "give the new column the type datetime; or write FROM_UNIXTIME(…) as a whole, of TIMESTAMPDIFF(SECOND, '1970-01-01', …) for a time in UTC",
  )

const depends = (why: string, hint: string): Refusal => ({
  refused: `${why} of the session that writes the row, so that clients and the backfill would store other values`,
  hint,
})

/** Names of days and months, and the first day of a week. */
function worded(words: readonly Token[]): Refusal | null {
  const named = words.find(
    (_, at) =>
      ['dayname', 'monthname'].some((name) => calls(words, at, name)) ||
      (['date_format', 'str_to_date'].some((name) => calls(words, at, name)) &&
        words
          .slice(at, closing(words, at + 1))
          .some(({ kind, text }) => kind === 'text' && NAMES_OF_DAYS.test(text))),
  )
  if (named)
    return depends(
      `${named.text.toUpperCase()} uses the language (lc_time_names)`,
      "write the names out: ELT(MONTH(…), 'January', …), or ELT(WEEKDAY(…) + 1, 'Monday', …)",
    )
  const week = words.some(
    (_, at) =>
      calls(words, at, 'week') && !words.slice(at, closing(words, at + 1)).some(({ text }) => text === ','),
  )
  return week
    ? depends('WEEK begins a week as default_week_format says', 'write its mode, too: WEEK(…, 3)')
    : null
}
