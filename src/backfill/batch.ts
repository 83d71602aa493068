import type { Step } from '../compiler/step.ts'
import type { Session } from '../dialects/session.ts'
import { PlanError } from '../errors.ts'
import type { Writing } from '../ledger/write.ts'
import { withLocks } from '../runner/retry.ts'
import { writing } from '../runner/runner.ts'
import { fillBlocks, rowAt } from './blocks.ts'
import { smoothed } from './pace.ts'
import { after, type Filled, hasBlocks, hasPages, keys, type Slice, text, texts, type Work } from './work.ts'

/** What one bad row does to its whole batch: a value that cannot be converted, or a rule of the table it breaks. */
export const ROW_AT_FAULT: readonly string[] = ['PLAN_POISON', 'PLAN_INVARIANT', 'PLAN_NULL']

/** Tries for the locks of a batch of more than so many rows, before it is made smaller. */
const LOCK_TRIES = 4
const SMALL = 50

/** Longest wait for a turn at the ledger behind somebody who has it alone, milliseconds. */
const TURN = 10_000

/** A batch that takes this many times its target is ended by the server and tried smaller. */
const PATIENCE = 40

/** A batch that a value or the time stops is halved until it passes or is the one row that is at fault. */
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
 * One batch and its ledger row, in one transaction. `target`: how long it should take, milliseconds; `started`: when its measuring
 * began, by the runner's clock.
 */
export async function oneBatch(
  work: Work,
  slice: Slice,
  { rows, target, started }: { readonly rows: number; readonly target: number; readonly started: number },
): Promise<Slice> {
  const { runner, step, table } = work
  const limits = {
    // The rows are locked first and at once, or the mark says how long they are waited for; the turn at the ledger may take longer.
    lockTimeout: 'lock_first' in work.queries ? Math.min(runner.lockTimeout, 100) : TURN,
    statementTimeout: Math.max(30_000, target * PATIENCE),
  }
  // Many rows are more likely to meet somebody's lock than few: a smaller batch is tried before long.
  const retries = rows > SMALL ? Math.min(LOCK_TRIES, runner.retries) : runner.retries
  try {
    return await withLocks({ ...runner, retries }, step.id, [table], () =>
      writing(runner, (ledger) => fillOne(work, slice, rows, started, ledger), { ...limits, shared: true }),
    )
  } catch (error) {
    if (!(error instanceof PlanError) || !ROW_AT_FAULT.includes(error.code) || rows > 1) throw error
    throw await poisoned(work, slice, error)
  }
}

/** Rows that lie side by side along the key, or in blocks, are written by their range, documents by a page of their ids. */
async function fillOne(
  work: Work,
  slice: Slice,
  rows: number,
  started: number,
  ledger: Writing,
): Promise<Slice> {
  const fill = hasPages(work) ? fillPage : hasBlocks(work) ? fillBlocks : fillRange
  const { timed, ...filled } = await fill(work, slice, rows)
  const elapsed = work.runner.clock() - started
  const next = after(slice, { ...filled, rate: smoothed(slice.rate, timed, elapsed), batchRows: rows })
  await ledger.slice(next, work.epoch)
  return next
}

async function fillPage({ runner, queries }: Work, slice: Slice, rows: number): Promise<Filled> {
  const { session } = runner.engine
  const ids = await pageOf(session, queries, slice, rows)
  let count = 0
  if (ids.length > 0)
    // The last one is the write itself; what stands before it keeps values aside.
    for (const query of texts(queries, 'batch'))
      count = (await session.query(query, [ids], { long: true })).count
  const last = ids.at(-1)
  return {
    cursor: last === undefined ? slice.end : [last],
    done: last === undefined || last === slice.end?.[0],
    walked: ids.length,
    written: count,
    timed: ids.length,
  }
}

/** The most that the ids of one page may take together, characters: a command has at most 16 MB. */
const PAGE_SIZE = 6_000_000

/** Ids in one page at most, however many rows a batch may have: they are all in memory, several times. */
export const PAGE_IDS = 5_000

