import type { Tool } from '../tool.ts'
import { SQL } from './shared.ts'

export const dbmate: Tool = {
  name: 'dbmate',
  title: 'dbmate',
  dialects: SQL,
  folder: 'db/migrations',
  stamp: 'seconds',
  path: ({ stamp, name }) => `${stamp}_${name}.sql`,
  template: 'dbmate.sql.hbs',
  oneCall: true,
  back: 'dbmate down',
  row: ({ stamp }) => ({ table: 'schema_migrations', key: { version: stamp }, more: {}, now: [] }),
  run: 'npx dbmate up',
  notes: [],
}
