import type { Program } from '../compiler/program.ts'
import type { Part, Step } from '../compiler/step.ts'
import { isTrue } from '../dialects/session.ts'
import { PlanError } from '../errors.ts'
import { stopIfAsked } from '../runner/retry.ts'
import { type Runner, writing } from '../runner/runner.ts'
import { failed } from '../runner/steps.ts'
import { oneBatch, PAGE_IDS, type Slice, smaller, text, type Work } from './batch.ts'
import { calm } from './calm.ts'
import { eta, nextRows, rest } from './pace.ts'
import { openPass, type Tally, tally, workOff } from './slices.ts'

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
  let slices: readonly Slice[] = work.runner.progress.slices.filter(({ step }) => step === work.step.id)
  if (slices.length === 0) slices = await openPass(work, 1)
  for (let passes = 1; ; passes++) {
    const open = slices.filter(({ state }) => state === 'open')
    const all = tally(slices)
    await workOff(work, open, (own, slice) => onePass(own, slice, all))
    if (!(await remaining(work))) return
    // Whoever writes only one shape is found by the sweeps before the seal: they wait until nobody does.
    if (work.settles) return
    if (passes >= PASSES) throw unfilled(work)
    work.runner.report({ event: 'note', text: `${work.step.id}: ${again(work)}; one more pass` })
    const last = Math.max(...slices.map(({ number }) => number))
    slices = await openPass(work, last + 1)
  }
}

/** One slice from where it stands to its end. */
export async function onePass(work: Work, opened: Slice, all = tally([opened])): Promise<Slice> {
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
    report(work, all(slice))
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

function report({ runner, step, table }: Work, { walked, estimate, rate, batches }: Tally): void {
  runner.report({
    event: 'progress',
    step: step.id,
    table: table.name,
    rows: walked,
    estimate,
    batches,
    rate,
    eta: eta(walked, estimate, rate),
  })
}
