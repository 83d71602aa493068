import { clean } from '../text/words.ts'

/** Wraps a text into lines of at most `width` characters. A longer word gets a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of clean(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && size(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}

/** Puts `first` before the first line, and as many blanks before the others. */
export function hang(first: string, text: string, width: number): string[] {
  const indent = ' '.repeat(size(first))
  const lines = wrap(text, Math.max(20, width - size(first)))
  return lines.map((line, index) => `${index === 0 ? first : indent}${line}`)
}

/** Rows as aligned columns, two blanks apart, without blanks at line ends. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => size(row[column] ?? ''))))
  return rows.map((row) =>
    row
      .map((text, column) => pad(text, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** The text, filled up with blanks to a width. */
export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - size(text)))

/** A full-width line with a text in it: `── text ─────`. */
export const ruler = (text: string, width: number, stroke = '─'): string => {
  const start = `${stroke}${stroke} ${text} `
  return start + stroke.repeat(Math.max(2, width - size(start)))
}

/** The number of characters, not of UTF-16 units. */
export const size = (text: string): number => [...text].length

/** The terminal's colours and width. */
export type Look = { readonly color: boolean; readonly width: number }

/** Blocks with an empty line between them. */
export const paragraphs = (blocks: readonly (readonly string[])[]): string =>
  `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