/** The next ids of a walk, as texts, in the order of the key. */
export async function pageOf(
  session: Session,
  queries: Work['queries'],
  { end, cursor }: Pick<Slice, 'end' | 'cursor'>,
  rows: number,
): Promise<string[]> {
  const most = Math.min(rows, PAGE_IDS)
  const ask = async (name: string, limit: number, after: readonly string[]) => {
    const found = await session.query(text(queries, name), [limit, ...(end ?? []), ...after])
    return found.rows.map((row) => keys(row)[0] ?? '')
  }
  const page = cursor === null ? await ask('page_first', most, []) : await ask('page', most, cursor)
  const last = page.at(-1) ?? cursor?.[0]
  // Behind the last key of one type come those of another.
  if (cursor !== null && last !== undefined && page.length < most && last !== end?.[0])
    page.push(...(await ask('page_beyond', most - page.length, [last])))
  let size = 0
  const over = page.findIndex((id, index) => {
    size += id.length
    return index > 0 && size > PAGE_SIZE
  })
  return over === -1 ? page : page.slice(0, over)
}

async function fillRange({ runner, queries }: Work, slice: Slice, rows: number): Promise<Filled> {
  const { session } = runner.engine
  const { end, cursor } = { end: slice.end ?? [], cursor: slice.cursor ?? [] }
  await session.query(text(queries, 'mark'))
  const boundary = await session.query(boundaryOf(queries, slice), [rows - 1, ...end, ...cursor])
  const found = boundary.rows[0]
  const to = found ? keys(found) : end
  const of = (name: string) => texts(queries, slice.cursor === null ? `${name}_first` : name)
  // Where the server can lock them all without waiting, no lock of a row is waited for once something is written.
  for (const query of of('lock')) await session.query(query, [...to, ...cursor], { long: true })
  let count = 0
  for (const query of of('batch'))
    count += (await session.query(query, [...to, ...cursor], { long: true })).count
  const left = Math.min(rows - 1, Math.max(0, slice.estimate - slice.walked))
  return {
    cursor: to,
    done: !found,
    // Of the last rows of a range only those that were written are known for sure.
    walked: found ? rows : count || left,
    written: count,
    timed: found ? rows : count,
  }
}

/** Says which row it was, by its key. */
async function poisoned(work: Work, slice: Slice, error: PlanError): Promise<PlanError> {
  const { runner, step, table, key, queries } = work
  if (hasPages(work)) {
    const [id = ''] = await pageOf(runner.engine.session, queries, slice, 1)
    return unwritable(step, id, error)
  }
  if (hasBlocks(work)) {
    const place = await rowAt(work, slice)
    return new PlanError('PLAN_POISON', `${step.id}: the row at ${place} cannot be converted`, {
      hint: `mend this row of ${table.name} (its ctid is '${place}'), or roll back and make the expression total; then advance again`,
      cause: error.cause,
    })
  }
  const row = await nextRow(runner.engine.session, boundaryOf(queries, slice), slice)
  const named = key.map((name, index) => `${name} ${row[index]}`).join(', ')
  return new PlanError('PLAN_POISON', `${step.id}: the row with ${named} cannot be converted`, {
    hint: `mend this row of ${table.name}, or roll back and make the expression total; then advance again`,
    cause: error.cause,
  })
}

/** A document may be at fault in more than one way: too large, against the rules, or not convertible. */
export const unwritable = (step: Step, id: string, { message, hint, cause }: PlanError): PlanError =>
  new PlanError('PLAN_POISON', `${step.id}: the document with _id ${id} stays as it is: ${message}`, {
    hint,
    cause,
  })

async function nextRow(
  session: Session,
  boundary: string,
  { end, cursor }: Slice,
): Promise<readonly string[]> {
  const { rows } = await session.query(boundary, [0, ...(end ?? []), ...(cursor ?? [])])
  return rows[0] ? keys(rows[0]) : (end ?? [])
}

const boundaryOf = (queries: Work['queries'], { cursor }: Slice): string =>
  text(queries, cursor === null ? 'boundary_first' : 'boundary')
