import { PlanError } from '../errors.ts'
import { writing } from '../execution/context.ts'
import { inWords } from '../execution/named.ts'
import { withLocks } from '../execution/retry.ts'
import type { LedgerWriter } from '../ledger/write.ts'
import {
  byBlocks,
  byPages,
  type Fill,
  type FillByKey,
  type FillByPages,
  type Sweep,
} from '../program/walk.ts'
import { fillBlocks } from './blocks.ts'
import { type ComputingWalk, computeRange, restless, writeComputed } from './computing/batch.ts'
import type { ReadRow } from './computing/call.ts'
import { textsAt, writeRows } from './guard.ts'
import type { Offender } from './offending-row.ts'
import { smoothed } from './pace.ts'
import { pageOf } from './pages.ts'
import { atFault } from './quarantine.ts'
import type { Slice } from './slice.ts'
import { after, at, type Filled, keys, ROW_AT_FAULT, type Work } from './work.ts'

/** How often a batch of more than `SMALL` rows tries for its locks before it is made smaller. */
const LOCK_TRIES = 4
const SMALL = 50

/** Longest wait for the turn at the ledger while another session holds it alone, milliseconds. */
const TURN = 10_000

/** The server ends a batch that takes this many times its target; a smaller one is tried then. */
const PATIENCE = 40

/** Halves a batch that fails on a value or on time, until it passes or only the row at fault is left. */
export async function smaller(
  work: Work,
  size: number,
  batch: (rows: number) => Promise<Slice>,
): Promise<{ slice: Slice; rows: number }> {
  for (let rows = size; ; rows = Math.max(1, Math.floor(rows / 2))) {
    try {
      return { slice: await batch(rows), rows }
    } catch (error) {
      const poison = error instanceof PlanError && ROW_AT_FAULT.includes(error.code)
      const locked = rows > SMALL && error instanceof PlanError && error.code === 'PLAN_LOCK_TIMEOUT'
      if (rows === 1 || !(poison || locked || work.runner.engine.failures.tookTooLong(error))) throw error
    }
  }
}

/**
 * One batch and its ledger row, in one transaction. `target`: how long it should take, milliseconds. `started`: when it
 * began, by the runner's clock.
 */
export async function oneBatch(
  work: Work,
  slice: Slice,
  { rows, target, started }: { readonly rows: number; readonly target: number; readonly started: number },
): Promise<Slice> {
  const { runner, step, table } = work
  const { walk } = work
  if (isComputing(walk)) return await computedBatch(work, walk, slice, { rows, target, started })
  const lock = byPages(walk) || byBlocks(walk) ? undefined : walk.lock
  const limits = limitsOf(work, lock !== undefined, target)
  // A large batch meets other sessions' locks more often than a small one, so a smaller batch is tried soon.
  const retries = rows > SMALL ? Math.min(LOCK_TRIES, runner.retries) : runner.retries
  try {
    return await withLocks({ ...runner, retries }, step.id, [table], () =>
      writing(runner, (ledger) => fillOne(work, slice, rows, started, ledger), { ...limits, shared: true }),
    )
  } catch (error) {
    if (!(error instanceof PlanError) || !ROW_AT_FAULT.includes(error.code) || rows > 1) throw error
    return await atFault(work, slice, error)
  }
}

/** With `locks` the rows are locked first, and the wait for them is short. Otherwise the turn at the ledger may take longer. */
const limitsOf = ({ runner }: Work, locks: boolean, target: number) => ({
  lockTimeout: locks ? Math.min(runner.lockTimeout, 100) : TURN,
  statementTimeout: Math.max(30_000, target * PATIENCE),
})

const isComputing = (walk: Fill): walk is ComputingWalk =>
  !byPages(walk) && !byBlocks(walk) && walk.computing !== undefined

/** How often a batch is read again because its first row has changed meanwhile. */
const AGAIN = 20

/**
 * The same where functions of modules compute the values: outside of the transaction, so that no lock waits for them. A
 * row that has changed until it is written is read again.
 */
