import type { Tool } from '../tool.ts'
import { bare, SQL, script } from './shared.ts'

export const kysely: Tool = {
  name: 'kysely',
  title: 'Kysely',
  dialects: SQL,
  folder: 'migrations',
  stamp: 'seconds',
  path: script('_', true),
  template: 'kysely.js.hbs',
  back: 'migrator.migrateDown()',
  row: ({ path }) => ({
    ...{ table: 'kysely_migration', key: { name: bare(path) } },
    ...{ more: { timestamp: new Date().toISOString() }, now: [] },
  }),
  run: 'npx kysely migrate:latest',
  notes: [],
}
