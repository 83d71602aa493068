import { PlanError } from '../errors.ts'
import { type Runner, writing } from '../execution/context.ts'
import { type Accepted, askAboutLosses, refuseMore, type Save } from '../execution/losses.ts'
import { recordRefusal, refusalOf, stateAfter } from '../execution/refusals.ts'
import { withLocks } from '../execution/retry.ts'
import { observe, remember, runStep, summaryOf } from '../execution/steps.ts'
import { refuseStuck } from '../execution/stuck.ts'
import { move } from '../execution/transitions.ts'
import { keepingOut } from '../execution/under.ts'
import type { Progress } from '../ledger/records.ts'
import { lockedTables, sharesTransaction, statementParts, undoing } from '../program/actions.ts'
import { restoredChanges, shapeChanges } from '../program/drift.ts'
import { isArchiving, isSeal } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import { PHASES, type Phase, type Step } from '../program/step.ts'
import type { Statements } from '../program/written.ts'
import { acquire, type RunRequest, refuseDrift } from './acquire.ts'
import { refuseUsers } from './checkpoints.ts'
import { isPast, restore, tellOfRestore } from './restore.ts'
import { refuseWhileSyncing } from './sync.ts'
import { undoParts } from './undo-parts.ts'

/** Undoes everything back to before `to` (default: the whole plan), newest first. */
export async function rollback(
  wanted: RunRequest,
  to: Phase | null,
  save?: Save,
): Promise<{ readonly undone: readonly string[]; readonly complete: boolean }> {
  const runner = await acquire({ ...wanted, back: true })
  const at: UnderWay = { step: null }
  try {
    return await goBack(runner, to, at, save)
  } catch (error) {
    // A runner that stops removes itself here. A runner that the ledger still names has died.
    const left = await runner.store.progress(runner.plan).catch(() => null)
    await writing(runner, async (ledger) => {
      await recordRefusal(ledger, refusalOf(error, runner.progress.plan.program, at.step, true))
      if (left?.plan.state === 'running') await ledger.state(stateAfter(error))
      await ledger.runner(null)
    }).catch(() => {})
    throw error
  }
}

/** The step that is being undone. */
type UnderWay = { step: string | null }

async function goBack(
  runner: Runner,
  to: Phase | null,
  at: UnderWay,
  save: Save | undefined,
): Promise<{ readonly undone: readonly string[]; readonly complete: boolean }> {
  const { program, state } = runner.progress.plan
  const past = await isPast(runner, program)
  const dropped = past && program.restore !== undefined
  if (past && !dropped)
    throw new PlanError('PLAN_USAGE', `${runner.plan} is past its point of no return`, {
      hint: 'the old shape is gone; write a new plan that adds it again',
    })
  await refuseWhileSyncing(runner.engine, program)
  const undone: string[] = []
  const touched = undoable(program, runner.progress, to)
  const all = dropped ? touched.filter(({ reversible }) => reversible) : touched
  await refuseUsers(runner.engine, program, all)
  const target = phaseBefore(program, to)
  const before = lower(target, runner.progress.plan.phase)
  if (dropped) {
    const archives = all.filter(isArchiving)
    await tellOfRestore(runner, archives)
    await refuseStuck(runner, archives)
    await askAboutApplication(runner, all)
    await askAboutLosses(runner, archives, save)
    if (state !== 'compiled') await writing(runner, (ledger) => ledger.state(move(state, 'running')))
    undone.push(...(await restore(runner, program, phaseBefore(program, 'contract'))))
  } else await askAboutApplication(runner, all)
  // A retired column must be restored before its values can be compared with the new ones.
  const [contract, rest] = [all.filter(isRetiring), all.filter((step) => !isRetiring(step))]
  let accepted: Accepted = new Map()
  const ask = async () => {
    await refuseStuck(runner, rest)
    return await askAboutLosses(runner, all, save)
  }
  // Rows that stand in the way of undoing contract itself can be counted before anything is undone.
  await refuseStuck(
    runner,
    contract.filter((step) => !isArchiving(step)),
  )
  if (contract.length === 0) accepted = await ask()
  if (!dropped && state !== 'compiled')
    await writing(runner, (ledger) => ledger.state(move(state, 'running')))
  const back = async (steps: readonly Step[]) => {
    for (const step of steps) {
      at.step = step.id
      undone.push(await undo(runner, program, step, accepted))
    }
    at.step = null
  }
  await back(contract)
  if (contract.length > 0)
    accepted = await ask().catch(async (error: unknown) => {
      await retireAgain(
        runner,
        program,
        contract.filter((step) => step.reversible && !isArchiving(step)),
      )
      throw error
    })
  // This comes before any undo: an advance after an interrupted rollback starts from there.
  await writing(runner, async (ledger) => {
    await ledger.state('running', before)
    await ledger.forgetEvidence()
  })
  await back(rest)
  const complete = target === null
  if (complete) await refuseLeftovers(runner, program, dropped)
  await writing(runner, async (ledger) => {
    await ledger.state(complete ? 'rolled-back' : 'waiting', before)
    await ledger.forgetEvidence()
    await ledger.runner(null)
    await ledger.event('rolled back', { to: to ?? 'everything', steps: undone })
  })
  return { undone, complete }
}