async function computedBatch(
  work: Work,
  walk: ComputingWalk,
  slice: Slice,
  { rows, target, started }: { readonly rows: number; readonly target: number; readonly started: number },
): Promise<Slice> {
  const { runner, step, table, computing } = work
  if (computing === null) throw new Error(`${step.id} computes nothing`)
  for (let times = 1; ; times++) {
    const range = await computeRange(work, { walk, computing }, slice, { rows, target })
    const { fault } = range
    if (fault !== null && range.rows.length === 0)
      return await atFault(work, slice, fault.error, known(work, fault.row))
    try {
      const next = await withLocks(runner, step.id, [table], () =>
        writing(
          runner,
          async (ledger) => {
            const filled = await writeComputed(work, walk, slice, range)
            return filled && (await committed(work, slice, filled, { rows, started }, ledger))
          },
          { ...limitsOf(work, true, target), shared: true },
        ),
      )
      if (next !== null) return next
      if (times >= AGAIN) throw restless(work, range)
    } catch (error) {
      const [only, ...others] = range.rows
      if (!(error instanceof PlanError) || !ROW_AT_FAULT.includes(error.code) || !only || others.length > 0)
        throw error
      return await atFault(work, slice, error, known(work, only))
    }
  }
}

/** A row at fault that is known already. */
const known = ({ key }: Work, row: ReadRow): Offender => ({
  row: inWords(key, row.key),
  cursor: row.place,
  done: false,
})

/** Rows adjacent by key or by block are written by range, documents by a page of their ids. */
async function fillOne(
  work: Work,
  slice: Slice,
  rows: number,
  started: number,
  ledger: LedgerWriter,
): Promise<Slice> {
  const { walk } = work
  const filled = byPages(walk)
    ? await fillPage(work, walk, slice, rows)
    : byBlocks(walk)
      ? await fillBlocks(work, walk, slice, rows)
      : await fillRange(work, walk, slice, rows)
  return await committed(work, slice, filled, { rows, started }, ledger)
}

/** The slice after a batch, in the ledger. */
async function committed(
  work: Work,
  slice: Slice,
  { timed, ...filled }: Filled,
  { rows, started }: { readonly rows: number; readonly started: number },
  ledger: LedgerWriter,
): Promise<Slice> {
  const elapsed = work.runner.clock() - started
  const next = after(slice, { ...filled, rate: smoothed(slice.rate, timed, elapsed), batchRows: rows })
  await ledger.slice(next, work.epoch)
  return next
}

async function fillPage(
  { runner }: Work,
  { along, batch }: FillByPages | Sweep,
  slice: Slice,
  rows: number,
): Promise<Filled> {
  const { session } = runner.engine
  const ids = await pageOf(session, along, slice, rows)
  let count = 0
  if (ids.length > 0)
    // The last statement is the write itself. Those before it copy values aside.
    for (const query of batch) count = (await session.query(query, [ids], { long: true })).count
  const last = ids.at(-1)
  return {
    cursor: last === undefined ? slice.end : [last],
    done: last === undefined || last === slice.end?.[0],
    walked: ids.length,
    written: count,
    timed: ids.length,
  }
}

async function fillRange(work: Work, walk: FillByKey, slice: Slice, rows: number): Promise<Filled> {
  const { session } = work.runner.engine
  const { end, cursor } = { end: slice.end ?? [], cursor: slice.cursor ?? [] }
  await session.query(walk.mark)
  const boundary = await session.query(at(slice, walk.along.boundary), [rows - 1, ...end, ...cursor])
  const found = boundary.rows[0]
  const to = found ? keys(found) : end
  // Where the server can lock all rows without waiting, no row lock is waited for after the first write.
  if (walk.lock) await session.query(at(slice, walk.lock), [...to, ...cursor], { long: true })
  const values = [...to, ...cursor]
  if (walk.keep) await session.query(at(slice, walk.keep.old), values, { long: true })
  const count = await writeRows(work, textsAt(slice, walk), values)
  if (walk.keep) await session.query(at(slice, walk.keep.new), values, { long: true })
  const left = Math.min(rows - 1, Math.max(0, slice.estimate - slice.walked))
  return {
    cursor: to,
    done: !found,
    // Of the last rows of a range only the number of written ones is known for certain.
    walked: found ? rows : count || left,
    written: count,
    timed: found ? rows : count,
  }
}
