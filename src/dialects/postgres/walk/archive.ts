import type { Action } from '../../../program/action.ts'
import type { KeptColumn } from '../../../program/kinds/archive-action.ts'
import type { Written } from '../../../program/written.ts'
import type { Writers } from '../../interface/language.ts'
import { archiveBy, columnsIn } from '../../relational/archive.ts'
import { isNull, sameImage } from '../language/equality.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { lock } from '../write/locks.ts'
import { lossQuery, lost } from '../write/losses.ts'
import { relationIs } from '../write/probes.ts'
import { keyAsText } from './key.ts'
import { sameAs } from './once.ts'
import { byRange, estimateOf } from './ranges.ts'

export const archives = archiveBy({
  ...{ quote, quoteTable, sameImage, same: sameAs, isNull, lost, keyAsText },
  any: 'SELECT',
  query: lossQuery,
  limit: '$1::bigint',
})

const defined = ({ name, type, collation }: KeptColumn): string =>
  `${quote(name)} ${type}${collation === null ? '' : ` COLLATE ${collation}`}`

/** Old values are kept in a table of the ledger's schema, which nobody can read who may not read the ledger. */
export const archiveWriters: Pick<Writers, 'create_archive' | 'copy_to_archive'> = {
  create_archive: (action) => {
    const { archive, key } = action
    return {
      run: 'statements',
      statements: [
        `CREATE TABLE ${quoteTable(archive)} (${[...columnsIn(action).map(defined), `PRIMARY KEY (${key.map(({ name }) => quote(name)).join(', ')})`].join(', ')})`,
      ],
      undo: [`DROP TABLE IF EXISTS ${quoteTable(archive)}`],
      probe: relationIs(archive.schema, archive.name),
      transaction: 'step',
      // Nobody else knows the table yet.
      locks: [],
      ...archives.told(action),
    }
  },
  copy_to_archive: copy,
}

/** One pass along the key. A range that is copied again overwrites only what differs by then. */
function copy(action: Extract<Action, { do: 'copy_to_archive' }>): Written {
  const { table, archive, key, columns } = action
  const from = quoteTable(table)
  const { along, range } = byRange(
    from,
    key.map(({ stored, type }) => ({ name: stored, type })),
  )
  const all = columnsIn(action)
  const into = all.map(({ name }) => quote(name)).join(', ')
  const out = all.map(({ stored }) => `${from}.${quote(stored)}`).join(', ')
  const differs = columns
    .map(
      ({ name, type }) => `NOT (${sameImage(`plan_kept.${quote(name)}`, `EXCLUDED.${quote(name)}`, type)})`,
    )
    .join(' OR ')
  const batch = (rows: string) =>
    `INSERT INTO ${quoteTable(archive)} AS plan_kept (${into}) SELECT ${out} FROM ${from} WHERE ${rows} ON CONFLICT (${key.map(({ name }) => quote(name)).join(', ')}) DO UPDATE SET ${columns.map(({ name }) => `${quote(name)} = EXCLUDED.${quote(name)}`).join(', ')} WHERE ${differs}`
  const texts = { first: batch(range.first), next: batch(range.next) }
  return {
    run: 'fill',
    undo: [],
    locks: [lock.accessShare(table, 'batch')],
    mark: `SELECT pg_catalog.set_config('lock_timeout', '100ms', true)`,
    along,
    batch: { first: [texts.first], next: [texts.next] },
    // No trigger of others fires on the archive.
    triggers: `SELECT '' AS name, '' AS function, false AS early WHERE false`,
    guard: { by: 'statement', guarded: texts, left: texts },
    remaining: 'SELECT false AS remaining',
    estimate: estimateOf(from),
  }
}
