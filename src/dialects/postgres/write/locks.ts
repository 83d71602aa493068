import type { TableRef } from '../../../program/refs.ts'
import type { Lock } from '../../../program/written.ts'

/** Locks as measured on 15 and 18, in the server's own words. */
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
  rowShare: (table: TableRef): Lock => ({
    on: name(table),
    mode: 'ROW SHARE',
    blocks: 'nothing',
    during: 'scan',
  }),
}
const name = (table: TableRef): string => `${table.schema}.${table.name}`
