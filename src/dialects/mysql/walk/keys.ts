import type { Action, Filling } from '../../../program/action.ts'
import { eachRange } from '../../../program/walk.ts'
import type { Written } from '../../../program/written.ts'
import type { Writers } from '../../interface/language.ts'
import { keyTaken } from '../../relational/keys.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { lock } from '../write/locks.ts'
import { lost } from '../write/losses.ts'
import { fill } from './backfill.ts'
import { byKey, compareKeyRanges, locking } from './ranges.ts'

/** Steps that change nothing in the catalogue. */
const nothing = {
  run: 'statements',
  statements: [],
  undo: [],
  repeatable: true,
  probe: 'SELECT FALSE AS done',
  transaction: 'autocommit',
} as const

/** How a key of documents gets another name: see `json-keys.ts`. */
export const keyWriters: Pick<Writers, 'reserve_key' | 'retire_key' | 'strip_key'> = {
  reserve_key: (action) => {
    const { table, key, index, keeps, keys, named } = action
    const { column, type, from: old, to, texts } = keys
    const name = quoteTable(table)
    const from = index === null ? name : `${name} FORCE INDEX (${quote(index)})`
    const range = compareKeyRanges(key)
    const set = [
      `${quote(column)} = ${texts.withoutNew}`,
      ...keeps.filter((one) => one !== column).map((one) => `${quote(one)} = ${quote(one)}`),
    ].join(', ')
    const undo = (within: string) => [`UPDATE ${from} SET ${set} WHERE ${texts.taken} AND ${within}`]
    return {
      ...nothing,
      locks: [lock.read(table, 'scan')],
      undoWalk: {
        along: byKey(key, from, name),
        mark: `SET @plan_backfill = NULL`,
        lock: eachRange(range, (within) => locking(from, within)),
        undo: eachRange(range, undo),
      },
      losses: [
        lost(`values of the key ${to} in ${column} that ${old} does not have`, {
          ...{ table, key: named, columns: [{ column, type }], where: texts.apart },
        }),
      ],
      requires: keyTaken(table, keys, name),
    }
  },
  retire_key: () => ({ ...nothing, locks: [] }),
  strip_key: (action) => stripped(action),
}

const stripped = ({ do: _, ...filling }: Extract<Action, { do: 'strip_key' }>): Written =>
  fill({ do: 'fill', ...(filling satisfies Filling) })
