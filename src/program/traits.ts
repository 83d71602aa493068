/** What a server can do. Data: it is part of a program, and a server without the same traits is not run on. */
export type Traits = {
  /** Several schema changes commit or vanish together. */
  readonly transactionalDdl: boolean
  /** Row triggers can keep two columns in step. */
  readonly triggers: boolean
  /** An index can be built while others write. */
  readonly concurrentIndexes: boolean
  /** With which defaults ADD COLUMN touches no row: `literal` leaves out expressions, also those that never change. */
  readonly instantDefault: 'constant' | 'literal' | 'none'
  /** DROP COLUMN touches no row. */
  readonly instantDrop: boolean
  /** CHECK and foreign key can be added without reading a row, and validated later. */
  readonly stagedConstraints: boolean
  /** NOT NULL itself can be added NOT VALID and validated later; without it a CHECK stands in. */
  readonly notNullNotValid: boolean
  /** A unique constraint is something beside its index. */
  readonly uniqueConstraints: boolean
  /** DROP COLUMN takes along every index and constraint that needs the column. */
  readonly dropsDependents: boolean
  /** `rename`: the old column gets another name and the sync follows in one transaction. `hide`: it leaves `*`. */
  readonly retires: 'rename' | 'hide'
  /** What decides the order of row triggers of the same event. */
  readonly triggerOrder: 'name' | 'creation'
  /** What a foreign key's ON DELETE or ON UPDATE does to a row sets off the row's triggers. */
  readonly cascadesFireTriggers: boolean
  /** A BEFORE trigger can give a required column its value in every kind of INSERT, `INSERT … SELECT` included. */
  readonly triggersFillRequired: boolean
  /** A default that is made from other columns is still there for a statement when a trigger comes before it. */
  readonly triggersKeepDefaults: boolean
  /** INSERT without names of columns may leave out the last ones. */
  readonly shortInserts: boolean
  /** A table without a key can be walked along by its blocks. */
  readonly blockRanges: boolean
  /** Replica lag and load can be asked for while a backfill runs. */
  readonly measuresPressure: boolean
  /** Old row versions that open transactions need are counted. */
  readonly countsHistory: boolean
  /** Whether the server knows which statements ran lately: all of them, some of them, or none. */
  readonly statementStatistics: 'all' | 'some' | 'none'
}

/** What a server of documents can do, and how it is built up. Data: part of a program. */
export type DocumentTraits = {
  readonly topology: 'standalone' | 'replica set' | 'sharded'
  /** Changes can be followed, which a sync by tailing needs. */
  readonly changeStreams: boolean
  /** A built index can be made unique step by step; otherwise it is built unique. */
  readonly stagedUnique: boolean
  /** An index can be hidden before it is dropped; `plain`: unless it is unique. */
  readonly hiddenIndexes: boolean | 'plain'
  /** How far members of the set are behind can be asked. */
  readonly measuresPressure: boolean
}
