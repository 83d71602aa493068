import type { Place } from '../../../program/column.ts'
import type { Table } from '../../../schema/snapshot.ts'
import type { Refusal } from '../../interface/refusal.ts'
import type { Token } from './tokens.ts'

/** How far an expression is read, and what was found. Once there is a `problem` nothing more is read. */
export type Cursor = {
  readonly words: readonly Token[]
  at: number
  problem: Refusal | null
  /** The columns it reads, with their places. */
  readonly places: Place[]
  /** Names of the functions it calls, without schema, in small letters. */
  readonly calls: Set<string>
  readonly table: Table
  readonly server: 'MySQL' | 'MariaDB'
}

/** Hints for a text that is not one expression, and for an expression with forbidden parts. */
export const WHOLE = 'write one expression over the columns of the row, as it would stand in a SELECT list'
export const PARTS = 'use only columns of the row, constants, operators and functions'

/** Ends the reading with an error. Every reading function returns whether it succeeded. */
export function fail(cursor: Cursor, refused: string, hint = WHOLE): false {
  cursor.problem ??= { refused, hint }
  cursor.at = cursor.words.length
  return false
}

/** The word at this place in small letters. Names and texts keep their quotes, so they never look like keywords. */
export const peek = (cursor: Cursor, ahead = 0): string =>
  cursor.words[cursor.at + ahead]?.text.toLowerCase() ?? ''

/** The kind of the word at this place; undefined at the end. */
export const kindAt = (cursor: Cursor, ahead = 0): Token['kind'] | undefined =>
  cursor.words[cursor.at + ahead]?.kind

/** Moves on by one or more words. */
export function skip(cursor: Cursor, words = 1): true {
  cursor.at += words
  return true
}

/** Moves on when one of these words is next. */
export const take = (cursor: Cursor, ...wanted: readonly string[]): boolean =>
  cursor.at < cursor.words.length && wanted.includes(peek(cursor)) && skip(cursor)

/** Moves on over this word, which must be next. */
export const need = (cursor: Cursor, ...wanted: readonly string[]): boolean =>
  take(cursor, ...wanted) ||
  unexpected(cursor, `the expression ends before its ${wanted.join(' or ').toUpperCase()}`)

/** Moves on over a word of one of these kinds, which must be next. */
export const needKind = (cursor: Cursor, ...kinds: readonly Token['kind'][]): boolean =>
  kinds.some((kind) => kind === kindAt(cursor)) ? skip(cursor) : unexpected(cursor)

/** Fails: the word at this place cannot follow. */
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
