import type { Action } from '../../../program/action.ts'
import type { KeptColumn } from '../../../program/kinds/archive-action.ts'
import { eachRange } from '../../../program/walk.ts'
import type { Written } from '../../../program/written.ts'
import type { Writers } from '../../interface/language.ts'
import { archiveBy, columnsIn } from '../../relational/archive.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { ddl } from '../write/ddl.ts'
import { lock } from '../write/locks.ts'
import { lossQuery, lost } from '../write/losses.ts'
import { tableIs } from '../write/probes.ts'
import { sameImage } from './equality.ts'
import { keyAsText } from './key.ts'
import { sameAs } from './once.ts'
import { byKey, compareKeyRanges, estimateOf, locking } from './ranges.ts'

export const archives = archiveBy({
  ...{ quote, quoteTable, sameImage, same: sameAs, lost, keyAsText },
  isNull: (value) => `${value} IS NULL`,
  any: 'SELECT 1',
  query: lossQuery,
  limit: '$1',
})

const defined = ({ name, type, collation }: KeptColumn, empty: string): string =>
  `${quote(name)} ${type}${collation === null ? '' : ` COLLATE ${collation}`} ${empty}`

/** Old values are kept in a table beside those of the ledger. */
export const archiveWriters: Pick<Writers, 'create_archive' | 'copy_to_archive'> = {
  create_archive: (action) => {
    const { archive, key, columns, written = [] } = action
    const all = [
      ...key.map((one) => defined(one, 'NOT NULL')),
      ...[...columns, ...written].map((one) => defined(one, 'NULL DEFAULT NULL')),
      `PRIMARY KEY (${key.map(({ name }) => quote(name)).join(', ')})`,
    ]
    return {
      ...ddl({
        statement: `CREATE TABLE ${quoteTable(archive)} (${all.join(', ')}) ENGINE=InnoDB`,
        undo: `DROP TABLE IF EXISTS ${quoteTable(archive)}`,
        is: tableIs(archive, 'TRUE'),
        // Nobody else knows the table yet.
        locks: [],
      }),
      ...archives.told(action),
    }
  },
  copy_to_archive: copy,
}

/** One pass along the key. A range that is copied again overwrites what differs by then. */
function copy(action: Extract<Action, { do: 'copy_to_archive' }>): Written {
  const { table, archive, index, columns } = action
  const name = quoteTable(table)
  const from = index === null ? name : `${name} FORCE INDEX (${quote(index)})`
  const key = action.key.map(({ stored, type }) => ({ name: stored, type }))
  const all = columnsIn(action)
  const batch = (range: string) =>
    `INSERT INTO ${quoteTable(archive)} (${all.map((one) => quote(one.name)).join(', ')}) SELECT ${all.map(({ stored }) => `${name}.${quote(stored)}`).join(', ')} FROM ${from} WHERE ${range} ON DUPLICATE KEY UPDATE ${columns.map((one) => `${quoteTable(archive)}.${quote(one.name)} = ${name}.${quote(one.stored)}`).join(', ')}`
  const range = compareKeyRanges(key)
  const texts = { first: batch(range.first), next: batch(range.next) }
  return {
    run: 'fill',
    undo: [],
    locks: [lock.rows(table)],
    mark: 'DO 0',
    along: byKey(key, from, name),
    // Rows that somebody else holds are not waited for while the batch holds others.
    lock: eachRange(range, (within) => locking(from, within)),
    batch: { first: [texts.first], next: [texts.next] },
    // No trigger of others fires on the archive.
    triggers: "SELECT '' AS name, '' AS `function`, FALSE AS early FROM DUAL WHERE FALSE",
    guard: { by: 'images', before: texts, after: texts },
    remaining: 'SELECT FALSE AS remaining',
    estimate: estimateOf(table),
  }
}
