import type { Tool } from '../tool.ts'
import { bare, script } from './shared.ts'

export const nodePgMigrate: Tool = {
  name: 'node-pg-migrate',
  title: 'node-pg-migrate',
  dialects: ['postgres'],
  folder: 'migrations',
  stamp: 'milliseconds',
  path: script('_'),
  template: 'node-pg-migrate.js.hbs',
  back: 'node-pg-migrate down',
  row: ({ path }) => ({ table: 'pgmigrations', key: { name: bare(path) }, more: {}, now: ['run_on'] }),
  run: 'npx node-pg-migrate up',
  notes: [],
}
