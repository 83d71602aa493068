import type { TableRef } from '../../../program/refs.ts'
import { type Token, tokens } from '../language/tokens.ts'
import { RESERVED, SPELLINGS } from './digest-words.ts'

/** How a statement uses some columns of a table: by name, or by taking all columns. */
export type Reading = { readonly names: boolean; readonly star: boolean }

const NOTHING: Reading = { names: false, star: false }

/** Statements that only change or show the schema. A prepared statement's own text comes after PREPARE or EXECUTE. */
const IDLE =
  /^(alter|drop|truncate|rename|show|describe|desc|explain|analyze|optimize|check|checksum|repair|lock|unlock|grant|revoke|flush|use|help|create)$/i

/**
 * Reads a DIGEST_TEXT from performance_schema. Values are `?`. Names are in backticks, but a name that is an unreserved
 * keyword is bare and in upper case. `database`: that of the connection, where unqualified names are looked up.
 */
export function readDigest(
  text: string,
  database: string | null,
  table: TableRef,
  columns: readonly string[],
): Reading {
  const words = statement(text)
  if (isIdle(words)) return NOTHING
  const places = words.flatMap((_, at) => (isTable(words, at, table, database) ? [at] : []))
  if (places.length === 0) return NOTHING
  return {
    names: columns.some((column) => words.some((_, at) => isColumn(words, at, column))),
    star: takesAll(words, places) || words.some((_, at) => isStarOf(words, at, places)),
  }
}

function statement(text: string): Token[] {
  const words = tokens(text).filter(({ kind }) => kind !== 'comment')
  return /^(prepare|execute)$/i.test(words[0]?.text ?? '') ? words.slice(1) : words
}

/** CREATE TABLE … SELECT reads the table; other CREATE statements do not. */
const isIdle = (words: readonly Token[]): boolean =>
  IDLE.test(words[0]?.text ?? '') &&
  !(is(words[0], 'create') && words.slice(1, 5).some((word) => is(word, 'table')) && has(words, 'select'))

const is = (token: Token | undefined, word: string): boolean =>
  token?.kind === 'word' && token.text.toLowerCase() === word
const has = (words: readonly Token[], word: string): boolean => words.some((token) => is(token, word))

/** Whether the token is this name. It may be bare, unless the word needs backticks as a name. */
const isName = (token: Token | undefined, name: string): boolean =>
  token !== undefined &&
  token.means.toLowerCase() === name.toLowerCase() &&
  (token.kind === 'name' || (token.kind === 'word' && !RESERVED.has(name.toLowerCase())))

function isTable(words: readonly Token[], at: number, table: TableRef, database: string | null): boolean {
  if (!isName(words[at], table.name)) return false
  return words[at - 1]?.text === '.'
    ? isName(words[at - 2], table.schema)
    : database?.toLowerCase() === table.schema.toLowerCase()
}

/** A bare word before a parenthesis is a function: `DATE (`. */
const isColumn = (words: readonly Token[], at: number, column: string): boolean =>
  isName(words[at], column) &&
  (words[at]?.kind === 'name' || words[at - 1]?.text === '.' || words[at + 1]?.text !== '(')

/** What can follow a star that means all columns. After a star that multiplies comes a value. */
const BEHIND_STAR = /^(,|\)|from|into|union|except|intersect|limit|order|where|for)$/i
const ENDS_FROM = /^(where|group|having|order|limit|union|except|intersect|window|for|set|on duplicate)$/i

function isStarOf(words: readonly Token[], at: number, places: readonly number[]): boolean {
  const [before, star, after] = [words[at - 1], words[at], words[at + 1]]
  if (star?.text !== '*' || before?.text === '(') return false
  if (after && !BEHIND_STAR.test(after.text)) return false
  if (before?.text === '.') return places.some((place) => isCalled(words, place, words[at - 2]))
  const end = endOfFrom(words, at)
  return places.some((place) => place > at && place < end)
}

/** The table under its own name or its alias. */
function isCalled(words: readonly Token[], place: number, name: Token | undefined): boolean {
  if (!name) return false
  const alias = is(words[place + 1], 'as') ? words[place + 2] : words[place + 1]
  return isName(name, words[place]?.means ?? '') || (alias !== undefined && isName(name, alias.means))
}

/** The end of the FROM clause in the SELECT that has this star. */
function endOfFrom(words: readonly Token[], star: number): number {
  let depth = 0
  for (let at = star; at < words.length; at++) {
    const text = words[at]?.text ?? ''
    if (text === '(') depth++
    if (text === ')' && --depth < 0) return at
    if (depth === 0 && words[at]?.kind === 'word' && ENDS_FROM.test(text)) return at
  }
  return words.length
}

/** INSERT, REPLACE and LOAD without a column list, TABLE t, HANDLER t READ. */
function takesAll(words: readonly Token[], [place = 0]: readonly number[]): boolean {
  const before = words.slice(0, place)
  const listed =
    words[place + 1]?.text === '(' && !/^(select|with|table|values)$/i.test(words[place + 2]?.text ?? '')
  if (is(words[0], 'insert') || is(words[0], 'replace'))
    return (
      !before.some(({ text }) => text === '(' || /^(select|from|values)$/i.test(text)) &&
      !listed &&
      !is(words[place + 1], 'set')
    )
  if (is(words[0], 'load')) return !words.slice(place).some(({ text }) => text === '(')
  return is(words[0], 'handler') || before.some((word, at) => is(word, 'table') && at >= place - 3)
}

/**
 * Whether the server may have cut the text, which it does not mark (measured on MySQL 9.7 and MariaDB 10.11). It stores
 * two bytes for a word or sign, two more plus its bytes for a name, and stops before the first one without room.
 */
export function mayBeCut(text: string, limit: number): boolean {
  const words = tokens(text.replace(/\(\.\.\.\)|\?, \.\.\./g, '?'))
  const kept = words.reduce(
    (sum, { kind, means }) => sum + (kind === 'name' ? 4 + Buffer.byteLength(means) : 2),
    0,
  )
  return kept + LONGEST_NAME > limit
}

/** The bytes of a name with 64 letters. */
const LONGEST_NAME = 4 + 64

/** Whether the missing part of a cut text may name this table. After the target of an INSERT of values nothing follows. */
export function mayConcern(text: string, database: string | null, table: TableRef): boolean {
  const words = statement(text)
  if (isIdle(words)) return false
  if (words.some((_, at) => isTable(words, at, table, database))) return true
  const writes = is(words[0], 'insert') || is(words[0], 'replace')
  return database?.toLowerCase() === table.schema.toLowerCase() && !(writes && !has(words, 'select'))
}

/** The words of a statement without values, spelled as the servers do: the same for a text and its digest. */
export function skeleton(text: string): string[] {
  return tokens(text).flatMap(({ kind, means }) => {
    const word = means.toLowerCase()
    if (kind === 'name') return [word]
    if (kind !== 'word' || DROPPED.test(word)) return []
    return [SPELLINGS.get(word) ?? word]
  })
}

/** Values with their character sets, and numbered parameters. */
const DROPPED = /^(null|true|false|\$\d+|_\w+|n)$/

/** Whether this digest belongs to that statement. A digest's text may end early. */
export const sameSkeleton = (digest: readonly string[], own: readonly string[], cut: boolean): boolean =>
  (cut ? digest.length <= own.length : digest.length === own.length) &&
  digest.every((word, at) => word === own[at])
