import type { Traits } from '../../program/traits.ts'
import { isMariadb } from './mariadb.ts'

/** The oldest servers that the tool runs on: invisible columns (MySQL), SKIP LOCKED and instant DROP COLUMN (MariaDB). */
export const OLDEST = { mysql: 80023, mariadb: 100600 } as const

/** From this version on MySQL drops a column without writing the table anew. Source: release notes of 8.0.29. */
const INSTANT_DROP = 80029

/**
 * What these servers can do, as measured on MySQL 9.7 and MariaDB 10.11. Every DDL statement commits; constraints are
 * never staged; the sync triggers stay valid because an old column is hidden, not renamed.
 */
export const traits =
  (dialect: string) =>
  (version: number): Traits => ({
    transactionalDdl: false,
    triggers: true,
    concurrentIndexes: true,
    // MariaDB keeps a constant expression like a literal; MySQL refuses ALGORITHM=INSTANT for it.
    instantDefault: isMariadb(dialect) ? 'constant' : 'literal',
    instantDrop: isMariadb(dialect) || version >= INSTANT_DROP,
    stagedConstraints: false,
    notNullNotValid: false,
    uniqueConstraints: false,
    dropsDependents: false,
    retires: 'hide',
    triggerOrder: 'creation',
    cascadesFireTriggers: false,
    // Measured: MariaDB checks INSERT … SELECT for columns that were left out before it runs BEFORE triggers.
    triggersFillRequired: !isMariadb(dialect),
    // Measured: with any BEFORE INSERT trigger MySQL 9.7 takes such a default for NULL, or 0, without a word.
    triggersKeepDefaults: isMariadb(dialect),
    shortInserts: false,
    blockRanges: false,
    measuresPressure: true,
    countsHistory: true,
    // MariaDB does not count statements that were prepared on the server.
    statementStatistics: isMariadb(dialect) ? 'some' : 'all',
  })
