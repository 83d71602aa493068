import type { Tool } from '../tool.ts'
import { script } from './shared.ts'

export const nodePgMigrate: Tool = {
  name: 'node-pg-migrate',
  title: 'node-pg-migrate',
  dialects: ['postgres'],
  folder: 'migrations',
  stamp: 'milliseconds',
  path: script('_'),
  template: 'node-pg-migrate.js.hbs',
  back: 'node-pg-migrate down',
  run: 'npx node-pg-migrate up',
  notes: [],
}
