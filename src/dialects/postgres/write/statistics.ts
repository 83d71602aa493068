import type { Writers } from '../../interface/language.ts'
import { statisticsAttributes } from '../language/attributes.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { lock } from './locks.ts'
import { statisticsIs } from './probes.ts'
import { together } from './together.ts'

/** Writers for extended statistics. */
export const statisticsWriters: Pick<Writers, 'create_statistics' | 'rename_statistics'> = {
  create_statistics: ({ table, schema, name: statistics, definition: text, target, comment, owner }) =>
    together({
      statements: [text, ...statisticsAttributes({ schema, name: statistics }, comment, target, owner)],
      undo: [`DROP STATISTICS IF EXISTS ${quoteTable({ schema, name: statistics })}`],
      probe: statisticsIs(schema, statistics),
      locks: [lock.shareUpdate(table, 'moment')],
    }),

  rename_statistics: ({ schema, from, to }) =>
    together({
      statements: [`ALTER STATISTICS ${quoteTable({ schema, name: from })} RENAME TO ${quote(to)}`],
      undo: [`ALTER STATISTICS ${quoteTable({ schema, name: to })} RENAME TO ${quote(from)}`],
      probe: statisticsIs(schema, to),
      locks: [],
    }),
}
