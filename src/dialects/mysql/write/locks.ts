import type { TableRef } from '../../../program/refs.ts'
import type { Lock, Written } from '../../../program/written.ts'
import type { Snapshot } from '../../../schema/snapshot.ts'
import { isMariadb } from '../connect/mariadb.ts'

/** Metadata locks in the servers' own words; `test/dialects/mysql/measured.test.ts` measures them. */
export const lock = {
  /** Only the catalogue changes. Sessions that come meanwhile wait. */
  exclusive: (table: TableRef): Lock => ({
    on: name(table),
    mode: 'EXCLUSIVE metadata lock',
    blocks: 'reads and writes',
    during: 'moment',
  }),
  /** LOCK=NONE: everybody can read and write. The exclusive lock is needed for a moment at the beginning and the end. */
  online: (table: TableRef, during: 'build' | 'rewrite'): Lock => ({
    on: name(table),
    mode: 'SHARED UPGRADABLE metadata lock',
    blocks: 'other schema changes',
    during,
  }),
  read: (table: TableRef, during: Lock['during']): Lock => ({
    on: name(table),
    mode: 'SHARED READ metadata lock',
    blocks: 'other schema changes',
    during,
  }),
  rows: (table: TableRef): Lock => ({
    on: name(table),
    mode: 'row locks',
    blocks: 'the rows of one batch',
    during: 'batch',
  }),
}

const name = (table: TableRef): string => `${table.schema}.${table.name}`

/**
 * Measured on 9.7: whatever ALTER TABLE changes, MySQL locks every table that refers to the changed one by a foreign key.
 * MariaDB does not.
 */
export const lockingOthers =
  (dialect: string) =>
  (written: Written, { tables }: Pick<Snapshot, 'tables'>): Written => {
    const [first] = written.locks
    if (isMariadb(dialect) || written.run !== 'statements' || !first) return written
    if (!written.statements.some((statement) => statement.startsWith('ALTER TABLE'))) return written
    const known = new Set(written.locks.map(({ on }) => on))
    const referring = tables
      .filter((table) => name(table) === first.on)
      .flatMap(({ referencedBy }) => referencedBy)
      .map(({ from }) => ({ schema: from.schema, name: from.table }))
      .filter((table) => !known.has(name(table)))
    const locks = [...new Map(referring.map((table) => [name(table), table])).values()].map((table) => ({
      ...lock.exclusive(table),
      table,
    }))
    return { ...written, locks: [...written.locks, ...locks] }
  }
