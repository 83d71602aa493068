import type { Knex } from 'knex'

/**
 * The ledger's layout that this version of the tool reads and writes. Each entry of `MIGRATIONS` leads to the next
 * layout.
 */
export const LEDGER_VERSION = 4

/** The first layout that has all tables. */
export const ALL_TABLES = 2

/** The first layout in which a plan's row stores the end of its trail. */
export const ENDS = 4

/** Tables to create, each in one statement, because not every server can roll back several together. */
type Migration = readonly {
  readonly name: string
  /** Columns that identify the table as ours. Other software may have tables with these names. */
  readonly known: readonly string[]
  readonly columns: (table: Knex.CreateTableBuilder) => void
}[]

/** A text that can be part of a key. Some servers limit the length of those. */
const word = (table: Knex.CreateTableBuilder, name: string) => table.string(name, 190).notNullable()
/** JSON and sources, without a limit on their length. */
const long = (table: Knex.CreateTableBuilder, name: string) => table.text(name, 'longtext')
const moment = (table: Knex.CreateTableBuilder, name: string) => table.datetime(name, { precision: 6 })

const key = (table: Knex.CreateTableBuilder) => {
  word(table, 'plan')
  table.integer('run').notNullable()
}

/** Empty until a version that knows these columns writes an event. */
export const trailEnd = (table: Knex.TableBuilder) => {
  table.bigInteger('last_number')
  table.string('last_hash', 64)
}

export const MIGRATIONS: readonly Migration[] = [
  [
    {
      name: 'meta',
      known: ['version'],
      columns: (table) => {
        // Many servers insist on a key for every table.
        table.integer('version').notNullable().primary()
      },
    },
    {
      name: 'plans',
      known: ['epoch', 'fingerprint', 'program', 'pinned_at'],
      columns: (table) => {
        word(table, 'name').primary()
        table.integer('run').notNullable()
        table.string('state', 20).notNullable()
        table.string('phase', 20)
        table.bigInteger('epoch').notNullable()
        table.string('fingerprint', 64).notNullable()
        table.jsonb('program').notNullable()
        long(table, 'source').notNullable()
        table.jsonb('objects')
        table.jsonb('runner')
        moment(table, 'pinned_at').notNullable()
        moment(table, 'retired_at')
        trailEnd(table)
      },
    },
    {
      name: 'steps',
      known: ['plan', 'step', 'attempts'],
      columns: (table) => {
        key(table)
        word(table, 'step')
        table.string('state', 20).notNullable()
        table.integer('attempts').notNullable()
        moment(table, 'started_at')
        moment(table, 'finished_at')
        long(table, 'error')
        table.primary(['plan', 'run', 'step'])
      },
    },
    {
      name: 'slices',
      known: ['plan', 'cursor', 'batch_rows'],
      columns: (table) => {
        key(table)
        word(table, 'step')
        table.integer('number').notNullable()
        table.jsonb('upto')
        table.jsonb('cursor')
        table.string('state', 20).notNullable()
        table.bigInteger('walked').notNullable()
        table.bigInteger('written').notNullable()
        table.bigInteger('batches').notNullable()
        table.bigInteger('estimate').notNullable()
        table.double('rate').notNullable()
        table.integer('batch_rows').notNullable()
        moment(table, 'started_at').notNullable()
        moment(table, 'updated_at').notNullable()
        table.primary(['plan', 'run', 'step', 'number'])
      },
    },
    {
      name: 'checkpoints',
      known: ['plan', 'checkpoint', 'confirmed_by'],
      columns: (table) => {
        key(table)
        word(table, 'checkpoint')
        long(table, 'confirmed_by').notNullable()
        moment(table, 'confirmed_at').notNullable()
        long(table, 'evidence')
        long(table, 'note')
        table.primary(['plan', 'run', 'checkpoint'])
      },
    },
    {
      name: 'invariants',
      known: ['plan', 'holds', 'violations'],
      columns: (table) => {
        key(table)
        word(table, 'name')
        table.boolean('holds').notNullable()
        table.bigInteger('violations').notNullable()
        table.bigInteger('checked')
        table.jsonb('sample').notNullable()
        moment(table, 'checked_at').notNullable()
        table.primary(['plan', 'run', 'name'])
      },
    },
    {
      name: 'events',
      known: ['plan', 'previous', 'hash'],
      columns: (table) => {
        table.bigIncrements('number')
        key(table)
        table.bigInteger('epoch').notNullable()
        moment(table, 'at').notNullable()
        long(table, 'actor').notNullable()
        word(table, 'kind')
        table.jsonb('data').notNullable()
        table.string('previous', 64).notNullable()
        table.string('hash', 64).notNullable()
      },
    },
  ],
  [
    {
      name: 'controls',
      known: ['plan', 'paused', 'settings'],
      columns: (table) => {
        key(table)
        table.jsonb('paused')
        table.jsonb('settings')
        table.jsonb('waiting')
        table.primary(['plan', 'run'])
      },
    },
    {
      name: 'quarantine',
      known: ['plan', 'step', 'code'],
      columns: (table) => {
        key(table)
        word(table, 'step')
        table.integer('number').notNullable()
        long(table, 'key').notNullable()
        word(table, 'code')
        moment(table, 'at').notNullable()
        table.primary(['plan', 'run', 'step', 'number'])
      },
    },
    {
      name: 'claims',
      known: ['plan', 'runner', 'holder'],
      columns: (table) => {
        key(table)
        word(table, 'step')
        table.integer('number').notNullable()
        table.bigInteger('epoch').notNullable()
        table.bigInteger('runner').notNullable()
        table.jsonb('holder')
        table.primary(['plan', 'run', 'step', 'number'])
      },
    },
  ],
  // Layout of an earlier version: `meta` had no key, and its tables had the server's default engine.
  [],
  // Layout of an earlier version: `plans` did not store the end of the trail.
  [],
]

export const LEDGER_TABLES: readonly string[] = MIGRATIONS.flat().map(({ name }) => name)
