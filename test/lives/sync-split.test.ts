import { describeEachPostgres } from '../support/databases.ts'
import { splitName } from './cases/splits.ts'
import { splitSentences } from './sentences/split.ts'

const SEEDS = `INSERT INTO people (id, full_name) SELECT n, 'John Doe' FROM generate_series(1, 9) n`

const layouts = {
  'the old column second': ['CREATE TABLE people (id bigint PRIMARY KEY, full_name text, note text)', SEEDS],
  'the old column after a dropped one': [
    'CREATE TABLE people (note text, gone int, full_name text, id bigint PRIMARY KEY)',
    'ALTER TABLE people DROP COLUMN gone',
    SEEDS,
  ],
}
const intents = splitName.intents.replace(' required: true,', '')

const words = {
  upsert: (row: number, columns: string, values: string, change: string) =>
    `INSERT INTO people (id, ${columns}) VALUES (${row}, ${values}) ON CONFLICT (id) DO UPDATE SET ${change}`,
  excluded: (column: string) => `excluded.${column}`,
  appended: `full_name || ' ' || id % 2`,
  key: 'code',
  conflict: '23514',
  bulk: 'COPY',
}

describeEachPostgres('a split, kept in step', (server) => splitSentences(server, { layouts, intents, words }))
