import type { Tool } from '../tool.ts'
import { SQL, script } from './shared.ts'

export const umzug: Tool = {
  name: 'umzug',
  title: 'Umzug',
  dialects: SQL,
  folder: 'migrations',
  stamp: 'seconds',
  path: script('_'),
  template: 'umzug.js.hbs',
  back: 'umzug.down()',
  row: ({ path }) => ({ table: 'SequelizeMeta', key: { name: path }, more: {}, now: [] }),
  run: 'node migrate.js up',
  notes: [
    'the context has to be a QueryInterface of Sequelize, or have a method query(sql) on one connection',
  ],
}
