import type { Expression } from '../../../program/column.ts'
import type { Snapshot, Table } from '../../../schema/snapshot.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { isMariadb } from '../connect/mariadb.ts'
import { call } from './calls.ts'
import { readable } from './columns.ts'
import {
  type Cursor,
  fail,
  kindAt,
  need,
  needKind,
  PARTS,
  peek,
  skip,
  take,
  unexpected,
  WHOLE,
} from './cursor.ts'
import { CONSTANTS, INFIXES, PREFIXES, QUERY_WORDS, UNITS } from './keywords.ts'
import { type Token, tokens } from './tokens.ts'
import { isVolatile } from './volatile.ts'

/**
 * The author's own text: one expression that contains no statement and reads only columns of the row. It is read word by
 * word by the servers' grammar, without precedence: the meaning of a bare word follows from its place.
 */
export function authored(sql: string, table: Table, snapshot: Snapshot): Expression | Refusal {
  const text = sql.trim()
  const words = tokens(text)
  const problem = words.map((token, i) => foreign(token, words[i + 1])).find((found) => found !== null)
  if (problem) return problem
  if (words.length === 0) return { refused: 'an expression cannot be empty', hint: WHOLE }
  const server = isMariadb(snapshot.dialect) ? 'MariaDB' : 'MySQL'
  const cursor: Cursor = { words, at: 0, problem: null, places: [], calls: new Set(), table, server }
  if (value(cursor) && cursor.at < words.length) unexpected(cursor)
  if (cursor.problem) return cursor.problem
  // A user's function, known only by its last name: which schema is meant depends on the session.
  const unsure = snapshot.volatileFunctions.some((name) => cursor.calls.has(name.toLowerCase()))
  const { places } = cursor
  const reads = [...new Set(places.map(({ column }) => column))]
  return { sql: text, reads, volatile: unsure || isVolatile(sql), places }
}

