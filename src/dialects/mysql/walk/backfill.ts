import type { Action, FillGroup } from '../../../program/action.ts'
import type { KeyColumn } from '../../../program/refs.ts'
import { eachRange, type FillByKey } from '../../../program/walk.ts'
import type { Written } from '../../../program/written.ts'
import { tableOf } from '../../relational/marks.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { lock } from '../write/locks.ts'
import { asRead, besideComputed, computed, computingTexts, ofMarks } from './computing.ts'
import { sameImage } from './equality.ts'
import { guards } from './guard.ts'
import { keptRows } from './kept-rows.ts'
import { once } from './once.ts'
import { byKey, compareKeyRanges, estimateOf, locking } from './ranges.ts'

/**
 * One pass over key ranges, each written by one UPDATE. Only empty targets are filled, so what anybody wrote meanwhile
 * stays, and repeating a range changes nothing.
 * A batch has one statement for each group: inside one UPDATE these servers let a later assignment see the result of an
 * earlier one.
 */
export function fill(action: Extract<Action, { do: 'fill' }>): Written {
  const { table, mark, key, index, keeps, others } = action
  const groups = action.groups.flatMap(computed)
  const computing = groups.find((group) => group.computing)?.computing
  const marks = computing?.marks
  const name = quoteTable(table)
  // By its current estimates the optimizer may prefer another index, or none.
  const rows = index === null || marks ? name : `${name} FORCE INDEX (${quote(index)})`
  const from = computing ? besideComputed(action, rows, computing) : rows
  const walked = marks
    ? { from: quoteTable(tableOf(marks)), name: quoteTable(tableOf(marks)), key: MARK_KEY }
    : { from: rows, name, key }
  const bounds = compareKeyRanges(walked.key)
  const { first, next } = marks ? eachRange(bounds, (range) => ofMarks(marks, range)) : bounds
  const unchanged = computing ? ` AND ${asRead(action, computing)}` : ''
  const wanted = `(${groups.map(empty).join(' OR ')})${unchanged}`
  const archived = archivedIn(groups, { from, due: wanted, keeps })
  const only = archived === null ? '' : ` AND ${archived.has}`
  const updates = groups.map(
    (group) => `UPDATE ${from} SET ${assignments(group, keeps)} WHERE ${empty(group)}${unchanged}${only}`,
  )
  const due = `${wanted}${only}`
  const unfilled = `(${groups.map((group) => `(${empty(group)} AND ${fillable(group)})`).join(' OR ')})${unchanged}${only}`
  const filled = groups.flatMap((group) => group.set.map(({ column }) => column))
  const kept = others.filter((column) => !filled.includes(column.name))
  const batch = (range: string) => updates.map((update) => `${update} AND ${range}`)
  return {
    run: 'fill',
    undo: [],
    locks: [lock.rows(table)],
    mark: `SET @plan_backfill = ${literal(mark.sync)}`,
    ...once.losses(action),
    ...(archived && { keep: archived.keep, undoWalk: archived.undoWalk, losses: archived.losses }),
    ...(marks ? {} : span(key, rows)),
    along: byKey(walked.key, walked.from, walked.name),
    ...(computing
      ? { computing: computingTexts(action, rows, computing, wantedBy(action.groups), bounds) }
      : { lock: { first: locking(from, first), next: locking(from, next) } }),
    batch: { first: batch(first), next: batch(next) },
    ...guards({ table, from, key, kept, due, unfilled }, { first, next }),
    // Rows that changed their key during the pass.
    remaining: marks
      ? `SELECT EXISTS (SELECT 1 FROM ${walked.name}) AS remaining`
      : computing || groups.some(({ once }) => once && !once.swept)
        ? 'SELECT FALSE AS remaining'
        : `SELECT EXISTS (SELECT 1 FROM ${name} WHERE ${unfilled}) AS remaining`,
    estimate: marks ? `SELECT COUNT(*) AS \`rows\` FROM ${walked.name}` : estimateOf(table),
  }
}

/** How a group keeps what its rows had; null where none does. */
const archivedIn = (groups: readonly FillGroup[], batch: Parameters<typeof keptRows>[1]) => {
  const keep = groups.find((group) => group.keep)?.keep
  return keep === undefined ? null : keptRows(keep, batch)
}

/** Marks are walked in the order in which they were made. */
const MARK_KEY: readonly KeyColumn[] = [{ name: 'plan_id', type: 'bigint unsigned' }]

/** The rows that may be written, whatever is computed for them. */
const wantedBy = (groups: readonly FillGroup[]): string =>
  `(${groups.map((group) => (group.once ? (group.once.where ?? 'TRUE') : empty(group))).join(' OR ')})`

/** The first and last value of a key of one whole number. The range between is cut into equal parts without reading it. */
const span = (key: readonly KeyColumn[], from: string): Pick<FillByKey, 'span'> => {
  const [only] = key
  if (key.length !== 1 || !only || !/^(tiny|small|medium|big)?int/i.test(only.type)) return {}
  const column = quote(only.name)
  return {
    span: `SELECT CAST(MIN(${column}) AS CHAR) AS k0, CAST(MAX(${column}) AS CHAR) AS k1 FROM ${from}`,
  }
}

/** Rows whose target is empty and whose source is not, or whose target differs from the wanted value. */
function empty(group: FillGroup): string {
  const due = once.due(group)
  if (due !== null) return due
  if (group.differs)
    return `(${group.set.map(({ column, type, value }) => `NOT (${sameImage(quote(column), `(${value.sql})`, type)})`).join(' OR ')})`
  const targets = group.set.map(({ column }) => `${quote(column)} IS NULL`)
  const sources = group.from.map((column) => `${quote(column)} IS NOT NULL`).join(' OR ')
  return `(${[...targets, ...(sources ? [`(${sources})`] : [])].join(' AND ')})`
}

/** Whether filling would change something: an expression may give NULL for a row, which then stays empty. */
const fillable = (group: FillGroup): string => {
  if (group.once) return group.once.steady ? 'TRUE' : 'FALSE'
  return group.differs || group.set.some(({ value }) => value.volatile)
    ? 'TRUE'
    : `(${group.set.map(({ value }) => `(${value.sql}) IS NOT NULL`).join(' OR ')})`
}

/** A column that the server sets by itself keeps its value when it is assigned to itself. */
const assignments = (group: FillGroup, keeps: readonly string[]): string =>
  [
    ...group.set.map(({ column, value }) => `${quote(column)} = (${value.sql})`),
    ...keeps
      .filter((column) => !group.set.some((one) => one.column === column))
      .map((column) => `${quote(column)} = ${quote(column)}`),
  ].join(', ')
