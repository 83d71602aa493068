import type { Tool } from '../tool.ts'
import { script } from './shared.ts'

export const tsMigrateMongoose: Tool = {
  name: 'ts-migrate-mongoose',
  title: 'ts-migrate-mongoose',
  dialects: ['mongodb'],
  folder: 'migrations',
  stamp: 'milliseconds',
  path: script('-', true),
  template: 'ts-migrate-mongoose.js.hbs',
  back: 'migrate down -s <name>',
  run: 'npx migrate up -a true',
  notes: ['ts-migrate-mongoose takes no lock: let only one deployment migrate at a time'],
}
