import type { Tool } from '../tool.ts'
import { SQL, script } from './shared.ts'

export const knex: Tool = {
  name: 'knex',
  title: 'Knex',
  dialects: SQL,
  folder: 'migrations',
  stamp: 'seconds',
  path: script('_'),
  template: 'knex.js.hbs',
  // Knex takes a question mark for a place of a value, also where no values are given.
  escaped: (statement) => statement.replaceAll('?', '\\?'),
  back: 'knex migrate:down',
  row: ({ path }) => ({
    ...{ table: 'knex_migrations', key: { name: path }, more: {} },
    ...{ now: ['migration_time'], batch: 'batch' },
  }),
  run: 'npx knex migrate:latest',
  notes: [],
}
