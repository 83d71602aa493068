import type { Program } from '../compiler/program.ts'
import type { Action, Step } from '../compiler/step.ts'
import { PlanError } from '../errors.ts'
import type { SliceRecord } from '../ledger/records.ts'
import { stopIfAsked, withLocks } from '../runner/retry.ts'
import { type Runner, writing } from '../runner/runner.ts'
import { failed } from '../runner/steps.ts'
import { eta, nextRows, rest, smoothed } from './pace.ts'

type Slice = Omit<SliceRecord, 'startedAt' | 'updatedAt'>
type Fill = Extract<Action, { do: 'fill' }>
type Work = {
  readonly runner: Runner
  readonly program: Program
  readonly step: Step
  readonly fill: Fill
  readonly queries: Readonly<Record<string, string>>
}

/** Passes over the table. More than one is only needed when rows moved along the key while a pass went by. */
const PASSES = 3

/** What one bad row does to its whole batch: a value that cannot be converted, or a rule of the table it breaks. */
const ROW_AT_FAULT: readonly string[] = ['PLAN_POISON', 'PLAN_INVARIANT', 'PLAN_NULL']

/** A batch that takes this many times its target is ended by the server and tried smaller. */
const PATIENCE = 40

/** Fills a table in batches, from where the ledger says. Each batch commits together with its ledger row. */
export async function runFill(runner: Runner, program: Program, step: Step): Promise<void> {
  const [part] = step.parts
  if (part?.action.do !== 'fill') throw new Error(`${step.id} is not a backfill`)
  if (runner.progress.steps.find(({ id }) => id === step.id)?.state === 'done') return
  const work: Work = { runner, program, step, fill: part.action, queries: part.written.queries ?? {} }
  runner.report({ event: 'step', step: step.id, title: step.title, state: 'started' })
  try {
    await writing(runner, (ledger) => ledger.step(step.id, { state: 'running' }))
    await allPasses(work)
  } catch (error) {
    await failed(runner, step, error)
    throw error
  }
  await writing(runner, async (ledger) => {
    await ledger.step(step.id, { state: 'done' })
    await ledger.event('step done', { step: step.id })
  })
  runner.report({ event: 'step', step: step.id, title: step.title, state: 'done' })
}

async function allPasses(work: Work): Promise<void> {
  const known = work.runner.progress.slices.filter(({ step }) => step === work.step.id)
  let slice: Slice = known.at(-1) ?? (await openSlice(work, 1))
  for (;;) {
    if (slice.state === 'open') slice = await onePass(work, slice)
    if (slice.number >= PASSES || !(await remaining(work))) return
    work.runner.report({
      event: 'note',
      text: `${work.step.id}: rows moved along the key meanwhile; one more pass`,
    })
    slice = await openSlice(work, slice.number + 1)
  }
}

/** The upper bound is fixed here: rows that come later are the trigger's, or the default's. */
async function openSlice({ runner, program, step, queries }: Work, number: number): Promise<Slice> {
  const { session } = runner.engine
  const last = await session.query(text(queries, 'end'))
  const { rows } = await session.query(text(queries, 'estimate'))
  const end = last.rows[0] ? keys(last.rows[0]) : null
  const { batch } = program.backfill
  const slice: Slice = {
    step: step.id,
    number,
    end,
    cursor: null,
    state: end ? 'open' : 'done',
    walked: 0,
    written: 0,
    batches: 0,
    estimate: Math.max(0, Number(rows[0]?.['rows'] ?? 0)),
    rate: 0,
    batchRows: Math.min(batch.rows, batch.maxRows),
  }
  await writing(runner, async (ledger) => {
    await ledger.slice(slice)
    await ledger.event('backfill pass', { step: step.id, pass: number, estimate: slice.estimate })
  })
  return slice
}

