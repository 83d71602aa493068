import type { FillByBlocks } from '../program/walk.ts'
import { writeRows } from './guard.ts'
import type { Slice } from './slice.ts'
import type { Filled, Work } from './work.ts'

/** A row's place in a table that is walked by its blocks: `(block,row)`. */
const PLACE = /^\((\d+),(\d+)\)$/

/** The most rows that a block is assumed to hold: 8 kB by the smallest row size. Blocks may be larger. */
const MOST = 2_000

/** Rows per block that are assumed for a table of unknown size. */
const USUAL = 50

type Place = { readonly block: number; readonly row: number }

const parsed = (place: string | undefined): Place => {
  const [, block = '0', row = '0'] = PLACE.exec(place ?? '') ?? []
  return { block: Number(block), row: Number(row) }
}
const written = ({ block, row }: Place): string => `(${block},${row})`

/** Where a slice is, and the place so many rows further; whole blocks unless fewer rows than one block are wanted. */
function range(
  slice: Slice,
  rows: number,
): { readonly from: string; readonly to: string; readonly last: boolean } {
  const [from, end] = [parsed(slice.cursor?.[0]), parsed(slice.end?.[0])]
  const dense = Math.max(1, (slice.estimate - slice.walked) / Math.max(1, end.block - from.block))
  const inBlock = slice.estimate > 0 ? dense : USUAL
  const blocks = Math.floor(rows / inBlock)
  const to =
    rows > 1 && blocks > 0
      ? { block: from.block + blocks, row: 0 }
      : from.row + rows < MOST
        ? { block: from.block, row: from.row + rows }
        : { block: from.block + 1, row: 0 }
  const last = to.block >= end.block
  return { from: written(from), to: written(last ? end : to), last }
}

/** Ends of slices with equal numbers of blocks, except for the last one. */
export function cutBlocks(end: readonly string[], wanted: number): string[][] {
  const { block: blocks } = parsed(end[0])
  const cuts = Array.from({ length: wanted - 1 }, (_, index) => Math.floor(((index + 1) * blocks) / wanted))
  return [...new Set(cuts)].filter((block) => block > 0).map((block) => [written({ block, row: 0 })])
}

/** One batch of a table without a key. */
export async function fillBlocks(
  work: Work,
  walk: FillByBlocks,
  slice: Slice,
  rows: number,
): Promise<Filled> {
  const { session } = work.runner.engine
  const { from, to, last } = range(slice, rows)
  await session.query(walk.mark)
  const count = await writeRows(work, walk, [to, from])
  const left = Math.max(count, slice.estimate - slice.walked)
  const walked = last ? left : Math.max(count, Math.min(rows, left))
  return { cursor: [to], done: last, walked, written: count, timed: walked }
}

/** The position of a slice after its next row. */
export function endAt(slice: Slice): { readonly cursor: readonly string[]; readonly done: boolean } {
  const { to, last } = range(slice, 1)
  return { cursor: [to], done: last }
}

/** The place of the first row of a range. */
export async function rowAt({ runner }: Work, { along }: FillByBlocks, slice: Slice): Promise<string> {
  const { from, to } = range(slice, 1)
  const { rows } = await runner.engine.session.query(along.row, [to, from])
  return String(rows[0]?.['k0'] ?? from)
}
