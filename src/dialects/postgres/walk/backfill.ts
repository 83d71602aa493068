import type { Action, FillGroup } from '../../../program/action.ts'
import type { Computing } from '../../../program/kinds/computing.ts'
import type { KeyColumn } from '../../../program/refs.ts'
import type { FillByBlocks, FillByKey, Ranged } from '../../../program/walk.ts'
import type { Written } from '../../../program/written.ts'
import { tableOf } from '../../relational/marks.ts'
import { isNull, isSet } from '../language/equality.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { computed, computingTexts, ofMarks } from './computing.ts'
import { guardedUpdate, leftOver, triggersOf } from './guard.ts'
import { keptRows } from './kept-rows.ts'
import { compareKey, keyAsText } from './key.ts'
import { locking, once } from './once.ts'
import { blocksOf, byRange, estimateOf, markOf, regclass } from './ranges.ts'

/** Rows in the sample by which a table is cut into slices. */
const SAMPLE = 30_000

/**
 * One pass over ranges, each written by one UPDATE. Only empty targets are filled, so what anybody wrote meanwhile stays,
 * and repeating a range changes nothing.
 */
export function fill(action: Extract<Action, { do: 'fill' }>): Written {
  const { table, key, others, mark } = action
  const outside = action.groups.map((group) => computed(action, group))
  const groups = outside.map(({ group }) => group)
  const computing = groups.find((group) => group.computing)?.computing
  const from = quoteTable(table)
  const path = mark.path
    ? `, pg_catalog.set_config('search_path', ${literal(['pg_catalog', ...mark.path.map(quote)].join(', '))}, true)`
    : ''
  const set = assignments(groups)
  const wanted = `(${outside.map(({ group, due }) => `${empty(group)}${due}`).join(' OR ')})`
  const archived = archivedIn(groups, wanted)
  const due = archived === null ? wanted : `${wanted} AND ${archived.has}`
  const left = `(${outside.map(({ group, due }) => `(${empty(group)} AND ${fillable(group)}${due})`).join(' OR ')})`
  const unfilled = archived === null ? left : `${left} AND ${archived.has}`
  const kinds = groups.flatMap((group) => group.once ?? [])
  const filled = groups.flatMap((group) => group.set.map(({ column }) => column))
  const kept = others.map(({ name }) => name).filter((name) => !filled.includes(name))
  const texts: Texts = {
    ...(kinds.length > 0 && !computing && { lock: (range: string) => locking(from, wanted, range) }),
    once: kinds.some(({ steady }) => !steady),
    batch: (range) => `UPDATE ${from} SET ${set} WHERE ${due} AND ${range}`,
    guarded: (range) => guardedUpdate({ from, set, due, unfilled, kept }, range),
    left: (range) => leftOver(from, unfilled, range),
  }
  return {
    run: 'fill',
    undo: [],
    locks: [
      {
        on: `${table.schema}.${table.name}`,
        mode: 'ROW EXCLUSIVE',
        blocks: 'the rows of one batch',
        during: 'batch',
      },
    ],
    // Far below deadlock_timeout, so that the server never ends the application's statement instead. After a crash of
    // the server the last batches may be lost, each together with its ledger row; so no commit waits for the disk.
    mark: `${markOf(mark.sync)}${path}`,
    ...(computing
      ? outsideOf(action, computing, texts)
      : key.length > 0
        ? byKey(from, key, texts)
        : byBlocks(from, texts)),
    ...once.losses(action),
    ...(archived && { keep: archived.keep, undoWalk: archived.undoWalk, losses: archived.losses }),
    triggers: triggersOf(table, filled),
    // Rows that changed their key, or their block, during the pass.
    remaining: computing?.marks
      ? `SELECT EXISTS (SELECT FROM ${quoteTable(tableOf(computing.marks))}) AS remaining`
      : kinds.some(({ swept }) => !swept) || computing
        ? 'SELECT false AS remaining'
        : `SELECT EXISTS (SELECT FROM ${from} WHERE ${unfilled}) AS remaining`,
    vacuum: {
      // If another session already vacuums the table, this one is skipped.
      vacuum: `VACUUM (SKIP_LOCKED, TRUNCATE false) ${from}`,
      size: `SELECT pg_catalog.pg_relation_size(${regclass(from)})::text AS bytes`,
    },
    estimate: computing?.marks
      ? `SELECT pg_catalog.count(*)::text AS rows FROM ${quoteTable(tableOf(computing.marks))}`
      : estimateOf(from),
  }
}

/** How a group keeps what its rows had; null where none does. */
const archivedIn = (groups: readonly FillGroup[], due: string) => {
  const keep = groups.find((group) => group.keep)?.keep
  return keep === undefined ? null : keptRows(keep, due)
}

/** The statements for a range of rows, by name. */
type Texts = Readonly<Record<'batch' | 'guarded' | 'left', (range: string) => string>> & {
  readonly lock?: (range: string) => string
  readonly once: boolean
}

