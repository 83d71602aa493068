import type { Knex } from 'knex'

/** The layout that this version of the tool reads and writes. Each entry of `MIGRATIONS` leads to the next one. */
export const LEDGER_VERSION = 2

/** Tables to make, each in one statement: not every server takes back several of them together. */
type Migration = readonly {
  readonly name: string
  readonly columns: (table: Knex.CreateTableBuilder) => void
}[]

/** A text that can be part of a key, which some servers allow only up to a length. */
const word = (table: Knex.CreateTableBuilder, name: string) => table.string(name, 190).notNullable()
/** JSON and sources: as long as they are. */
const long = (table: Knex.CreateTableBuilder, name: string) => table.text(name, 'longtext')
const moment = (table: Knex.CreateTableBuilder, name: string) => table.datetime(name, { precision: 6 })

const key = (table: Knex.CreateTableBuilder) => {
  word(table, 'plan')
  table.integer('run').notNullable()
}

export const MIGRATIONS: readonly Migration[] = [
  [
    {
      name: 'meta',
      columns: (table) => {
        table.integer('version').notNullable()
      },
    },
    {
      name: 'plans',
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
      },
    },
    {
      name: 'steps',
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
]