/**
 * The seal is not undone first: if the person then decides to stay, it must still be there, because nothing is proven
 * again.
 */
const isRetiring = (step: Step): boolean => step.phase === 'contract' && !isSeal(step)

/** Steps of the phases to undo that have done something, newest first. */
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

/** Restores the retired state when the person decides not to go back after all. */
async function retireAgain(runner: Runner, program: Program, steps: readonly Step[]): Promise<void> {
  const records = (await runner.store.progress(runner.plan))?.steps ?? []
  for (const step of [...steps].reverse()) await runStep(runner, program, step, records)
}

/** Once a deploy was confirmed, an application may already rely on what would be removed. */
async function askAboutApplication(runner: Runner, steps: readonly Step[]): Promise<void> {
  const { plan, checkpoints } = runner.progress
  const confirmed = [
    ...checkpoints.map(({ id, by }) => `${id} was confirmed by ${by}`),
    ...(plan.state === 'done' ? ['the plan is done'] : []),
  ]
  const takes = steps
    .filter(
      ({ phase, parts }) =>
        parts.some(({ written }) => written.undoWalk !== undefined) ||
        ((phase === 'expand' || phase === 'enforce') && parts.some(({ written }) => written.undo.length > 0)),
    )
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

async function undo(runner: Runner, program: Program, step: Step, accepted: Accepted): Promise<string> {
  const record = runner.progress.steps.find(({ id }) => id === step.id)
  try {
    if (sharesTransaction(step)) await undoTogether(runner, step, record?.state === 'done', accepted)
    else await undoAlone(runner, program, step, accepted)
  } catch (error) {
    // The step's record stays `done`: with `failed`, the next rollback would skip its undo.
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

/** Undoes in one transaction, and only when the step was done: the server has already rolled back a step that failed. */
const undoTogether = (runner: Runner, step: Step, done: boolean, accepted: Accepted): Promise<void> =>
  withLocks(runner, step.id, lockedTables(step), () =>
    writing(
      runner,
      async (ledger) => {
        const statements = done ? undoing(step).flatMap(({ written }) => written.undo) : []
        const blockWrites = done ? blockedWrites(step) : undefined
        if (blockWrites) {
          await runner.engine.session.query(blockWrites.before)
          await refuseMore(runner, step, accepted, true)
        }
        for (const statement of statements) await runner.engine.session.query(statement)
        await ledger.step(step.id, { state: 'undone' })
        await ledger.objects(null)
        if (step.phase === 'contract') await ledger.retired(false)
        await ledger.event('step undone', { step: step.id })
      },
      { lockTimeout: runner.lockTimeout },
    ),
  )

const blockedWrites = (step: Step): Statements['blockWrites'] =>
  statementParts(step).find(({ written }) => written.blockWrites !== undefined)?.written.blockWrites

async function undoAlone(runner: Runner, program: Program, step: Step, accepted: Accepted): Promise<void> {
  await writing(runner, async (ledger) => {
    // After an interrupted undo an advance does the step again, as far as it was undone.
    await ledger.step(step.id, { state: 'running' })
    await ledger.forgetSlices(step.id)
    await ledger.objects(null)
  })
  const blockWrites = blockedWrites(step)
  /** Losses are counted as late as possible: with writers kept out, if they can be. */
  const counted = async (retries: number) => {
    await refuseMore(runner, step, accepted, false)
    await undoParts({ ...runner, retries }, program, step)
  }
  if (blockWrites === undefined) await counted(runner.retries)
  // The lock is already held, so it is not waited for a second time.
  else
    await withLocks(runner, step.id, lockedTables(step), () =>
      keepingOut(runner, blockWrites, `${step.id} is undone`, () => counted(1)),
    )
  await writing(runner, async (ledger) => {
    await ledger.step(step.id, { state: 'undone' })
    if (step.phase === 'contract') await ledger.retired(false)
    await ledger.event('step undone', { step: step.id })
  })
}

/** A rollback is only complete when the watched part of the catalogue is as the plan found it. */
async function refuseLeftovers(runner: Runner, program: Program, restored: boolean): Promise<void> {
  refuseDrift(
    program.objects,
    await observe(runner, program),
    'everything is undone, but the schema is not as the plan found it',
    'somebody else changed it meanwhile; fix it by hand',
    restored ? restoredChanges : shapeChanges,
  )
}
