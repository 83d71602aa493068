import type { KeptRows } from '../../../program/kinds/archive-action.ts'
import { eachRange, type FillByKey } from '../../../program/walk.ts'
import type { Written } from '../../../program/written.ts'
import { KEPT } from '../../relational/archive.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { archives } from './archive.ts'
import { byKey, compareKeyRanges, locking } from './ranges.ts'

const list = (names: readonly string[]): string => names.map(quote).join(', ')

type Batch = {
  /** The table, with the index that a batch goes along. */
  readonly from: string
  /** The condition for the rows of a batch. */
  readonly due: string
  /** Columns that the server sets with every UPDATE that does not name them. */
  readonly keeps: readonly string[]
}

/**
 * How a batch keeps what its rows had and got, and how they get it back. Rows are locked while they are kept, and only rows
 * that are kept are written.
 */
export function keptRows(
  keep: KeptRows,
  { from, due, keeps }: Batch,
): { readonly has: string } & Required<Pick<FillByKey, 'keep'> & Pick<Written, 'undoWalk' | 'losses'>> {
  const { table, archive, columns, written } = keep
  const { matches, asWritten, has, losses } = archives.rows
  const [name, into] = [quoteTable(table), quoteTable(archive)]
  const key = keep.key.map((one) => ({ name: one.name, type: one.type }))
  const range = compareKeyRanges(key)
  const both = list([...keep.key, ...columns].map((one) => one.name))
  const old = (within: string) =>
    `INSERT INTO ${into} (${both}) SELECT ${both} FROM ${from} WHERE ${due} AND ${within} FOR UPDATE NOWAIT ON DUPLICATE KEY UPDATE ${columns.map((one) => `${into}.${quote(one.name)} = ${name}.${quote(one.stored)}`).join(', ')}`
  const fresh = (within: string) =>
    `UPDATE ${into} ${KEPT} JOIN (SELECT ${both} FROM ${from} WHERE ${within}) plan_row ON ${matches(keep, 'plan_row')} SET ${written.map((one) => `${KEPT}.${quote(one.name)} = plan_row.${quote(one.stored)}`).join(', ')}`
  const restored = columns.map((one) => `${name}.${quote(one.stored)} = ${KEPT}.${quote(one.name)}`)
  const same = keeps
    .filter((column) => !columns.some(({ stored }) => stored === column))
    .map((column) => `${name}.${quote(column)} = ${name}.${quote(column)}`)
  const back = (within: string) => [
    `UPDATE ${name} JOIN (SELECT * FROM ${into} WHERE ${within}) ${KEPT} ON ${matches(keep, name)} SET ${[...restored, ...same].join(', ')} WHERE ${asWritten(keep, name)}`,
    `DELETE FROM ${into} WHERE ${within}`,
  ]
  return {
    has: has(keep),
    keep: { old: eachRange(range, old), new: eachRange(range, fresh) },
    undoWalk: {
      along: byKey(key, into, into),
      mark: 'SET @plan_backfill = NULL',
      lock: eachRange(range, (within) => locking(from, within)),
      undo: eachRange(range, back),
    },
    losses: losses(keep),
  }
}
