import type { ByKey, FillByKey, Ranged } from '../../program/walk.ts'
import type { Script } from '../interface/script.ts'

/** What the script files for SQL have in common. */
export const SQL: Pick<Script, 'extension' | 'comment' | 'repeats' | 'abridged'> = {
  extension: 'sql',
  comment: '--',
  repeats: true,
  abridged: ([first = '']) => `${first} …;`,
}

/** The statement with its end, which must not stand inside a comment of the author's. */
export function ended(statement: string, end = ';'): string {
  const text = statement.trimEnd()
  const last = text.slice(text.lastIndexOf('\n') + 1)
  return last.includes('--') ? `${text}\n${end}` : `${text}${end}`
}

/** The columns `k0`, `k1`, … in which the walk's queries give a key. */
export const keyColumns = ({ end }: ByKey): string[] =>
  [...end.matchAll(/ AS (k\d+)/g)].map(([, name = '']) => name)

/** The statements of a batch, in order. */
export const inBatch = ({ keep, batch }: Pick<FillByKey, 'keep' | 'batch'>): Ranged<readonly string[]> => ({
  first: [...(keep ? [keep.old.first] : []), ...batch.first, ...(keep ? [keep.new.first] : [])],
  next: [...(keep ? [keep.old.next] : []), ...batch.next, ...(keep ? [keep.new.next] : [])],
})

/** How many rows a batch by hand has, and how many blocks of a table without a key. */
export const ROWS = 1000
export const BLOCKS = 100
