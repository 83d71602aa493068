import type { Tool } from '../tool.ts'
import { SQL, script } from './shared.ts'

export const kysely: Tool = {
  name: 'kysely',
  title: 'Kysely',
  dialects: SQL,
  folder: 'migrations',
  stamp: 'seconds',
  path: script('_', true),
  template: 'kysely.js.hbs',
  back: 'migrator.migrateDown()',
  run: 'npx kysely migrate:latest',
  notes: [],
}
