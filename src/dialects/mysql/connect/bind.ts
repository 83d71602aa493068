import mysql from 'mysql2'
import { tokens } from '../language/tokens.ts'

type Piece = { readonly text: string; readonly parameter: number | null }

const known = new Map<string, readonly Piece[]>()

/** The statement with its values in place of the words `$1`, `$2`, …; each may occur several times. */
export function bind(statement: string, values: readonly unknown[]): string {
  const pieces = known.get(statement) ?? split(statement)
  known.set(statement, pieces)
  return pieces
    .map(({ text, parameter }) => (parameter === null ? text : mysql.escape(values[parameter - 1] as string)))
    .join('')
}

/** The statement with these words in place of `$1`, `$2`, …. */
export const named = (statement: string, words: readonly string[]): string =>
  split(statement)
    .map(({ text, parameter }) => (parameter === null ? text : (words[parameter - 1] ?? text)))
    .join('')

/** Whether the parameters are numbered. Knex writes question marks instead. */
export const isNumbered = (statement: string): boolean => /\$\d/.test(statement)

function split(statement: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const { kind, text, start, end } of tokens(statement)) {
    const number = kind === 'word' ? /^\$(\d+)$/.exec(text)?.[1] : undefined
    if (number === undefined) continue
    pieces.push({ text: statement.slice(from, start), parameter: null }, { text, parameter: Number(number) })
    from = end
  }
  return [...pieces, { text: statement.slice(from), parameter: null }]
}
