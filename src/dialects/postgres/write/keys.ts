import type { Action, Filling } from '../../../program/action.ts'
import { eachRange } from '../../../program/walk.ts'
import type { Written } from '../../../program/written.ts'
import type { Writers } from '../../interface/language.ts'
import { keyTaken } from '../../relational/keys.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { fill } from '../walk/backfill.ts'
import { byRange, markOf } from '../walk/ranges.ts'
import { lock } from './locks.ts'
import { lost } from './losses.ts'

type Kinds = 'reserve_key' | 'retire_key' | 'strip_key'

/** Steps that change nothing in the catalogue. */
const nothing = { run: 'statements', statements: [], undo: [], repeatable: true } as const
const PROBE = 'SELECT false AS done'

/** How a key of documents gets another name: see `language/json-keys.ts`. */
export const keyWriters: Pick<Writers, Kinds> = {
  reserve_key: ({ table, key, named, keys }) => {
    const { column, type, from, to, texts } = keys
    const rows = quoteTable(table)
    const { along, range } = byRange(rows, key)
    const undo = (within: string) =>
      `UPDATE ${rows} SET ${quote(column)} = ${texts.withoutNew} WHERE ${texts.taken} AND ${within}`
    return {
      ...nothing,
      probe: PROBE,
      transaction: 'autocommit',
      locks: [lock.accessShare(table, 'scan')],
      undoWalk: { along, mark: markOf(''), undo: eachRange(range, (within) => [undo(within)]) },
      losses: [
        lost(`values of the key ${to} in ${column} that ${from} does not have`, {
          ...{ table, key: named, columns: [{ column, type }], where: texts.apart },
        }),
      ],
      requires: keyTaken(table, keys, rows),
    }
  },
  retire_key: () => ({ ...nothing, probe: PROBE, transaction: 'step', locks: [] }),
  strip_key: (action) => stripped(action),
}

const stripped = ({ do: _, ...filling }: Extract<Action, { do: 'strip_key' }>): Written =>
  fill({ do: 'fill', ...(filling satisfies Filling) })
