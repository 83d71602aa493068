import type { Tool } from '../tool.ts'
import { common, SQL } from './shared.ts'

export const sequelize: Tool = {
  name: 'sequelize',
  title: 'sequelize-cli',
  dialects: SQL,
  folder: 'migrations',
  stamp: 'seconds',
  path: common('-'),
  template: 'sequelize.js.hbs',
  back: 'sequelize-cli db:migrate:undo',
  row: ({ path }) => ({ table: 'SequelizeMeta', key: { name: path }, more: {}, now: [] }),
  run: 'npx sequelize-cli db:migrate',
  notes: ['sequelize-cli takes no lock: let only one deployment migrate at a time'],
}
