import type { Traits } from '../../program/traits.ts'
import { isMariadb } from './connect/mariadb.ts'

/** The oldest supported servers: invisible columns (MySQL), SKIP LOCKED and instant DROP COLUMN (MariaDB). */
export const OLDEST = { mysql: 80023, mariadb: 100600 } as const

/** From this version on MySQL drops a column without rewriting the table. Source: release notes of 8.0.29. */
const INSTANT_DROP = 80029

/**
 * What these servers can do, as measured on MySQL 9.7 and MariaDB 10.11. Every DDL statement commits. Constraints are
 * never staged. The sync triggers stay valid because an old column is hidden, not renamed.
 */
export const traits =
  (dialect: string) =>
  (version: number): Traits => ({
    transactionalDdl: false,
    triggers: true,
    concurrentIndexes: true,
    // MariaDB stores a constant expression like a literal. MySQL refuses ALGORITHM=INSTANT for it.
    instantDefault: isMariadb(dialect) ? 'constant' : 'literal',
    instantDrop: isMariadb(dialect) || version >= INSTANT_DROP,
    stagedConstraints: false,
    notNullNotValid: false,
    uniqueConstraints: false,
    dropsDependents: false,
    retires: 'hide',
    triggerOrder: 'creation',
    cascadesFireTriggers: false,
    // Measured: for INSERT … SELECT MariaDB checks left-out columns before it runs BEFORE triggers.
    triggersFillRequired: !isMariadb(dialect),
    // Measured: with any BEFORE INSERT trigger MySQL 9.7 silently takes such a default for NULL or 0.
    triggersKeepDefaults: isMariadb(dialect),
    shortInserts: false,
    blockRanges: false,
    measuresPressure: true,
    countsHistory: true,
    // MariaDB does not count statements that are prepared on the server.
    statementStatistics: isMariadb(dialect) ? 'some' : 'all',
  })