async function onePass(work: Work, opened: Slice): Promise<Slice> {
  const { runner, program } = work
  let slice = opened
  let size = opened.batchRows
  while (slice.state === 'open') {
    stopIfAsked(runner)
    const started = runner.clock()
    const result = await smaller(work, size, (rows) => oneBatch(work, slice, rows, started))
    const elapsed = runner.clock() - started
    slice = result.slice
    size = nextRows(result.rows, elapsed, {
      target: program.backfill.batch.target,
      maxRows: program.backfill.batch.maxRows,
    })
    report(work, slice)
    const pause = rest(elapsed, program.backfill.duty)
    if (pause > 0 && slice.state === 'open') await runner.sleep(pause, runner.signal)
  }
  return slice
}

/** A batch that a value or the time stops is halved until it passes or is the one row that is at fault. */
async function smaller(
  work: Work,
  size: number,
  batch: (rows: number) => Promise<Slice>,
): Promise<{ slice: Slice; rows: number }> {
  for (let rows = size; ; rows = Math.max(1, Math.floor(rows / 2))) {
    try {
      return { slice: await batch(rows), rows }
    } catch (error) {
      const poison = error instanceof PlanError && ROW_AT_FAULT.includes(error.code)
      if (rows === 1 || !(poison || work.runner.engine.failures.tookTooLong(error))) throw error
    }
  }
}

async function oneBatch(
  { runner, program, step, fill, queries }: Work,
  slice: Slice,
  rows: number,
  started: number,
): Promise<Slice> {
  const { session } = runner.engine
  const end = slice.end ?? []
  const cursor = slice.cursor ?? []
  const first = slice.cursor === null
  const boundary = await session.query(text(queries, first ? 'boundary_first' : 'boundary'), [
    rows - 1,
    ...end,
    ...cursor,
  ])
  const to = boundary.rows[0] ? keys(boundary.rows[0]) : end
  const limits = {
    // Far below deadlock_timeout, so that it is never the application's statement that the server ends.
    lockTimeout: Math.min(runner.lockTimeout, 100),
    statementTimeout: Math.max(30_000, program.backfill.batch.target * PATIENCE),
  }
  try {
    return await withLocks(runner, step.id, [fill.table], () =>
      writing(
        runner,
        async (ledger) => {
          await session.query(text(queries, 'mark'))
          const { count } = await session.query(
            text(queries, first ? 'batch_first' : 'batch'),
            [...to, ...cursor],
            { long: true },
          )
          const elapsed = runner.clock() - started
          const next: Slice = {
            ...slice,
            cursor: to,
            state: boundary.rows[0] ? 'open' : 'done',
            walked:
              slice.walked +
              (boundary.rows[0]
                ? rows
                : Math.max(count, Math.min(rows - 1, Math.max(0, slice.estimate - slice.walked)))),
            written: slice.written + count,
            batches: slice.batches + 1,
            rate: smoothed(slice.rate, boundary.rows[0] ? rows : count, elapsed),
            batchRows: rows,
          }
          await ledger.slice(next)
          return next
        },
        limits,
      ),
    )
  } catch (error) {
    if (!(error instanceof PlanError) || !ROW_AT_FAULT.includes(error.code) || rows > 1) throw error
    const row = fill.key.map(({ name }, index) => `${name} ${to[index]}`).join(', ')
    throw new PlanError('PLAN_POISON', `${step.id}: the row with ${row} cannot be converted`, {
      hint: `mend this row of ${fill.table.name}, or roll back and make the expression total; then advance again`,
      cause: error.cause,
    })
  }
}

async function remaining({ runner, queries }: Work): Promise<boolean> {
  const { rows } = await runner.engine.session.query(text(queries, 'remaining'), [], { long: true })
  return rows[0]?.['remaining'] === true
}

function report({ runner, step, fill }: Work, slice: Slice): void {
  const left = eta(slice.walked, slice.estimate, slice.rate)
  runner.report({
    event: 'progress',
    step: step.id,
    table: fill.table.name,
    rows: slice.walked,
    estimate: slice.estimate,
    batches: slice.batches,
    rate: slice.rate,
    eta: left,
  })
}

const keys = (row: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(row).map((_, index) => String(row[`k${index}`]))

function text(queries: Readonly<Record<string, string>>, name: string): string {
  const query = queries[name]
  if (query === undefined) throw new Error(`the program has no query ${name} for a backfill`)
  return query
}
