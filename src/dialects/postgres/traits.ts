import type { Traits } from '../../program/traits.ts'

/** The oldest supported server, as server_version_num. */
export const OLDEST = 140000

/** What a PostgreSQL server can do. Sources: release notes of 11 (fast defaults) and 18 (NOT NULL NOT VALID). */
export const traits = (version: number): Traits => ({
  transactionalDdl: true,
  triggers: true,
  concurrentIndexes: true,
  instantDefault: version >= 110000 ? 'constant' : 'none',
  instantDrop: true,
  stagedConstraints: true,
  notNullNotValid: version >= 180000,
  uniqueConstraints: true,
  dropsDependents: true,
  retires: 'rename',
  triggerOrder: 'name',
  cascadesFireTriggers: true,
  triggersFillRequired: true,
  triggersKeepDefaults: true,
  shortInserts: true,
  // TID range scans came with 14.
  blockRanges: version >= 140000,
  measuresPressure: true,
  // Old versions stay in the tables until a vacuum; the server does not count how many are still needed.
  countsHistory: false,
  statementStatistics: 'none',
})
