import type { Tool } from '../tool.ts'
import { script } from './shared.ts'

export const migrateMongo: Tool = {
  name: 'migrate-mongo',
  title: 'migrate-mongo',
  dialects: ['mongodb'],
  folder: 'migrations',
  stamp: 'seconds',
  path: script('-', true),
  template: 'migrate-mongo.js.hbs',
  back: 'migrate-mongo down',
  run: 'npx migrate-mongo up',
  notes: [
    'its lock is off until lockTtl is set: set it, or let only one deployment migrate at a time',
    'the driver in the project has to be mongodb 5 or later',
  ],
}
