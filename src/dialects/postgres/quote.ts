import { hashedName, unusableName } from '../helper-name.ts'

/** PostgreSQL cuts longer names silently, in bytes of UTF-8 (NAMEDATALEN - 1), and then they collide. */
const NAME_BYTES = 63

/** Why this cannot be a name, or null. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'a name cannot be empty'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'a name cannot hold control characters'
  const bytes = Buffer.byteLength(name)
  return bytes > NAME_BYTES ? `a name can have ${NAME_BYTES} bytes, this one has ${bytes}` : null
}

/** Why this cannot be the name of a column, or null. Every table has columns of these names already (pg_attribute, attnum < 0). */
export const columnNameProblem = (name: string): string | null =>
  /^(tableoid|xmin|cmin|xmax|cmax|ctid)$/.test(name)
    ? 'PostgreSQL keeps this name for a system column of every table'
    : nameProblem(name)

/** An identifier, always quoted. Throws on what cannot be one, and on what no person could read in a report. */
export function quote(name: string): string {
  const problem = nameProblem(name)
  if (problem) throw unusableName(name, problem)
  return `"${name.replaceAll('"', '""')}"`
}

/** `"schema"."name"`. */
export const quoteTable = (table: { readonly schema: string; readonly name: string }): string =>
  `${quote(table.schema)}.${quote(table.name)}`

/** A string literal that means the same whatever standard_conforming_strings says. */
export function literal(text: string): string {
  if (text.includes('\0')) throw new Error('text for PostgreSQL cannot hold NUL')
  const body = text.replaceAll("'", "''")
  return text.includes('\\') ? `E'${body.replaceAll('\\', '\\\\')}'` : `'${body}'`
}

/** Dollar quotes around a body, with a tag that the body does not hold. */
export function dollarQuote(body: string): string {
  let tag = '$plan$'
  for (let n = 1; body.includes(tag); n++) tag = `$plan${n}$`
  return `${tag}\n${body}\n${tag}`
}

/** Readable stem, then a hash of all parts, within the limit. The same parts always give the same name. */
export const helperName = (stem: string, ...parts: readonly string[]): string =>
  hashedName(stem, parts, NAME_BYTES)
