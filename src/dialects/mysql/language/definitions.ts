import { quote } from './quote.ts'
import { type Token, tokens } from './tokens.ts'

/** On both servers column names ignore case; accents count. */
export const sameColumn = (a: string, b: string): boolean => folded(a) === folded(b)

/** The name without case and accents, as utf8mb3_general_ci compares names of columns. */
export const folded = (name: string): string => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/**
 * The server's own definition with one column's name replaced. The server prints every name in backticks except
 * functions, types and keywords, so only such names are considered. In a key or foreign key only its own columns, in a
 * check or after a column's name all. A definition that this cannot read is an error.
 */
export function renameColumn(definition: string, from: string, to: string): string {
  const words = readable(definition)
  const [first, last] = columnRange(words, definition)
  return splice(
    definition,
    words.filter(
      (token, i) => i >= first && i <= last && isColumn(words, i) && sameColumn(token.means, from),
    ),
    quote(to),
  )
}

/** The definition of an index with another name. */
export function renameObject(definition: string, to: string): string {
  const words = readable(definition)
  const name = words.findIndex(({ kind }) => kind === 'name')
  const key = words.findIndex(({ text }) => text === 'KEY')
  const token = words[name]
  if (token === undefined || name !== key + 1)
    throw new Error(`not a definition that can be renamed: ${definition}`)
  return splice(definition, [token], quote(to))
}

/** A column's definition with another comment, as a literal; null for none. */
export function withComment(definition: string, comment: string | null): string {
  const words = readable(definition)
  const at = words.findIndex(({ kind, text }) => kind === 'word' && text === 'COMMENT')
  const [first, last] = [words[at], words[at + 1]]
  const bare =
    first && last ? `${definition.slice(0, first.start).trimEnd()}${definition.slice(last.end)}` : definition
  return comment === null ? bare : `${bare} COMMENT ${comment}`
}

/** The columns that an expression names, in the order of `columns`. */
export function columnsIn(sql: string, columns: readonly string[]): string[] {
  const words = tokens(sql)
  const found = new Set(words.filter((_, i) => isColumn(words, i)).map(({ means }) => means.toLowerCase()))
  return columns.filter((column) => found.has(column.toLowerCase()))
}

/** Neither server qualifies a column in a definition; a qualified name is a sequence. */
const isColumn = (words: readonly Token[], at: number): boolean =>
  words[at]?.kind === 'name' && words[at - 1]?.text !== '.' && words[at + 1]?.text !== '.'

function readable(definition: string): readonly Token[] {
  const words = tokens(definition)
  if (words.some(({ kind }) => kind === 'other'))
    throw new Error(`cannot read this definition: ${definition}`)
  return words
}

/** The first and last word between which the table's own columns can be named. */
function columnRange(words: readonly Token[], definition: string): [first: number, last: number] {
  if (!/^(PRIMARY|UNIQUE|FULLTEXT|SPATIAL|VECTOR|KEY|FOREIGN)$/.test(words[0]?.text ?? ''))
    return [0, words.length - 1]
  const open = words.findIndex(({ text }) => text === '(')
  const close = closing(words, open)
  if (open < 0 || close < 0) throw new Error(`cannot read this definition: ${definition}`)
  return [open, close]
}

/** The index of the parenthesis that closes this one; -1 when there is none. */
export function closing(words: readonly Token[], open: number): number {
  let depth = 0
  for (let i = open; i < words.length; i++) {
    if (words[i]?.text === '(') depth++
    if (words[i]?.text === ')' && --depth === 0) return i
  }
  return -1
}

function splice(text: string, places: readonly Token[], by: string): string {
  let result = ''
  let at = 0
  for (const { start, end } of places) {
    result += text.slice(at, start) + by
    at = end
  }
  return result + text.slice(at)
}
