/** The statement with its end, which must not stand inside a comment of the author's. */
export function ended(statement: string, end = ';'): string {
  const text = statement.trimEnd()
  const last = text.slice(text.lastIndexOf('\n') + 1)
  return last.includes('--') ? `${text}\n${end}` : `${text}${end}`
}

/** How many rows a batch by hand has, and how many blocks of a table without a key. */
export const ROWS = 1000
export const BLOCKS = 100
