import { hashOf, unusableName } from '../helper-name.ts'

/** Both servers refuse longer names (error 1059); an alias may be longer, but nothing here needs one. */
const NAME_CHARACTERS = 64
/** What a helper name leaves free, for names made of it: `_before_insert` would be too much, `_ins` is not. */
const SUFFIX = 6

/** Why this cannot be a name, or null. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'a name cannot be empty'
  // Only NUL is impossible; but no person could tell the others apart in a report.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'a name cannot hold control characters'
  if (name.endsWith(' ')) return 'a name cannot end with a blank'
  // The catalogue is utf8mb3: MySQL stores a question mark for such a character, MariaDB refuses it (error 1300).
  if (/[\ud800-\udfff]/.test(name)) return 'a name cannot hold characters beyond U+FFFF, such as emoji'
  return name.length > NAME_CHARACTERS
    ? `a name can have ${NAME_CHARACTERS} characters, this one has ${name.length}`
    : null
}

/** Why this cannot be the name of a column, or null. InnoDB refuses its own names in any case (error 1166). */
export const columnNameProblem = (name: string): string | null =>
  /^(db_row_id|db_trx_id|db_roll_ptr|fts_doc_id)$/i.test(name)
    ? 'InnoDB keeps this name for a column of its own'
    : nameProblem(name)

/**
 * An identifier, always quoted: backticks mean the same whatever ANSI_QUOTES says. Throws on what cannot be one, and on what no
 * person could read in a report.
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
 * A string literal for a session whose character set is utf8mb4 and whose sql_mode is without NO_BACKSLASH_ESCAPES: ours.
 * Triggers keep that reading, whoever fires them, because the server stores both settings with them.
 */
export const literal = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped.
  `'${text.replace(/['\\\0\u0008\t\n\r\u001a]/g, (found) => ESCAPES[found] ?? found)}'`

/** Readable stem, then a hash of all parts, with room for a suffix. The same parts always give the same name. */
export function helperName(stem: string, ...parts: readonly string[]): string {
  const hash = hashOf(stem, parts)
  return `${stem.slice(0, NAME_CHARACTERS - SUFFIX - hash.length - 1)}_${hash}`
}
