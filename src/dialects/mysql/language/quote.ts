import { hashOf, unusableName } from '../../helper-name.ts'

/** Both servers refuse longer names (error 1059). An alias may be longer, but nothing here needs one. */
const NAME_CHARACTERS = 64
/** Characters that a helper name leaves free for suffixes: `_ins` fits, `_before_insert` would not. */
const SUFFIX = 6

/** Why this cannot be a name; null when it can. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'a name cannot be empty'
  // Only NUL is impossible, but a person could not tell the others apart in a report.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'a name cannot hold control characters'
  if (name.endsWith(' ')) return 'a name cannot end with a blank'
  // The catalogue is utf8mb3: MySQL stores a question mark for such a character, MariaDB refuses it (error 1300).
  if (/[\ud800-\udfff]/.test(name)) return 'a name cannot hold characters beyond U+FFFF, such as emoji'
  return name.length > NAME_CHARACTERS
    ? `a name can have ${NAME_CHARACTERS} characters, this one has ${name.length}`
    : null
}

/** Why this cannot be a column's name; null when it can. InnoDB refuses its own column names in any case (error 1166). */
export const columnNameProblem = (name: string): string | null =>
  /^(db_row_id|db_trx_id|db_roll_ptr|fts_doc_id)$/i.test(name)
    ? 'InnoDB keeps this name for a column of its own'
    : nameProblem(name)

/**
 * An identifier, always quoted. Backticks work with any setting of ANSI_QUOTES. Throws for a name that is impossible or
 * that a person could not read in a report.
 */
export function quote(name: string): string {
  const problem = nameProblem(name)
  if (problem) throw unusableName(name, problem)
  return `\`${name.replaceAll('`', '``')}\``
}

/** `` `schema`.`name` ``. */
export const quoteTable = (table: { readonly schema: string; readonly name: string }): string =>
  `${quote(table.schema)}.${quote(table.name)}`

/** Characters that would end a literal, or that a client, a log or a terminal might change. */
const ESCAPES: Readonly<Record<string, string>> = {
  "'": "''",
  '\\': '\\\\',
  '\0': '\\0',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\u001a': '\\Z',
}

/**
 * A string literal for our sessions, which use utf8mb4 and an sql_mode without NO_BACKSLASH_ESCAPES. A trigger keeps both
 * settings from its creation, so the literal means the same for every client.
 */
export const literal = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped.
  `'${text.replace(/['\\\0\u0008\t\n\r\u001a]/g, (found) => ESCAPES[found] ?? found)}'`

/** In the character set of literals, so that columns of several sets can be joined and every separator is found. */
export const unicode = (text: string): string => `CONVERT(${text} USING utf8mb4)`

/** A readable stem, then a hash of all parts, with room for a suffix. The same parts always give the same name. */
export function helperName(stem: string, ...parts: readonly string[]): string {
  const hash = hashOf(stem, parts)
  return `${stem.slice(0, NAME_CHARACTERS - SUFFIX - hash.length - 1)}_${hash}`
}