/** For a table without a key: ranges of row places (block, row). */
const byBlocks = (from: string, texts: Texts): Pick<FillByBlocks, 'along' | 'batch' | 'guard'> => {
  const within = 'ctid >= $2::tid AND ctid < $1::tid'
  const blocks = blocksOf(from)
  return {
    along: {
      by: 'blocks',
      end: `SELECT '(' || ${blocks} || ',0)' AS k0 WHERE ${blocks} > 0`,
      row: `SELECT ctid::text AS k0 FROM ${from} WHERE ${within} ORDER BY ctid LIMIT 1`,
    },
    batch: [texts.batch(within)],
    guard: { by: 'statement', guarded: texts.guarded(within), left: texts.left(within) },
  }
}

function byKey(
  from: string,
  key: readonly KeyColumn[],
  texts: Texts,
): Pick<FillByKey, 'along' | 'lock' | 'batch' | 'guard' | 'cuts'> {
  const order = key.map(({ name }) => quote(name)).join(', ')
  const { along, range } = byRange(from, key)
  const each = (text: (range: string) => string): Ranged => ({
    first: text(range.first),
    next: text(range.next),
  })
  return {
    along,
    ...(texts.lock && { lock: each(texts.lock) }),
    batch: { first: [texts.batch(range.first)], next: [texts.batch(range.next)] },
    guard: {
      by: 'statement',
      guarded: each(texts.guarded),
      left: each(texts.left),
      ...(texts.once && { once: true as const }),
    },
    // Keys that cut a sample of the blocks into parts of equal size. For a table that is not large the sample has all
    // blocks.
    cuts: `SELECT ${keyAsText(key)} FROM (SELECT ${order}, pg_catalog.row_number() OVER (ORDER BY ${order}) AS plan_n, pg_catalog.count(*) OVER () AS plan_all FROM ${from} TABLESAMPLE SYSTEM (least(100, greatest(0.001, 100 * ${SAMPLE}::float8 / greatest(1, $2::bigint)))) WHERE ${compareKey(key, '<', 3)}) AS sampled WHERE plan_n * $1::bigint / plan_all <> (plan_n - 1) * $1::bigint / plan_all AND plan_n < plan_all ORDER BY ${order}`,
  }
}

/** Rows whose values are computed outside of the database: all along their key, or those that are marked. */
function outsideOf(action: Extract<Action, { do: 'fill' }>, computing: Computing, texts: Texts) {
  const { table, key, groups } = action
  const [group] = groups
  const wanted = group === undefined ? 'true' : wantedBy(group)
  const { marks } = computing
  if (marks === undefined) {
    const walk = byKey(quoteTable(table), key, texts)
    return {
      ...walk,
      computing: computingTexts(action, computing, `(${wanted})`, byRange(quoteTable(table), key).range),
    }
  }
  const from = quoteTable(tableOf(marks))
  const within = (text: (range: string) => string) => (range: string) => text(ofMarks(marks, range))
  const { cuts: _, ...walk } = byKey(from, MARK_KEY, {
    once: texts.once,
    batch: within(texts.batch),
    guarded: within(texts.guarded),
    left: within(texts.left),
  })
  return {
    ...walk,
    computing: computingTexts(action, computing, `(${wanted})`, byRange(from, MARK_KEY).range),
  }
}

/** The rows that may be written, whatever is computed for them. */
const wantedBy = (group: FillGroup): string => (group.once ? (group.once.where ?? 'true') : empty(group))

/** Marks are walked in the order in which they were made. */
const MARK_KEY: readonly KeyColumn[] = [{ name: 'plan_id', type: 'bigint' }]

/** Rows whose target is empty and whose source is not. */
function empty(group: FillGroup): string {
  const due = once.due(group)
  if (due !== null) return due
  const targets = group.set.map(({ column }) => isNull(quote(column)))
  const sources = group.from.map((column) => isSet(quote(column))).join(' OR ')
  return `(${[...targets, ...(sources ? [`(${sources})`] : [])].join(' AND ')})`
}

/** Whether filling would change something: an expression may give NULL for a row, which then stays empty. */
const fillable = (group: FillGroup): string => {
  if (group.once) return String(group.once.steady)
  return group.set.some(({ value }) => value.volatile && !value.tried)
    ? 'true'
    : `(${group.set.map(({ value }) => isSet(`(${value.sql})`)).join(' OR ')})`
}

/** With several groups a row may match only one of them; the others keep their values. */
function assignments(groups: readonly FillGroup[]): string {
  const alone = groups.length === 1
  return groups
    .flatMap((group) =>
      group.set.map(({ column, value }) =>
        alone
          ? `${quote(column)} = (${value.sql})`
          : `${quote(column)} = CASE WHEN ${empty(group)} THEN (${value.sql}) ELSE ${quote(column)} END`,
      ),
    )
    .join(', ')
}
