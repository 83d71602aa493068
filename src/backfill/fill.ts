import { isTrue } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import { type Runner, reading, writing } from '../execution/context.ts'
import { named } from '../execution/named.ts'
import { failed } from '../execution/steps.ts'
import { stepsOf } from '../program/actions.ts'
import { columnsOf, computingOf, inBatches, isFill, keyOf, walkOf } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import { byBlocks, byPages } from '../program/walk.ts'
import { isFilling } from '../program/written.ts'
import { openAdmission } from './admission.ts'
import { oneBatch, smaller } from './batch.ts'
import { eta, nextRows, rest } from './pace.ts'
import { PAGE_IDS } from './pages.ts'
import { openPass } from './pass.ts'
import { progress, type Totals } from './progress.ts'
import { leftSome, refuseQuarantined } from './quarantine.ts'
import type { Slice } from './slice.ts'
import { openVacuum } from './vacuum.ts'
import type { Work } from './work.ts'
import { runPool, type SliceProcessor } from './workers.ts'

/** Passes over the table. More than one is only needed when rows changed their key during a pass. */
const PASSES = 3

/** Any update may move a row to another block, ahead of or behind the pass. Each pass leaves far fewer such rows. */
const BLOCK_PASSES = 10

/** Rows that a batch reads into memory for functions of modules. */
const MOST_READ = 1_000

/** Passes over the marks. What is marked while the last one runs is left to the next phase. */
const SWEEPS = 4

/** A batch that took more than so many times its target has waited for others. */
const LONGEST = 4

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

/** What a walk over a table needs, taken from its step. */
export function workOf(runner: Runner, program: Program, step: Step, joined: Work['joined'] = null): Work {
  const [part] = step.parts
  if (part === undefined || !inBatches(part.action)) throw new Error(`${step.id} is not a backfill`)
  const { action, written } = part
  if (!isFilling(written)) throw new Error(`${step.id} is not a backfill`)
  const { key, others } = columnsOf(action)
  const { language } = runner.engine
  const sweepsFollow = isFill(step) && stepsOf(program).some((one) => walkOf(one) === 'sweep')
  return {
    ...{ runner, program, step, key, others, sweepsFollow },
    sparing: (triggers) => ('model' in language ? '' : language.sparing(action.table, triggers)),
    named: (rows) => named(language, action.table, keyOf(action), rows),
    table: action.table,
    walk: written,
    computing: computingOf(action),
    admission: openAdmission(program, step, joined === null),
    progress: progress(),
    vacuum: openVacuum(),
    index: 0,
    pace: { rows: 0 },
    sessions: [runner.engine.session.backend],
    joined,
  }
}

/** Passes over the table, until nothing is left. */
export async function allPasses(work: Work): Promise<void> {
  const { runner, step } = work
  const known = await reading(runner, (store) => store.slices(runner.plan, runner.run, step.id))
  let last = Math.max(0, ...known.map(({ number }) => number))
  const over = known.every(({ state }) => state === 'done')
  if (last === 0 || (over && (await leftSome(work)))) last = await openPass(work, last + 1)
  for (let passes = 1; ; passes++) {
    await runPool(work, onePass)
    // This comes first: a query about rows at fault may fail on those rows.
    await refuseQuarantined(work)
    if (!(await remaining(work))) return
    // The sweeps before the seal find writers of only one shape. They wait until there are none.
    if (work.sweepsFollow) return
    if (work.computing?.marks && passes >= SWEEPS && step.phase !== 'contract') return overtaken(work)
    if (passes >= mostPasses(work)) throw unfilled(work, passes)
    runner.report({ event: 'note', text: `${step.id}: ${again(work)}; one more pass` })
    last = await openPass(work, last + 1)
  }
}

const mostPasses = ({ walk, computing }: Work): number =>
  computing?.marks ? SWEEPS : byBlocks(walk) ? BLOCK_PASSES : PASSES

/** Each sweep has computed all that was marked when it began. What clients marked since then is left to the next one. */
const overtaken = ({ runner, step, table }: Work): void =>
  runner.report({
    event: 'note',
    text: `${step.id}: rows of ${table.name} are written as fast as they are computed; the next phase sweeps again`,
  })

/** Works on one slice to its end, or until fewer workers are wanted. */
export const onePass: SliceProcessor = async (work, opened, scaleTo) => {
  const { runner } = work
  let slice = opened
  const most = mostRows(work)
  let size = Math.min(firstRows(work, opened), most)
  let before: number | null = null
  while (slice.state === 'open') {
    const { target, duty, crowded, workers: planned } = await work.admission.admit(runner)
    if (before !== null && crowded > before) size = Math.max(1, Math.floor(size / 2))
    before = crowded
    const workers = work.joined ?? planned
    if (work.index >= workers) break
    if (work.index === 0) await scaleTo(workers)
    const started = runner.clock()
    const result = await smaller(work, size, (rows) => oneBatch(work, slice, { rows, target, started }))
    const elapsed = runner.clock() - started
    // What a module computes may end before: there is a limit in bytes, too.
    const walked = work.computing ? Math.max(1, result.slice.walked - slice.walked) : result.rows
    slice = result.slice
    size = nextRows(Math.min(result.rows, walked), elapsed, { target, maxRows: most })
    work.pace.rows = size
    report(work, work.progress.count(slice))
    // Time spent waiting for another session's lock needs no rest.
    const pause = rest(Math.min(elapsed, LONGEST * target), duty)
    if (pause > 0 && slice.state === 'open') await runner.sleep(pause, runner.signal)
  }
  if (slice.state === 'done') await work.vacuum(work, slice)
  return slice
}

/** The most rows of a batch: what is read into memory has a limit of its own. */
const mostRows = ({ walk, computing, program }: Work): number => {
  const read = byPages(walk) ? PAGE_IDS : computing ? MOST_READ : Number.POSITIVE_INFINITY
  return Math.min(program.backfill.batch.maxRows, read)
}

/** The size of this worker's last batch, when the slice has not begun. */
const firstRows = ({ pace }: Work, { batches, batchRows }: Slice): number =>
  batches === 0 && pace.rows > 0 ? pace.rows : batchRows

const again = (work: Work): string =>
  work.computing?.marks
    ? 'more rows were written meanwhile'
    : byPages(work.walk)
      ? 'the old fields were written again meanwhile'
      : `rows moved ${byBlocks(work.walk) ? 'to other blocks' : 'along the key'} meanwhile`

const unfilled = (work: Work, passes: number): PlanError =>
  new PlanError(
    'PLAN_TEMPORARY',
    `${work.step.id}: after ${passes} passes there are still ${byPages(work.walk) ? 'documents' : 'rows'} to fill`,
    {
      hint: byPages(work.walk)
        ? `somebody still writes the old fields of ${work.table.name}; find the process that was not deployed, then advance again`
        : 'rows move along their key while they are filled, or something empties them again; look for triggers, then advance again',
    },
  )

/** Whether something is left. */
export async function remaining({ runner, walk }: Work): Promise<boolean> {
  const { rows } = await runner.engine.session.query(walk.remaining, [], { long: true })
  return isTrue(rows[0]?.['remaining'])
}

function report({ runner, step, table }: Work, { walked, estimate, rate, batches }: Totals): void {
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
