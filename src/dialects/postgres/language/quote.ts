import { hashedName, unusableName } from '../../helper-name.ts'

/** PostgreSQL silently cuts longer names, counted in bytes of UTF-8 (NAMEDATALEN - 1), and cut names collide. */
const NAME_BYTES = 63

/** Why this cannot be a name; null when it can. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'a name cannot be empty'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'a name cannot hold control characters'
  const bytes = Buffer.byteLength(name)
  return bytes > NAME_BYTES ? `a name can have ${NAME_BYTES} bytes, this one has ${bytes}` : null
}

/**
 * Why this cannot be a column's name; null when it can. Every table already has system columns of some names
 * (pg_attribute, attnum < 0).
 */
export const columnNameProblem = (name: string): string | null =>
  /^(tableoid|xmin|cmin|xmax|cmax|ctid)$/.test(name)
    ? 'PostgreSQL keeps this name for a system column of every table'
    : nameProblem(name)

/** An identifier, always quoted. Throws for a name that is impossible or that a person could not read in a report. */
export function quote(name: string): string {
  const problem = nameProblem(name)
  if (problem) throw unusableName(name, problem)
  return `"${name.replaceAll('"', '""')}"`
}

/** `"schema"."name"`. */
export const quoteTable = (table: { readonly schema: string; readonly name: string }): string =>
  `${quote(table.schema)}.${quote(table.name)}`

/** A string literal with the same meaning for both settings of standard_conforming_strings. */
export function literal(text: string): string {
  if (text.includes('\0')) throw new Error('text for PostgreSQL cannot hold NUL')
  const body = text.replaceAll("'", "''")
  return text.includes('\\') ? `E'${body.replaceAll('\\', '\\\\')}'` : `'${body}'`
}

/** A function's body on lines of its own, in dollar quotes. */
export const dollarQuote = (body: string): string => inDollars(`\n${body}\n`, 'plan')

/** Dollar quotes around a text, with a tag that the text does not contain. */
export function inDollars(text: string, stem: string): string {
  let tag = `$${stem}$`
  for (let n = 1; text.includes(tag); n++) tag = `$${stem}${n}$`
  return `${tag}${text}${tag}`
}

/** A readable stem, then a hash of all parts, within the limit. The same parts always give the same name. */
export const helperName = (stem: string, ...parts: readonly string[]): string =>
  hashedName(stem, parts, NAME_BYTES)
