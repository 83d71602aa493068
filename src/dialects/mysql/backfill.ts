import type { Action, FillGroup } from '../../program/action.ts'
import type { KeyColumn } from '../../program/refs.ts'
import type { Written } from '../../program/written.ts'
import { sameImage } from './equality.ts'
import { guards } from './guard.ts'
import { compareKey, keyAsText } from './key.ts'
import { lock } from './locks.ts'
import { literal, quote, quoteTable } from './quote.ts'

/**
 * One pass over key ranges, each one UPDATE of the whole range. Only empty targets are filled, so whatever anybody
 * wrote meanwhile stays, and a range that is done twice changes nothing the second time.
 *
 * Parameters: `end` none; `boundary_first` (rows, end…); `boundary` (rows, end…, cursor…);
 * `lock_first`, `batch_first` (to…); `lock`, `batch` (to…, cursor…). A batch has one statement for each group: within one
 * UPDATE these servers let a later assignment see what an earlier one wrote.
 */
export function fill({
  table,
  mark: { sync },
  key,
  index,
  keeps,
  others,
  groups,
}: Extract<Action, { do: 'fill' }>): Written {
  const name = quoteTable(table)
  // The optimizer may prefer another index, or none, by its estimates of the day.
  const from = index === null ? name : `${name} FORCE INDEX (${quote(index)})`
  const n = key.length
  // A batch that waits for somebody while it holds what it wrote could close a circle, and of the two transactions the
  // servers end the one that wrote less, which is the application's. Rows that OFFSET skips MySQL would let go again.
  const locking = (range: string) => `SELECT COUNT(*) FROM ${from} WHERE ${range} FOR UPDATE NOWAIT`
  const [first, next] = [
    compareKey(key, '<=', 1),
    `${compareKey(key, '<=', 1)} AND ${compareKey(key, '>', 1 + n)}`,
  ]
  const updates = groups.map(
    (group) => `UPDATE ${from} SET ${assignments(group, keeps)} WHERE ${empty(group)}`,
  )
  const due = `(${groups.map(empty).join(' OR ')})`
  const unfilled = `(${groups.map((group) => `(${empty(group)} AND ${fillable(group)})`).join(' OR ')})`
  const filled = groups.flatMap((group) => group.set.map(({ column }) => column))
  const kept = others.filter((column) => !filled.includes(column.name))
  const batch = (kind: string, range: string) =>
    Object.fromEntries(
      updates.map((update, position) => [
        position === 0 ? kind : `${kind}.${position}`,
        `${update} AND ${range}`,
      ]),
    )
  return {
    statements: [],
    undo: [],
    probe: null,
    transaction: 'none',
    locks: [lock.rows(table)],
    queries: {
      mark: `SET @plan_backfill = ${literal(sync)}`,
      ...span(key, from),
      ...boundaries(key, from, name),
      lock_first: locking(first),
      lock: locking(next),
      ...batch('batch_first', first),
      ...batch('batch', next),
      ...guards({ table, from, key, kept, due, unfilled }, { first, next }),
      // Rows that were moved along the key while the pass went by.
      remaining: `SELECT EXISTS (SELECT 1 FROM ${name} WHERE ${unfilled}) AS remaining`,
      estimate: `SELECT TABLE_ROWS AS \`rows\` FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${literal(table.schema)} AND TABLE_NAME = ${literal(table.name)}`,
    },
  }
}

/** The last key, and where a range ends. */
export function boundaries(key: readonly KeyColumn[], from: string, name: string) {
  // With the table's name: a bare one could be that of the text beside it.
  const order = key.map((column) => `${name}.${quote(column.name)}`).join(', ')
  const reverse = key.map((column) => `${name}.${quote(column.name)} DESC`).join(', ')
  const boundary = (after: string) =>
    `SELECT ${keyAsText(key)} FROM ${from} WHERE ${compareKey(key, '<=', 2)}${after} ORDER BY ${order} LIMIT $1, 1`
  return {
    end: `SELECT ${keyAsText(key)} FROM ${from} ORDER BY ${reverse} LIMIT 1`,
    boundary_first: boundary(''),
    boundary: boundary(` AND ${compareKey(key, '>', 2 + key.length)}`),
  }
}

/** The ends of a key of one whole number: what lies between is cut into equal parts without reading it. */
const span = (key: readonly KeyColumn[], from: string): Readonly<Record<string, string>> => {
  const [only] = key
  if (key.length !== 1 || !only || !/^(tiny|small|medium|big)?int/i.test(only.type)) return {}
  const column = quote(only.name)
  return {
    span: `SELECT CAST(MIN(${column}) AS CHAR) AS k0, CAST(MAX(${column}) AS CHAR) AS k1 FROM ${from}`,
  }
}

/** Empty targets whose source is not, or targets that are not what they are to be. */
function empty(group: FillGroup): string {
  if (group.differs)
    return `(${group.set.map(({ column, type, value }) => `NOT (${sameImage(quote(column), `(${value.sql})`, type)})`).join(' OR ')})`
  const targets = group.set.map(({ column }) => `${quote(column)} IS NULL`)
  const sources = group.from.map((column) => `${quote(column)} IS NOT NULL`).join(' OR ')
  return `(${[...targets, ...(sources ? [`(${sources})`] : [])].join(' AND ')})`
}

/** Whether filling would leave something: an expression may give NULL for a row, and then it stays empty. */
const fillable = (group: FillGroup): string =>
  group.differs || group.set.some(({ value }) => value.volatile)
    ? 'TRUE'
    : `(${group.set.map(({ value }) => `(${value.sql}) IS NOT NULL`).join(' OR ')})`

/** A column that the server sets by itself stays as it is when it is set to what it is. */
const assignments = (group: FillGroup, keeps: readonly string[]): string =>
  [
    ...group.set.map(({ column, value }) => `${quote(column)} = (${value.sql})`),
    ...keeps
      .filter((column) => !group.set.some((one) => one.column === column))
      .map((column) => `${quote(column)} = ${quote(column)}`),
  ].join(', ')
