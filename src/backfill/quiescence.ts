import { PlanError } from '../errors.ts'
import { type Runner, writing } from '../execution/context.ts'
import { interruptible } from '../execution/retry.ts'
import { failed } from '../execution/steps.ts'
import { quietOf } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import { formatDuration } from '../text/duration.ts'
import { counted } from '../text/words.ts'
import { onePass, workOf } from './fill.ts'
import { openPass } from './pass.ts'
import type { Work } from './work.ts'
import { runPool } from './workers.ts'

/** How many sweeps in a row may find something before the tool reports that somebody still writes only one shape. */
const PATIENCE = 20

/** The least number of sweeps that find nothing, however short the quiet time is. */
const SWEEPS = 2

/** Longest pause between two sweeps, milliseconds. */
const PAUSE = 30_000

/**
 * Proves that every writer keeps both shapes: during the quiet time no sweep over all documents finds a difference. What
 * a sweep finds is filled, and the quiet time starts again.
 */
export async function awaitQuiescence(runner: Runner, program: Program, step: Step): Promise<void> {
  if (runner.progress.steps.find(({ id }) => id === step.id)?.state === 'done') return
  const work = workOf(runner, program, step)
  runner.report({ event: 'step', step: step.id, title: step.title, state: 'started' })
  try {
    await writing(runner, (ledger) => ledger.step(step.id, { state: 'running' }))
    const evidence = await quiet(work, Math.max(0, ...step.parts.map(({ action }) => quietOf(action) ?? 0)))
    await writing(runner, async (ledger) => {
      await ledger.step(step.id, { state: 'done' })
      await ledger.event('quiet', { step: step.id, ...evidence })
      await ledger.event('step done', { step: step.id })
    })
  } catch (error) {
    await failed(runner, step, error)
    throw error
  }
  runner.report({ event: 'step', step: step.id, title: step.title, state: 'done' })
}

/** Numbers of sweeps and of findings. `for`: how long nothing was found, milliseconds. */
type Evidence = { readonly sweeps: number; readonly found: number; readonly for: number }

async function quiet(work: Work, time: number): Promise<Evidence> {
  const { runner, step, walk } = work
  if (walk.run !== 'sweep') throw new Error(`${step.id} has no sweeps`)
  let number = runner.progress.slices.filter((slice) => slice.step === step.id).length
  let [sweeps, found, busy] = [0, 0, 0]
  let since = runner.clock()
  const pause = pausing(work, time)
  for (;;) {
    await work.admission.admit(runner)
    const began = runner.clock()
    const differing = await differs(work, walk.differs)
    const took = runner.clock() - began
    const elapsed = runner.clock() - since
    if (differing > 0) {
      found += differing
      if (++busy > PATIENCE) throw noQuiescence(work, differing)
      runner.report({ event: 'note', text: `${step.id}: ${differ(differing)} written again` })
      number = await openPass(work, number + 1)
      await runPool(work, onePass)
      ;[sweeps, since] = [0, runner.clock()]
    } else if (++sweeps >= SWEEPS && elapsed >= time) {
      await refuseStuck(work, walk.stuck)
      return { sweeps, found, for: Math.round(elapsed) }
    } else await pause(elapsed, took)
  }
}

/**
 * A sweep reads everything, so the server then rests for at least as long as the sweep took. Each reason is reported
 * once.
 */
function pausing({ runner, step }: Work, time: number): (elapsed: number, took: number) => Promise<void> {
  let said = ''
  return async (elapsed, took) => {
    if (time <= 0) return
    const seconds = Math.floor(elapsed / 1000) * 1000
    const reason = `sweeps have found nothing for ${formatDuration(seconds)} of ${formatDuration(time)}`
    if (reason !== said) runner.report({ event: 'throttled', step: step.id, reason })
    said = reason
    const wait = Math.min(PAUSE, time / 4, Math.max(1, time - elapsed))
    await runner.sleep(Math.max(wait, took), runner.signal)
  }
}

async function differs({ runner }: Work, query: string): Promise<number> {
  const { session } = runner.engine
  const { rows } = await interruptible(runner, () => session.query(query, [], { long: true }))
  return Number(rows[0]?.['violations'] ?? 0)
}

/** Refuses documents that nobody could change any more after the next step. */
async function refuseStuck({ runner, step, table }: Work, query: string): Promise<void> {
  const { session } = runner.engine
  const { rows } = await interruptible(runner, () => session.query(query, [], { long: true }))
  if (rows.length === 0) return
  const keys = rows.map((row) => String(row['key'])).join(' | ')
  throw new PlanError(
    'PLAN_INVARIANT',
    `${step.id}: documents of ${table.name} would break the seal, such as ${keys}`,
    {
      hint: 'for example only the new field is there, the old one cannot be converted, or a required field is missing or of another type: fix these documents, then advance again',
    },
  )
}

const differ = (count: number): string =>
  counted(count, 'document differs and is', 'documents differ and are')

const noQuiescence = ({ step, table }: Work, differing: number): PlanError =>
  new PlanError(
    'PLAN_TEMPORARY',
    `${step.id}: somebody keeps writing only one shape of ${table.name}: ${differ(differing)} different again after ${PATIENCE} sweeps`,
    { hint: 'find the process that was not deployed (or start plan sync), then advance again' },
  )
