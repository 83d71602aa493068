import { clean } from '../text/words.ts'

/** Words of a text on lines of at most `width` characters; a longer word has a line of its own. */
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

/** `first` in front of the first line, blanks of the same size in front of the others. */
export function hang(first: string, text: string, width: number): string[] {
  const indent = ' '.repeat(size(first))
  const lines = wrap(text, Math.max(20, width - size(first)))
  return lines.map((line, index) => `${index === 0 ? first : indent}${line}`)
}

/** Rows as aligned columns, two blanks apart, without blanks at the end of a line. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => size(row[column] ?? ''))))
  return rows.map((row) =>
    row
      .map((text, column) => pad(text, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** The text with blanks up to a width. */
export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - size(text)))

/** A full-width line that carries a text: `── text ─────`. */
export const ruler = (text: string, width: number, stroke = '─'): string => {
  const start = `${stroke}${stroke} ${text} `
  return start + stroke.repeat(Math.max(2, width - size(start)))
}

/** Characters, not UTF-16 units. */
export const size = (text: string): number => [...text].length
