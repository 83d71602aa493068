import { undoWalk } from '../backfill/undo.ts'
import type { Program } from '../compiler/program.ts'
import { PHASES, type Phase, type Step } from '../compiler/step.ts'
import type { Engine } from '../dialects/session.ts'
import { PlanError } from '../errors.ts'
import type { Progress, StepRecord } from '../ledger/records.ts'
import { shapeChanges } from '../schema/describe.ts'
import { qualified } from '../schema/lookup.ts'
import { stateAfter } from './advance.ts'
import { refuseUsers } from './gates.ts'
import { withLocks } from './retry.ts'
import { type Loss, type Runner, writing } from './runner.ts'
import { isDone, observe, remember, runStep, shortly, summaryOf, tablesOf } from './steps.ts'
import { refuseWhileSyncing } from './sync.ts'
import { refuseDrift, take, type Wanted } from './take.ts'
import { move } from './transitions.ts'

/** What undoing these phases would lose, counted now. Reads only. */
async function losses(engine: Engine, progress: Progress, to: Phase | null): Promise<Loss[]> {
  const parts = undoable(progress.plan.program, progress, to).flatMap((step) =>
    step.parts.flatMap(({ written }) =>
      (written.losses ?? []).map((loss) => ({ ...loss, tables: tablesOf(step) })),
    ),
  )
  // Steps that take back the same have the same to lose.
  const different = [...new Map(parts.map((part) => [part.query, part])).values()]
  const found: Loss[] = []
  for (const { what, query, most, tables } of different) {
    const rows = await count(engine, query, most)
    found.push({ table: tables.map(qualified).join(', '), what, rows })
  }
  return found.filter(({ rows }) => rows > 0)
}

/** An expression that does not work here must not keep anybody from going back. */
async function count(engine: Engine, query: string, most?: string): Promise<number> {
  try {
    const { rows } = await engine.session.query(query, [], { long: true })
    return Number(rows[0]?.['rows'] ?? 0)
  } catch (error) {
    // What is no longer there cannot be lost by going back.
    if (engine.failures.missing(error)) return 0
    const unfit = error instanceof PlanError && ['PLAN_DATABASE', 'PLAN_POISON'].includes(error.code)
    if (!unfit || most === undefined) throw error
    return count(engine, most)
  }
}

/** Undoes everything back to before `to` (default: all of it), newest first. */
export async function rollback(
  wanted: Wanted,
  to: Phase | null,
): Promise<{ readonly undone: readonly string[]; readonly complete: boolean }> {
  const runner = await take({ ...wanted, back: true })
  try {
    return await goBack(runner, to)
  } catch (error) {
    // Whoever stops says so: a runner that the ledger still names has died.
    const left = await runner.store.progress(runner.plan).catch(() => null)
    await writing(runner, async (ledger) => {
      if (left?.plan.state === 'running') await ledger.state(stateAfter(error))
      await ledger.runner(null)
    }).catch(() => {})
    throw error
  }
}

async function goBack(
  runner: Runner,
  to: Phase | null,
): Promise<{ readonly undone: readonly string[]; readonly complete: boolean }> {
  const { program, state } = runner.progress.plan
  if (await isPast(runner, program))
    throw new PlanError('PLAN_USAGE', `${runner.plan} is past its point of no return`, {
      hint: 'the old shape is gone; write a new plan that adds it again',
    })
  await refuseWhileSyncing(runner.engine, program)
  const undone: string[] = []
  const all = undoable(program, runner.progress, to)
  await refuseUsers(runner.engine, program, all)
  await askAboutApplication(runner, all)
  // A retired column has to be back before its values can be compared with the new ones.
  const [contract, rest] = [
    all.filter(({ phase }) => phase === 'contract'),
    all.filter(({ phase }) => phase !== 'contract'),
  ]
  if (contract.length === 0) await askAboutLosses(runner, to)
  if (state !== 'compiled') await writing(runner, (ledger) => ledger.state(move(state, 'running')))
  for (const step of contract) undone.push(await undo(runner, program, step, runner.progress.steps))
  if (contract.length > 0)
    await askAboutLosses(runner, to).catch(async (error: unknown) => {
      await retireAgain(runner, program, contract)
      throw error
    })
  const target = phaseBefore(program, to)
  const before = lower(target, runner.progress.plan.phase)
  // Before anything goes: whoever advances after a rollback that was cut off starts from there.
  await writing(runner, async (ledger) => {
    await ledger.state('running', before)
    await ledger.forgetEvidence()
  })
  for (const step of rest) undone.push(await undo(runner, program, step, runner.progress.steps))
  const complete = target === null
  if (complete) await refuseLeftovers(runner, program)
  await writing(runner, async (ledger) => {
    await ledger.state(complete ? 'rolled-back' : 'waiting', before)
    await ledger.forgetEvidence()
    await ledger.runner(null)
    await ledger.event('rolled back', { to: to ?? 'everything', steps: undone })
  })
  return { undone, complete }
}

