import type { TableRef } from '../../../program/refs.ts'
import type { Swap, Sync } from '../../../program/sync.ts'
import type { Writers } from '../../interface/language.ts'
import { isMariadb } from '../connect/mariadb.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { ddl, modified, ways } from './ddl.ts'
import { lock } from './locks.ts'
import { columnIs, done } from './probes.ts'
import { firstParts, isSealed, lastParts } from './sync.ts'

const alter = (table: TableRef) => `ALTER TABLE ${quoteTable(table)}`

/** All columns with such a name, each with the type that it has then. */
const lent = ({ groups }: Sync): readonly { readonly name: string; readonly type: string }[] =>
  groups.flatMap((group) =>
    group.kind === 'pair' && group.swap
      ? group.down.map(({ type }) => ({ name: group.swap?.tombstone ?? '', type }))
      : [],
  )

/**
 * How columns change names: in one statement, which changes only the catalogue. The triggers know both orders from the
 * start, so there is no moment without them, whenever the runner or the server dies.
 */
export const swapWriters = (
  dialect: string,
  dropping: (column: string) => string,
): Pick<Writers, 'swap_columns' | 'alter_type' | 'reserve_names' | 'release_names'> => {
  const { instant, online } = ways(dialect)
  const hidden = isMariadb(dialect) ? ' INVISIBLE' : ' /*!80023 INVISIBLE */'
  const drop = ({ table }: Sync, columns: ReturnType<typeof lent>): string =>
    `${alter(table)} ${columns.map(({ name }) => `DROP COLUMN ${quote(name)}`).join(', ')}, ${dropping(columns[0]?.name ?? '')}`
  const there = ({ table }: Sync, columns: ReturnType<typeof lent>): string =>
    columnIs(table, columns[0]?.name ?? '')
  const triggers = (sync: Sync): string =>
    [...lastParts, ...firstParts(sync)].map((part) => isSealed(sync, part)).join(' AND ')
  return {
    swap_columns: ({ table, swaps }) =>
      ddl({
        statement: `${alter(table)} ${renames(swaps, forth)}, ${online}`,
        undo: `${alter(table)} ${renames(swaps, back)}, ${online}`,
        is: columnIs(table, swaps[0]?.tombstone ?? ''),
        locks: [lock.exclusive(table)],
      }),

    // A server that would copy the table, or build it anew, refuses.
    alter_type: ({ table, column, from, definition, collation }) =>
      ddl({
        statement: `${alter(table)} MODIFY COLUMN ${quote(column)} ${modified(definition ?? '')}, ${online}`,
        undo: null,
        is: columnIs(
          table,
          column,
          `(COLUMN_TYPE <> ${literal(from)}${collation === undefined ? '' : ` OR COLLATION_NAME <> ${literal(collation)}`})`,
        ),
        locks: [lock.exclusive(table)],
      }),

    reserve_names: ({ sync }) => {
      const columns = lent(sync)
      const added = columns.map(({ name, type }) => `ADD COLUMN ${quote(name)} ${type} NULL${hidden}`)
      return {
        ...ddl({
          statement: `${alter(sync.table)} ${added.join(', ')}, ${instant}`,
          undo: drop(sync, columns),
          is: there(sync, columns),
          locks: [lock.exclusive(sync.table)],
        }),
        probe: done(`(${there(sync, columns)} OR ${triggers(sync)})`),
      }
    },

    release_names: ({ sync }) => {
      const columns = lent(sync)
      return ddl({
        statement: drop(sync, columns),
        undo: null,
        is: `NOT ${there(sync, columns)}`,
        locks: [lock.exclusive(sync.table)],
      })
    },
  }
}

type Order = (swap: Swap) => readonly (readonly [from: string, to: string])[]

const forth: Order = ({ name, shadow, tombstone }) => [
  [name, tombstone],
  [shadow, name],
]
const back: Order = ({ name, shadow, tombstone }) => [
  [name, shadow],
  [tombstone, name],
]

const renames = (swaps: readonly Swap[], order: Order): string =>
  swaps
    .flatMap(order)
    .map(([from, to]) => `RENAME COLUMN ${quote(from)} TO ${quote(to)}`)
    .join(', ')
