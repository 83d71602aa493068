import type { TableRef } from '../../../program/refs.ts'
import type { Lock } from '../../../program/written.ts'

/** Metadata locks as measured on MySQL 9.7 and MariaDB 10.11, in the servers' own words. */
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