/** Steps that did something and lie in the phases to undo, newest first. */
function undoable(program: Program, progress: Progress, to: Phase | null): Step[] {
  const from = to === null ? 0 : PHASES.indexOf(to)
  const touched = new Set(
    progress.steps.filter(({ state }) => state !== 'pending' && state !== 'undone').map(({ id }) => id),
  )
  const steps = program.phases
    .filter(({ phase }) => PHASES.indexOf(phase) >= from)
    .flatMap(({ steps: all }) => all)
  return steps.filter(({ id }) => touched.has(id)).reverse()
}

const phaseBefore = (program: Program, to: Phase | null): Phase | null => {
  const earlier =
    to === null ? [] : program.phases.filter(({ phase }) => PHASES.indexOf(phase) < PHASES.indexOf(to))
  return earlier.at(-1)?.phase ?? null
}

const lower = (a: Phase | null, b: Phase | null): Phase | null =>
  a === null || b === null ? null : PHASES.indexOf(a) < PHASES.indexOf(b) ? a : b

/** Once the sync is gone the old shape is out of date, also where the drop itself was cut off. */
async function isPast(runner: Runner, program: Program): Promise<boolean> {
  const states = new Map(runner.progress.steps.map(({ id, state }) => [id, state]))
  const begun = program.phases
    .flatMap(({ steps }) => steps)
    .filter(({ id, reversible }) => !reversible && states.has(id) && states.get(id) !== 'undone')
  if (begun.some((step) => states.get(step.id) === 'done' || takesAway(step))) return true
  const final = begun
    .flatMap(({ parts }) => parts)
    .filter(({ action, written }) => FINAL.has(action.do) && written.transaction === 'alone')
  for (const { written } of final) if (await isDone(runner, written.standing ?? written.probe)) return true
  return false
}

const FINAL: ReadonlySet<string> = new Set(['remove_sync', 'drop_column', 'remove_index', 'drop_kept'])

/** Each batch of it takes values away for good. */
const takesAway = ({ parts }: Step): boolean => parts.some(({ action }) => action.do === 'unset_fields')

async function askAboutLosses(runner: Runner, to: Phase | null): Promise<void> {
  const found = await losses(runner.engine, runner.progress, to)
  if (found.length === 0 || (await runner.approve({ about: 'rollback', plan: runner.plan, losses: found })))
    return
  throw new PlanError(
    'PLAN_USAGE',
    `going back would lose ${found.map(({ rows, what, table }) => `${what} in ${rows.toLocaleString('en')} rows of ${table}`).join(', ')}`,
    { hint: 'save these values first, or give --yes to go back without them' },
  )
}

/** Whoever does not want to go back after all finds the plan as it was. */
async function retireAgain(runner: Runner, program: Program, steps: readonly Step[]): Promise<void> {
  const records = (await runner.store.progress(runner.plan))?.steps ?? []
  for (const step of [...steps].reverse()) await runStep(runner, program, step, records)
}

