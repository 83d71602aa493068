import type { KeptRows } from '../../../program/kinds/archive-action.ts'
import { eachRange, type FillByKey } from '../../../program/walk.ts'
import type { Written } from '../../../program/written.ts'
import { KEPT } from '../../relational/archive.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { archives } from './archive.ts'
import { byRange, markOf } from './ranges.ts'

const list = (names: readonly string[]): string => names.map(quote).join(', ')

/**
 * How a batch keeps what its rows had and got, and how they get it back. `due`: the condition for the rows of a batch. They
 * are locked while they are kept, and only rows that are kept are written.
 */
export function keptRows(
  keep: KeptRows,
  due: string,
): { readonly has: string } & Required<Pick<FillByKey, 'keep'> & Pick<Written, 'undoWalk' | 'losses'>> {
  const { table, archive, columns, written } = keep
  const { matches, asWritten, has, losses } = archives.rows
  const [from, into] = [quoteTable(table), quoteTable(archive)]
  const key = keep.key.map(({ name, type }) => ({ name, type }))
  const { along, range } = byRange(into, key)
  const both = list([...keep.key, ...columns].map(({ name }) => name))
  const old = (within: string) =>
    `INSERT INTO ${into} (${both}) SELECT ${both} FROM ${from} WHERE ${due} AND ${within} FOR NO KEY UPDATE NOWAIT ON CONFLICT (${list(keep.key.map(({ name }) => name))}) DO UPDATE SET ${columns.map(({ name }) => `${quote(name)} = EXCLUDED.${quote(name)}`).join(', ')}`
  const fresh = (within: string) =>
    `UPDATE ${into} AS ${KEPT} SET ${written.map(({ name, stored }) => `${quote(name)} = plan_row.${quote(stored)}`).join(', ')} FROM (SELECT ${both} FROM ${from} WHERE ${within}) AS plan_row WHERE ${matches(keep, 'plan_row')}`
  const back = (within: string) => [
    `UPDATE ${from} SET ${columns.map(({ name, stored }) => `${quote(stored)} = ${KEPT}.${quote(name)}`).join(', ')} FROM (SELECT * FROM ${into} WHERE ${within}) AS ${KEPT} WHERE ${matches(keep, from)} AND ${asWritten(keep, from)}`,
    `DELETE FROM ${into} WHERE ${within}`,
  ]
  return {
    has: has(keep),
    keep: {
      old: eachRange(range, old),
      new: eachRange(range, fresh),
    },
    undoWalk: {
      along,
      mark: markOf(''),
      undo: eachRange(range, back),
    },
    losses: losses(keep),
  }
}
