import type { Program } from '../compiler/program.ts'
import type { Part, Step } from '../compiler/step.ts'
import { isTrue } from '../dialects/session.ts'
import { PlanError } from '../errors.ts'
import { stopIfAsked } from '../runner/retry.ts'
import { type Runner, writing } from '../runner/runner.ts'
import { failed } from '../runner/steps.ts'
import { keys, oneBatch, PAGE_IDS, type Slice, smaller, text, type Work } from './batch.ts'
import { calm } from './calm.ts'
import { eta, nextRows, rest } from './pace.ts'

/** Passes over the table. More than one is only needed when rows moved along the key while a pass went by. */
const PASSES = 3

/** Fills a table in batches, from where the ledger says. Each batch commits together with its ledger row. */
export async function runFill(runner: Runner, program: Program, step: Step): Promise<void> {
  const work = workOf(runner, program, step)
  if (runner.progress.steps.find(({ id }) => id === step.id)?.state === 'done') return
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

/** What a walk over a table needs, of a step that is one. */
export function workOf(runner: Runner, program: Program, step: Step): Work {
  const [part] = step.parts
  if (part === undefined || !isWalk(part)) throw new Error(`${step.id} is not a backfill`)
  const { action, written } = part
  const key = action.do === 'fill' ? action.key.map(({ name }) => name) : ['_id']
  const settles = program.phases.some(({ steps }) =>
    steps.some(({ parts }) => parts.some((one) => one.action.do === 'settle' && action.do === 'fill_fields')),
  )
  return { runner, program, step, table: action.table, key, queries: written.queries ?? {}, settles }
}

type Walk = Extract<Part['action'], { do: 'fill' | 'fill_fields' | 'unset_fields' | 'settle' }>

const isWalk = (part: Part): part is Part & { readonly action: Walk } =>
  ['fill', 'fill_fields', 'unset_fields', 'settle'].includes(part.action.do)

async function allPasses(work: Work): Promise<void> {
  const known = work.runner.progress.slices.filter(({ step }) => step === work.step.id)
  let slice: Slice = known.at(-1) ?? (await openSlice(work, 1))
  for (let passes = 1; ; passes++) {
    if (slice.state === 'open') slice = await onePass(work, slice)
    if (!(await remaining(work))) return
    // Whoever writes only one shape is found by the sweeps before the seal: they wait until nobody does.
    if (work.settles) return
    if (passes >= PASSES) throw unfilled(work)
    work.runner.report({ event: 'note', text: `${work.step.id}: ${again(work)}; one more pass` })
    slice = await openSlice(work, slice.number + 1)
  }
}

/** The upper bound is fixed here: rows that come later are the trigger's, or the default's. */
export async function openSlice({ runner, program, step, queries }: Work, number: number): Promise<Slice> {
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

export async function onePass(work: Work, opened: Slice): Promise<Slice> {
  const { runner, program, step } = work
  let slice = opened
  const { target, maxRows } = program.backfill.batch
  const most = 'page' in work.queries ? Math.min(maxRows, PAGE_IDS) : maxRows
  let size = Math.min(opened.batchRows, most)
  while (slice.state === 'open') {
    stopIfAsked(runner)
    await calm(runner, program, step)
    const started = runner.clock()
    const result = await smaller(work, size, (rows) => oneBatch(work, slice, rows, started))
    const elapsed = runner.clock() - started
    slice = result.slice
    size = nextRows(result.rows, elapsed, { target, maxRows: most })
    report(work, slice)
    const pause = rest(elapsed, program.backfill.duty)
    if (pause > 0 && slice.state === 'open') await runner.sleep(pause, runner.signal)
  }
  return slice
}

const again = ({ queries }: Work): string =>
  'page' in queries ? 'the old fields were written again meanwhile' : 'rows moved along the key meanwhile'

const unfilled = (work: Work): PlanError =>
  new PlanError('PLAN_TEMPORARY', `${work.step.id}: after ${PASSES} passes there are still rows to fill`, {
    hint:
      'page' in work.queries
        ? `somebody still writes the old fields of ${work.table.name}; find the process that was not deployed, then advance again`
        : 'rows move along their key while they are filled, or something empties them again; look for triggers, then advance again',
  })

async function remaining({ runner, queries }: Work): Promise<boolean> {
  const { rows } = await runner.engine.session.query(text(queries, 'remaining'), [], { long: true })
  return isTrue(rows[0]?.['remaining'])
}

function report({ runner, step, table }: Work, slice: Slice): void {
  const left = eta(slice.walked, slice.estimate, slice.rate)
  runner.report({
    event: 'progress',
    step: step.id,
    table: table.name,
    rows: slice.walked,
    estimate: slice.estimate,
    batches: slice.batches,
    rate: slice.rate,
    eta: left,
  })
}
