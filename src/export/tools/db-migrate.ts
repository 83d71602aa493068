import type { Tool } from '../tool.ts'
import { bare, SQL, script } from './shared.ts'

export const dbMigrate: Tool = {
  name: 'db-migrate',
  title: 'db-migrate',
  dialects: SQL,
  folder: 'migrations',
  stamp: 'seconds',
  path: script('-'),
  template: 'db-migrate.js.hbs',
  back: 'db-migrate down',
  row: ({ path }) => ({
    ...{ table: 'migrations', key: { name: `/${bare(path)}` }, more: {}, now: ['run_on'] },
  }),
  run: 'npx db-migrate up',
  notes: ['db-migrate takes no lock: let only one deployment migrate at a time'],
}
