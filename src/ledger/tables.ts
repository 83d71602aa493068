import type { Knex } from 'knex'

/** The layout that this version of the tool reads and writes. Each entry of `MIGRATIONS` leads to the next one. */
export const LEDGER_VERSION = 1

type Migration = (schema: Knex.SchemaBuilder) => Knex.SchemaBuilder

const key = (table: Knex.CreateTableBuilder) => {
  table.text('plan').notNullable()
  table.integer('run').notNullable()
}

export const MIGRATIONS: readonly Migration[] = [
  (schema) =>
    schema
      .createTable('meta', (table) => {
        table.integer('version').notNullable()
      })
      .createTable('plans', (table) => {
        table.text('name').primary()
        table.integer('run').notNullable()
        table.text('state').notNullable()
        table.text('phase')
        table.bigInteger('epoch').notNullable()
        table.text('fingerprint').notNullable()
        table.jsonb('program').notNullable()
        table.text('source').notNullable()
        table.jsonb('objects')
        table.jsonb('runner')
        table.timestamp('pinned_at').notNullable()
        table.timestamp('retired_at')
      })
      .createTable('steps', (table) => {
        key(table)
        table.text('step').notNullable()
        table.text('state').notNullable()
        table.integer('attempts').notNullable()
        table.timestamp('started_at')
        table.timestamp('finished_at')
        table.text('error')
        table.primary(['plan', 'run', 'step'])
      })
      .createTable('slices', (table) => {
        key(table)
        table.text('step').notNullable()
        table.integer('number').notNullable()
        table.jsonb('upto')
        table.jsonb('cursor')
        table.text('state').notNullable()
        table.bigInteger('walked').notNullable()
        table.bigInteger('written').notNullable()
        table.bigInteger('batches').notNullable()
        table.bigInteger('estimate').notNullable()
        table.double('rate').notNullable()
        table.integer('batch_rows').notNullable()
        table.timestamp('started_at').notNullable()
        table.timestamp('updated_at').notNullable()
        table.primary(['plan', 'run', 'step', 'number'])
      })
      .createTable('checkpoints', (table) => {
        key(table)
        table.text('checkpoint').notNullable()
        table.text('confirmed_by').notNullable()
        table.timestamp('confirmed_at').notNullable()
        table.text('evidence')
        table.text('note')
        table.primary(['plan', 'run', 'checkpoint'])
      })
      .createTable('invariants', (table) => {
        key(table)
        table.text('name').notNullable()
        table.boolean('holds').notNullable()
        table.bigInteger('violations').notNullable()
        table.bigInteger('checked')
        table.jsonb('sample').notNullable()
        table.timestamp('checked_at').notNullable()
        table.primary(['plan', 'run', 'name'])
      })
      .createTable('events', (table) => {
        table.bigIncrements('number')
        key(table)
        table.bigInteger('epoch').notNullable()
        table.timestamp('at').notNullable()
        table.text('actor').notNullable()
        table.text('kind').notNullable()
        table.jsonb('data').notNullable()
        table.text('previous').notNullable()
        table.text('hash').notNullable()
        table.index(['plan', 'number'], 'events_plan')
      }),
]