/** Once a deploy was confirmed somebody may run on what would go. */
async function askAboutApplication(runner: Runner, steps: readonly Step[]): Promise<void> {
  const { plan, checkpoints } = runner.progress
  const confirmed = [
    ...checkpoints.map(({ id, by }) => `${id} was confirmed by ${by}`),
    ...(plan.state === 'done' ? ['the plan is done'] : []),
  ]
  const takes = steps
    .filter(({ phase }) => phase === 'expand' || phase === 'enforce')
    .map(({ id, title }) => `${id}: ${title}`)
  if (confirmed.length === 0 || takes.length === 0) return
  if (await runner.approve({ about: 'going back', plan: plan.name, confirmed, takes })) return
  throw new PlanError(
    'PLAN_USAGE',
    `${confirmed.join(', ')}: the application that is out there may need what going back takes away (${takes.join('; ')})`,
    {
      hint: `nothing was undone; deploy the version before first, everywhere, then give --app-is-back (or --yes, which accepts lost values, too)`,
    },
  )
}

async function undo(
  runner: Runner,
  program: Program,
  step: Step,
  records: readonly StepRecord[],
): Promise<string> {
  const record = records.find(({ id }) => id === step.id)
  try {
    if (step.parts.every(({ written }) => written.transaction === 'step'))
      await undoTogether(runner, step, record?.state === 'done')
    else await undoAlone(runner, program, step)
  } catch (error) {
    // The step stays done: a record that says failed would make the next rollback skip its undo.
    const said = summaryOf(error)
    await writing(runner, (ledger) => ledger.event('undo failed', { step: step.id, error: said })).catch(
      () => {},
    )
    throw error
  }
  await remember(runner, program)
  runner.report({ event: 'step', step: step.id, title: step.title, state: 'undone' })
  return step.id
}

/** In one transaction, and only when it was done: what failed was rolled back by the server already. */
const undoTogether = (runner: Runner, step: Step, done: boolean): Promise<void> =>
  withLocks(runner, step.id, tablesOf(step), () =>
    writing(
      runner,
      async (ledger) => {
        const statements = done ? [...step.parts].reverse().flatMap(({ written }) => written.undo) : []
        for (const statement of statements) await runner.engine.session.query(statement)
        await ledger.step(step.id, { state: 'undone' })
        await ledger.objects(null)
        if (step.phase === 'contract') await ledger.retired(false)
        await ledger.event('step undone', { step: step.id })
      },
      { lockTimeout: runner.lockTimeout },
    ),
  )

async function undoAlone(runner: Runner, program: Program, step: Step): Promise<void> {
  await writing(runner, async (ledger) => {
    // Whoever advances after an undo that was cut off does the step again, as far as it is gone.
    await ledger.step(step.id, { state: 'running' })
    await ledger.forgetSlices(step.id)
    await ledger.objects(null)
  })
  for (const { written } of [...step.parts].reverse()) {
    const { standing, transaction, undo, around } = written
    if (standing !== undefined && !(await isDone(runner, standing))) continue
    await undoWalk(runner, program, step, written)
    const over =
      standing !== undefined && undo.length === 1 ? async () => !(await isDone(runner, standing)) : undefined
    if (transaction === 'alone') await shortly(runner, step, undo, { around, over })
    else
      for (const statement of undo)
        await runner.engine.session.autonomous(statement, { lockTimeout: 0, statementTimeout: 0 })
  }
  await writing(runner, async (ledger) => {
    await ledger.step(step.id, { state: 'undone' })
    if (step.phase === 'contract') await ledger.retired(false)
    await ledger.event('step undone', { step: step.id })
  })
}

/** Going back is only complete when the watched part of the catalogue is as the plan found it. */
async function refuseLeftovers(runner: Runner, program: Program): Promise<void> {
  refuseDrift(
    program.objects,
    await observe(runner, program),
    'everything is undone, but the schema is not as the plan found it',
    'somebody else changed it meanwhile; mend it by hand',
    shapeChanges,
  )
}

/** The progress of a plan that has something to go back from; null when there is nothing. */
export async function undoableProgress(store: Wanted['store'], plan: string): Promise<Progress | null> {
  const progress = await store.progress(plan)
  return progress && progress.plan.state !== 'rolled-back' ? progress : null
}
