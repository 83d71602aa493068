import type { Tool } from '../tool.ts'
import { SQL, script } from './shared.ts'

export const typeorm: Tool = {
  name: 'typeorm',
  title: 'TypeORM',
  dialects: SQL,
  folder: 'migrations',
  stamp: 'milliseconds',
  path: script('-', true),
  template: 'typeorm.js.hbs',
  back: 'typeorm migration:revert',
  row: ({ stamp, className }) => ({
    ...{ table: 'migrations', key: { name: className }, more: { timestamp: Number(stamp) }, now: [] },
  }),
  run: 'npx typeorm migration:run -d data-source.js -t each',
  notes: [
    "TypeORM refuses these files in its default mode: use -t each, or migrationsTransactionMode: 'each'",
  ],
}
