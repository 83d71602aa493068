import type { Place } from '../../program/column.ts'
import type { Table } from '../../schema/snapshot.ts'
import type { Refusal } from '../interface/refusal.ts'
import type { Token } from './tokens.ts'

/** How far an expression is read, and what was found. With a `problem` nothing more is read. */
export type Cursor = {
  readonly words: readonly Token[]
  at: number
  problem: Refusal | null
  /** The columns it reads, where they stand. */
  readonly places: Place[]
  /** Names of the functions it calls, without schema, in small letters. */
  readonly calls: Set<string>
  readonly table: Table
  readonly server: 'MySQL' | 'MariaDB'
}

/** Hints for an expression that is not one, and for one that holds what it cannot. */
export const WHOLE = 'write one expression over the columns of the row, as it would stand in a SELECT list'
export const PARTS = 'use only columns of the row, constants, operators and functions'

/** Ends the reading: there is nothing behind the last word. All that reads tells whether it went well. */
export function fail(cursor: Cursor, refused: string, hint = WHOLE): false {
  cursor.problem ??= { refused, hint }
  cursor.at = cursor.words.length
  return false
}

/** The word at this place in small letters; names and texts keep their quotes, so they are never taken for words. */
export const peek = (cursor: Cursor, ahead = 0): string =>
  cursor.words[cursor.at + ahead]?.text.toLowerCase() ?? ''

/** What the word at this place is; undefined at the end. */
export const kindAt = (cursor: Cursor, ahead = 0): Token['kind'] | undefined =>
  cursor.words[cursor.at + ahead]?.kind

/** Goes on by one word, or several. */
export function skip(cursor: Cursor, words = 1): true {
  cursor.at += words
  return true
}

/** Goes on when one of these words is next. */
export const take = (cursor: Cursor, ...wanted: readonly string[]): boolean =>
  cursor.at < cursor.words.length && wanted.includes(peek(cursor)) && skip(cursor)

/** Goes on over this word, which has to be next. */
export const need = (cursor: Cursor, ...wanted: readonly string[]): boolean =>
  take(cursor, ...wanted) ||
  unexpected(cursor, `the expression ends before its ${wanted.join(' or ').toUpperCase()}`)

/** Goes on over a word of one of these kinds, which has to be next. */
export const needKind = (cursor: Cursor, ...kinds: readonly Token['kind'][]): boolean =>
  kinds.some((kind) => kind === kindAt(cursor)) ? skip(cursor) : unexpected(cursor)

/** Nothing can go on with the word at this place. */
export function unexpected(cursor: Cursor, ended = 'the expression ends too early'): false {
  const token = cursor.words[cursor.at]
  if (!token) return fail(cursor, ended)
  const word = peek(cursor)
  if (word === ',') return fail(cursor, 'more than one expression')
  if (word === ')') return fail(cursor, 'there is a ) too many, or a value is missing before it')
  if (word === 'over') return fail(cursor, 'an expression cannot hold a window function', PARTS)
  if (word === 'as' || token.kind === 'name') return fail(cursor, 'an expression cannot have an alias')
  if (CLAUSES.test(word)) return fail(cursor, 'not a single expression')
  return fail(cursor, `cannot read ${token.text} at this place`, `${WHOLE}, and without an alias`)
}

const CLAUSES = /^(from|where|into|limit|order|group|having|union|for|lock|procedure)$/
