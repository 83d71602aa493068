import type { Refusal } from '../../interface/refusal.ts'
import { type Cursor, fail, kindAt, need, needKind, PARTS, peek, skip, take, unexpected } from './cursor.ts'
import { AGGREGATES, ELSEWHERE, HARMFUL, UNITS } from './keywords.ts'

type Read = (cursor: Cursor) => boolean

/** Reads `name(…)` from the cursor at the name. `value` reads one argument. */
export function call(cursor: Cursor, value: Read): boolean {
  const name = cursor.words[cursor.at]?.means.toLowerCase() ?? ''
  const problem = refused(name, cursor.server)
  if (problem) return fail(cursor, problem.refused, problem.hint)
  cursor.calls.add(name)
  skip(cursor, 2)
  if (take(cursor, ')')) return true
  return (SPECIAL.get(name) ?? list)(cursor, value) && need(cursor, ')')
}

function refused(name: string, server: string): Refusal | null {
  const hint = PARTS
  if (AGGREGATES.has(name)) return { refused: `an expression cannot hold the aggregate ${name}`, hint }
  if (HARMFUL.has(name)) return { refused: `an expression cannot call ${name}`, hint }
  if (/^(any|all|some)$/.test(name)) return { refused: 'an expression cannot hold a subquery', hint }
  if (/^(default|row|value|match)$/.test(name))
    return { refused: `an expression cannot hold ${name}()`, hint }
  const instead = ELSEWHERE.get(name)
  return instead ? { refused: `${server} has no function ${name}`, hint: `it has ${instead}` } : null
}

function list(cursor: Cursor, value: Read): boolean {
  do if (!value(cursor)) return false
  while (take(cursor, ','))
  return true
}

/** Reads a word and what follows it, if the word is there. */
const maybe = (cursor: Cursor, word: string, read: Read): boolean => !take(cursor, word) || read(cursor)

/** Functions whose arguments are separated by keywords. */
const SPECIAL: ReadonlyMap<string, (cursor: Cursor, value: Read) => boolean> = new Map([
  [
    'cast',
    (cursor, value) => value(cursor) && maybe(cursor, 'at', zone) && need(cursor, 'as') && type(cursor),
  ],
  ['convert', (cursor, value) => value(cursor) && need(cursor, 'using', ',') && type(cursor)],
  ['char', (cursor, value) => list(cursor, value) && maybe(cursor, 'using', type)],
  ['weight_string', (cursor, value) => value(cursor) && maybe(cursor, 'as', type)],
  ['json_value', (cursor, value) => list(cursor, value) && maybe(cursor, 'returning', type)],
  ['trim', trim],
  ['substring', substring],
  ['substr', substring],
  ['mid', substring],
  ['extract', (cursor, value) => unit(cursor) && need(cursor, 'from') && value(cursor)],
  ['timestampadd', unitFirst],
  ['timestampdiff', unitFirst],
  ['get_format', (cursor, value) => needKind(cursor, 'word') && need(cursor, ',') && value(cursor)],
])

const zone = (cursor: Cursor): boolean => {
  if (!need(cursor, 'time') || !need(cursor, 'zone')) return false
  take(cursor, 'interval')
  return needKind(cursor, 'text')
}

function trim(cursor: Cursor, value: Read): boolean {
  take(cursor, 'both', 'leading', 'trailing')
  return (peek(cursor) === 'from' || value(cursor)) && maybe(cursor, 'from', value)
}

function substring(cursor: Cursor, value: Read): boolean {
  return list(cursor, value) && maybe(cursor, 'from', value) && maybe(cursor, 'for', value)
}

function unitFirst(cursor: Cursor, value: Read): boolean {
  return unit(cursor) && need(cursor, ',') && list(cursor, value)
}

const unit = (cursor: Cursor): boolean =>
  UNITS.has(peek(cursor).replace(/^sql_tsi_/, '')) ? skip(cursor) : unexpected(cursor)

/** Reads a type or a character set: words, numbers and texts up to the end of the call. */
function type(cursor: Cursor): boolean {
  if (!needKind(cursor, 'word')) return false
  for (let depth = 0; depth > 0 || peek(cursor) !== ')'; skip(cursor)) {
    if (peek(cursor) === '(') depth++
    else if (peek(cursor) === ')') depth--
    else if (!/^(word|number|text)$/.test(kindAt(cursor) ?? '') && peek(cursor) !== ',')
      return unexpected(cursor, 'the expression ends within a type')
  }
  return true
}