/** Words that no expression may contain anywhere. */
function foreign({ kind, text, end }: Token, next: Token | undefined): Refusal | null {
  if (kind === 'comment' || (text === '/' && next?.text === '*' && next.start === end))
    return { refused: 'an expression cannot hold comments', hint: WHOLE }
  if (kind === 'parameter') return { refused: 'an expression cannot hold parameters such as ?', hint: PARTS }
  if (kind === 'variable')
    return { refused: `an expression cannot hold variables such as ${text}`, hint: PARTS }
  if (/^['"`]$/.test(text)) return { refused: 'a quote is never closed', hint: WHOLE }
  if (text === ';') return { refused: 'more than one statement', hint: WHOLE }
  if (text === ':' && next?.text === ':')
    return { refused: 'an expression cannot hold ::', hint: 'write CAST(… AS …)' }
  // The servers accept it and return 0 or 1, which nobody means who joins texts with it.
  if (text === '||')
    return { refused: '|| means OR here', hint: 'write CONCAT(…), or OR where that is meant' }
  return kind === 'other' || /^([:[\]{}]|:=)$/.test(text)
    ? { refused: `an expression cannot hold ${text}`, hint: WHOLE }
    : null
}

/** Reads operands and the operators between them. */
function value(cursor: Cursor): boolean {
  return operand(cursor) && operators(cursor)
}

function operators(cursor: Cursor): boolean {
  for (;;) {
    if (peek(cursor) === 'not' && /^(in|like|rlike|regexp|between)$/.test(peek(cursor, 1))) skip(cursor)
    const word = peek(cursor)
    const special = OPERATORS.get(word)
    if (!special && !INFIXES.has(word)) return true
    skip(cursor)
    if (!(special ? special(cursor) : operand(cursor, word === 'in'))) return false
  }
}

/** Operators with a syntax of their own after the first operand. */
const OPERATORS: ReadonlyMap<string, (cursor: Cursor) => boolean> = new Map([
  ['is', is],
  ['collate', (cursor) => needKind(cursor, 'word', 'name', 'text')],
  ['sounds', (cursor) => need(cursor, 'like') && operand(cursor)],
  ['member', (cursor) => need(cursor, 'of') && operand(cursor)],
  ['->', path],
  ['->>', path],
])

function is(cursor: Cursor): boolean {
  take(cursor, 'not')
  return take(cursor, 'null', 'true', 'false', 'unknown') || unexpected(cursor)
}

function path(cursor: Cursor): boolean {
  if (cursor.server === 'MySQL') return needKind(cursor, 'text')
  const hint = 'write JSON_EXTRACT(column, path), for a text within JSON_UNQUOTE(…)'
  return fail(cursor, 'MariaDB has no -> and no ->>', hint)
}

function operand(cursor: Cursor, list = false): boolean {
  while (PREFIXES.has(peek(cursor))) skip(cursor)
  const kind = kindAt(cursor)
  if (kind === undefined) return fail(cursor, 'the expression ends where a value is expected')
  if (kind === 'number') return skip(cursor)
  if (kind === 'text') return texts(cursor)
  return kind === 'symbol' ? group(cursor, list) : named(cursor)
}

/** Reads adjacent texts, which form one text. */
function texts(cursor: Cursor): boolean {
  for (; kindAt(cursor) === 'text'; skip(cursor)) {
    const written = cursor.words[cursor.at]?.text ?? ''
    const inside = written.slice(1, -1)
    if (!written.startsWith('"') || 'refused' in readable(inside, cursor.table)) continue
    return fail(cursor, `${written} is a text here, not the column`, `write the column as \`${inside}\``)
  }
  return true
}

function group(cursor: Cursor, list: boolean): boolean {
  if (peek(cursor) === '*') return fail(cursor, 'an expression cannot hold *', PARTS)
  if (!need(cursor, '(') || !value(cursor)) return false
  while (list && take(cursor, ',')) if (!value(cursor)) return false
  return peek(cursor) === ','
    ? fail(cursor, 'an expression cannot hold a row of several values', PARTS)
    : need(cursor, ')')
}

/** Reads what begins with a word or a name: a construct of the language, a literal, a function or a column. */
function named(cursor: Cursor): boolean {
  const next = peek(cursor, 1)
  const construct = kindAt(cursor) === 'word' ? constructs(cursor) : undefined
  if (construct) return construct(cursor)
  if (next === '(') return call(cursor, value)
  if (next === '.') return qualified(cursor)
  return column(cursor)
}

/** The construct that a bare word begins in this place, if it is a keyword here. */
function constructs(cursor: Cursor): ((cursor: Cursor) => boolean) | undefined {
  const word = peek(cursor)
  if (QUERY_WORDS.has(word)) return query
  if (word === 'case') return choice
  if (word === 'interval') return interval
  if (isLiteral(cursor)) return literal
  return CONSTANTS.has(word) && peek(cursor, 1) !== '(' ? skip : undefined
}

function query(cursor: Cursor): false {
  const values = peek(cursor) === 'values' && peek(cursor, 1) === '('
  return fail(cursor, `an expression cannot hold ${values ? 'values()' : 'a subquery'}`, PARTS)
}

/** `DATE '…'`, `N'…'`, `X'…'`, `_utf8mb4'…'`, `_latin1 X'…'`. */
function isLiteral(cursor: Cursor): boolean {
  const kind = kindAt(cursor, 1)
  if (/^(date|time|timestamp|n|x|b)$/.test(peek(cursor))) return kind === 'text'
  return /^_\w+$/.test(peek(cursor)) && (kind === 'text' || kind === 'number' || isHex(cursor, 1))
}

const isHex = (cursor: Cursor, ahead: number): boolean =>
  /^[xb]$/.test(peek(cursor, ahead)) && kindAt(cursor, ahead + 1) === 'text'

function literal(cursor: Cursor): boolean {
  skip(cursor)
  if (isHex(cursor, 0)) skip(cursor)
  return kindAt(cursor) === 'text' ? texts(cursor) : needKind(cursor, 'number')
}

function choice(cursor: Cursor): boolean {
  skip(cursor)
  if (peek(cursor) !== 'when' && !value(cursor)) return false
  do if (!(need(cursor, 'when') && value(cursor) && need(cursor, 'then') && value(cursor))) return false
  while (peek(cursor) === 'when')
  return (!take(cursor, 'else') || value(cursor)) && need(cursor, 'end')
}

/** `INTERVAL 1 DAY`. With several values in parentheses and no unit it is a function. */
function interval(cursor: Cursor): boolean {
  skip(cursor)
  const list = peek(cursor) === '('
  if (!operand(cursor, list) || !operators(cursor)) return false
  if (UNITS.has(peek(cursor))) return skip(cursor)
  return list || unexpected(cursor, 'the expression ends before its unit of time')
}

function qualified(cursor: Cursor): boolean {
  const names: string[] = []
  const first = cursor.at
  do {
    names.push(cursor.words[cursor.at]?.means ?? '')
    skip(cursor)
  } while (take(cursor, '.'))
  skip(cursor, -1)
  if (peek(cursor, 1) === '(') return call(cursor, value)
  if (peek(cursor) === '*') return fail(cursor, 'an expression cannot hold *', PARTS)
  const { schema, name } = cursor.table
  const owner = names.slice(0, -1).join('.')
  // Table names are case-sensitive when the server's file system is.
  if (owner === name) return column(cursor, first)
  // In a trigger the row is a derived table, which has no schema: error 1054 when the first row is written.
  const hint =
    owner === `${schema}.${name}`
      ? `write ${name}.${names.at(-1)}`
      : `an expression sees one row of ${name} and nothing else`
  return fail(cursor, `${names.join('.')} is not a column of ${name}`, hint)
}

/** Reads a column. `first`: the word with which its name begins, the table's name included. */
function column(cursor: Cursor, first = cursor.at): boolean {
  const last = cursor.words[cursor.at]
  const found = readable(last?.means ?? '', cursor.table)
  if ('refused' in found) return fail(cursor, found.refused, found.hint)
  cursor.places.push({ start: cursor.words[first]?.start ?? 0, end: last?.end ?? 0, column: found.name })
  return skip(cursor)
}
