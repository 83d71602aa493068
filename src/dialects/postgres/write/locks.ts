import type { TableRef } from '../../../program/refs.ts'
import type { Lock } from '../../../program/written.ts'

/** Locks in the server's own words; `test/dialects/postgres/measured.test.ts` measures them. */
export const lock = {
  exclusive: (table: TableRef): Lock => ({
    on: name(table),
    mode: 'ACCESS EXCLUSIVE',
    blocks: 'reads and writes',
    during: 'moment',
  }),
  shareRowExclusive: (table: TableRef): Lock => ({
    on: name(table),
    mode: 'SHARE ROW EXCLUSIVE',
    blocks: 'writes',
    during: 'moment',
  }),
  shareUpdate: (table: TableRef, during: Lock['during']): Lock => ({
    on: name(table),
    mode: 'SHARE UPDATE EXCLUSIVE',
    blocks: 'other schema changes',
    during,
  }),
  accessShare: (table: TableRef, during: Lock['during']): Lock => ({
    on: name(table),
    mode: 'ACCESS SHARE',
    blocks: 'nothing',
    during,
  }),
  rowShare: (table: TableRef): Lock => ({
    on: name(table),
    mode: 'ROW SHARE',
    blocks: 'nothing',
    during: 'scan',
  }),
}
const name = (table: TableRef): string => `${table.schema}.${table.name}`
