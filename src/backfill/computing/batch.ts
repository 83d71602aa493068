import { isTrue, type Row } from '../../dialects/interface/session.ts'
import { PlanError } from '../../errors.ts'
import { inWords } from '../../execution/named.ts'
import type { Computing } from '../../program/kinds/computing.ts'
import type { ComputingTexts, FillByKey } from '../../program/walk.ts'
import { textsAt, writeRows } from '../guard.ts'
import type { Slice } from '../slice.ts'
import { at, type Filled, keys, type Work } from '../work.ts'
import { type ReadRow, tooLarge, valuesOf } from './call.ts'

/** A walk whose values are computed here. */
export type ComputingWalk = FillByKey & { readonly computing: ComputingTexts }

/** What was computed for a range, outside of any transaction. `fault`: why the next row has no value. */
export type ComputedRange = {
  readonly rows: readonly (ReadRow & { readonly values: readonly (string | null)[] })[]
  readonly to: readonly string[]
  readonly done: boolean
  readonly walked: number
  readonly fault: { readonly row: ReadRow; readonly error: PlanError } | null
}

/** The most that is kept and written at once where the server has no limit of its own, bytes. */
const ROOM = 16_777_216

/**
 * Reads the next rows of a slice and computes their values, until the time of a batch is over, there is as much as the server
 * takes at once, or a row is at fault.
 */
export async function computeRange(
  work: Work,
  { walk, computing }: { readonly walk: ComputingWalk; readonly computing: Computing },
  slice: Slice,
  { rows, target }: { readonly rows: number; readonly target: number },
): Promise<ComputedRange> {
  const { runner } = work
  const { session } = runner.engine
  const { end, cursor } = { end: slice.end ?? [], cursor: slice.cursor ?? [] }
  const boundary = await session.query(at(slice, walk.along.boundary), [rows - 1, ...end, ...cursor])
  const found = boundary.rows[0]
  const to = found ? keys(found) : end
  const read = await session.query(at(slice, walk.computing.read), [...to, ...cursor], { long: true })
  const all = read.rows.map((row) => rowOf(row, work, computing))
  const { ready, fault } = await computedOf(work, computing, all, {
    target,
    room: await roomOf(work, walk.computing),
  })
  if (fault !== null || ready.length < all.length) return { ...upTo(ready, cursor), done: false, fault }
  return { rows: ready, to, done: !found, walked: found ? rows : ready.length, fault: null }
}

async function roomOf({ runner }: Work, { room }: ComputingTexts): Promise<number> {
  if (room === undefined) return ROOM
  const { rows } = await runner.engine.session.query(room.query)
  return Number(rows[0]?.['bytes'])
}

/** The values of these rows, as far as there is time and room and none is at fault. One row may take all of the room twice. */
async function computedOf(
  work: Work,
  computing: Computing,
  rows: readonly ReadRow[],
  { target, room }: { readonly target: number; readonly room: number },
): Promise<{ readonly ready: ComputedRange['rows']; readonly fault: ComputedRange['fault'] }> {
  const { clock, signal } = work.runner
  const ready: ComputedRange['rows'][number][] = []
  // A row may have several marks, and one that is gone has no values.
  const known = new Map<string | null, readonly (string | null)[]>([[null, []]])
  const until = clock() + target
  let left = room
  for (const row of rows) {
    const before = known.get(row.id)
    const values = before ?? (await fitting(work, computing, row, room))
    if (values instanceof PlanError) return { ready, fault: { row, error: values } }
    const bytes = before ? 0 : bytesOf(row, values)
    if (bytes > left && ready.length > 0) break
    left -= bytes
    known.set(row.id, values)
    ready.push({ ...row, values })
    if (clock() >= until || signal.aborted) break
  }
  return { ready, fault: null }
}

/** The values of a row, if there is room for them. */
async function fitting(
  work: Work,
  computing: Computing,
  row: ReadRow,
  room: number,
): ReturnType<typeof valuesOf> {
  const values = await valuesOf(work, computing, row)
  return values instanceof PlanError || bytesOf(row, values) <= 2 * room
    ? values
    : tooLarge(work, row, 'what was computed is more')
}

/** The range that ends with the last of these rows. */
const upTo = (rows: ComputedRange['rows'], cursor: readonly string[]) => ({
  rows,
  to: rows.at(-1)?.place ?? cursor,
  walked: rows.length,
})

function rowOf(row: Row, { key }: Work, { reads }: Computing): ReadRow {
  const texts = (prefix: string) =>
    Object.keys(row)
      .filter((name) => new RegExp(`^${prefix}\\d+$`).test(name))
      .map((name) => String(row[name]))
  const text = (value: unknown) => (value === null || value === undefined ? null : String(value))
  return {
    place: texts('p'),
    key: texts('n').slice(0, key.length),
    id: text(row['id']),
    was: String(row['was']),
    texts: new Map(reads.map(({ name }, index) => [name, text(row[`v${index}`])])),
    lost: isTrue(row['lost']),
  }
}

/**
 * Writes what was computed, in the transaction of the batch, up to the first row that is no longer as it was read: that
 * one is read again. Null when it is the first one.
 */
export async function writeComputed(
  work: Work,
  walk: ComputingWalk,
  slice: Slice,
  range: ComputedRange,
): Promise<Filled | null> {
  const { session } = work.runner.engine
  const cursor = slice.cursor ?? []
  const { computing, mark } = walk
  await session.query(mark)
  await session.query(computing.bind, [bound(range)])
  const held = await session.query(at(slice, computing.held), [...range.to, ...cursor], { long: true })
  const ids = new Set(held.rows.map(({ id }) => String(id)))
  // It has changed, is gone, or needs no value any more: whichever it is, it is read again.
  const place = range.rows.findIndex(({ id }) => id !== null && !ids.has(id))
  if (place === 0) return null
  const rows = place < 0 ? range.rows : range.rows.slice(0, place)
  const to = place < 0 ? range.to : (rows.at(-1)?.place ?? cursor)
  const count = await writeRows(work, textsAt(slice, walk), [...to, ...cursor])
  if (computing.done)
    for (const [text, of] of [
      [computing.done.row, rows.filter(({ id }) => id !== null)],
      [computing.done.place, rows.filter(({ id }) => id === null)],
    ] as const)
      if (of.length > 0)
        await session.query(text, [JSON.stringify(of.map(({ place: [mark] }) => mark))], { long: true })
  return {
    cursor: to,
    done: place < 0 && range.done,
    walked: place < 0 ? range.walked : rows.length,
    written: count,
    timed: rows.length,
  }
}

/** By the key of each row: how it looked, and its values. A row with several marks is there once. */
function bound({ rows }: ComputedRange): string {
  const found = new Map(
    rows.flatMap((row) => (row.id === null ? [] : [[row.id, entry(row, row.values)] as const])),
  )
  return `{${[...found.values()].join(',')}}`
}

const entry = ({ id, was }: ReadRow, values: readonly (string | null)[]): string =>
  `${JSON.stringify(id)}:${JSON.stringify([was, ...values, id])}`

const bytesOf = (row: ReadRow, values: readonly (string | null)[]): number =>
  Buffer.byteLength(entry(row, values))

/** The error for a row that is never as it was read. */
export const restless = (work: Work, { rows: [row] }: ComputedRange): PlanError =>
  new PlanError(
    'PLAN_TEMPORARY',
    `${work.step.id}: the row with ${inWords(work.key, row?.key ?? [])} changes each time before its value is written`,
    { hint: 'advance again when it is written less often' },
  )
