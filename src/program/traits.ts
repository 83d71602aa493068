/** What a server can do. The traits are part of a program; a program does not run on a server with other traits. */
export type Traits = {
  /** Several schema changes can share a transaction: all commit or none does. */
  readonly transactionalDdl: boolean
  /** Row triggers can keep two columns in step. */
  readonly triggers: boolean
  /** An index can be built while other sessions write. */
  readonly concurrentIndexes: boolean
  /** Defaults with which ADD COLUMN touches no row. `literal` excludes expressions, even constant ones. */
  readonly instantDefault: 'constant' | 'literal' | 'none'
  /** DROP COLUMN touches no row. */
  readonly instantDrop: boolean
  /** CHECK and foreign key can be added without reading a row and validated later. */
  readonly stagedConstraints: boolean
  /** NOT NULL can be added NOT VALID and validated later. Without this a CHECK takes its place. */
  readonly notNullNotValid: boolean
  /** A unique constraint is a separate object beside its index. */
  readonly uniqueConstraints: boolean
  /** DROP COLUMN also drops every index and constraint that needs the column. */
  readonly dropsDependents: boolean
  /**
   * How the old column is retired. `rename`: it is renamed, and the sync is adapted in the same transaction. `hide`:
   * it leaves `*`. `keep`: it stays as it is, because the plan refuses writes to it instead.
   */
  readonly retires: 'rename' | 'hide' | 'keep'
  /** What decides the order of row triggers of the same event. */
  readonly triggerOrder: 'name' | 'creation'
  /** Changes that a foreign key's ON DELETE or ON UPDATE makes to a row fire that row's triggers. */
  readonly cascadesFireTriggers: boolean
  /** A BEFORE trigger can give a required column its value in every kind of INSERT, also in `INSERT … SELECT`. */
  readonly triggersFillRequired: boolean
  /** A default that uses other columns still works in a statement when a trigger runs before it. */
  readonly triggersKeepDefaults: boolean
  /** INSERT without column names may leave out the last columns. */
  readonly shortInserts: boolean
  /** A table without a key can be walked by its blocks. */
  readonly blockRanges: boolean
  /** Replica lag and load can be measured while a backfill runs. */
  readonly measuresPressure: boolean
  /** The server counts the old row versions that open transactions still need. */
  readonly countsHistory: boolean
  /** Which recent statements the server remembers: all of them, some of them, or none. */
  readonly statementStatistics: 'all' | 'some' | 'none'
}

/** What a server of documents can do, and how it is arranged. The traits are part of a program. */
export type DocumentTraits = {
  readonly topology: 'standalone' | 'replica set' | 'sharded'
  /** Changes can be followed; a sync by tailing needs that. */
  readonly changeStreams: boolean
  /** A built index can be made unique step by step. Otherwise it is built unique at once. */
  readonly stagedUnique: boolean
  /** An index can be hidden before it is dropped. `plain`: only when it is not unique. */
  readonly hiddenIndexes: boolean | 'plain'
  /** The lag of the set's members can be measured. */
  readonly measuresPressure: boolean
}
