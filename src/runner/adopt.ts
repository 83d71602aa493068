import type { Engine } from '../dialects/interface/engine.ts'
import { PlanError } from '../errors.ts'
import { writing } from '../execution/context.ts'
import { violationsOf } from '../execution/requires.ts'
import { interruptible } from '../execution/retry.ts'
import { isDone, remember } from '../execution/steps.ts'
import { move } from '../execution/transitions.ts'
import type { Progress, StepRecord } from '../ledger/records.ts'
import { isReplacedBy, standsBefore, stepsOf } from '../program/actions.ts'
import { unlike } from '../program/by-hand/unlike.ts'
import { factsOf, isRetirement, onlyReads, takesAway, walkOf } from '../program/facts.ts'
import type { Checkpoint, Program } from '../program/program.ts'
import type { Part, Phase, Step } from '../program/step.ts'
import { nearest } from '../text/nearest.ts'
import { confirming } from '../text/words.ts'
import { acquire, type RunRequest } from './acquire.ts'
import { nextPhase, type Outcome, stop } from './advance.ts'

/** Steps that were recorded as done, and what the plan does next. */
export type Adopted = { readonly steps: readonly string[]; readonly outcome: Outcome | null }

/** Phases whose work the catalogue shows. */
const BY_HAND: readonly Phase[] = ['expand', 'backfill', 'enforce']

/** Contract removes: it may only be recorded once the runner has proven that both shapes agree. */
const recordable = (program: Program, standing: Pick<Progress, 'steps'> | null): readonly Phase[] =>
  stepsOf(program).every(
    ({ id, phase }) =>
      phase === 'contract' || standing?.steps.some((one) => one.id === id && one.state === 'done'),
  )
    ? [...BY_HAND, 'contract']
    : BY_HAND

/**
 * Records as done what the probes see was done by hand or by another tool: the steps in order, up to the first one that
 * the database does not show, or up to `through`. Runs no statement of the plan. Throws when the database does not show
 * a step up to `through`. Nothing is written when there is nothing to record.
 */
export async function adopt(wanted: RunRequest, through: string | null): Promise<Adopted> {
  const { engine, store, program } = wanted
  const name = program.plan.name
  const before = await store.progress(name)
  const standing = before && before.plan.state !== 'rolled-back' ? before : null
  const steps = candidates(program, standing, through)
  // It only reads: the server may end it at any time.
  const asked = { engine, signal: wanted.signal, plan: null }
  const adopted = await interruptible(asked, () => seen(engine, program, steps, standing, through))
  if (adopted.length === 0) return { steps: [], outcome: null }
  await interruptible(asked, () => refuseUnlike(engine, program, adopted))
  const runner = await acquire({ ...wanted, adopted })
  try {
    // Another runner may have gone on, or gone back, before this process had the plan.
    const now = await seen(engine, program, steps, runner.progress, through)
    if (now.length !== adopted.length) throw changedMeanwhile(name)
    await record(runner, program, adopted)
  } catch (error) {
    await writing(runner, (ledger) => ledger.runner(null)).catch(() => {})
    throw error
  }
  return { steps: adopted.map(({ id }) => id), outcome: await stop(runner, program, [], null) }
}

/** The steps that may be recorded, in order. */
function candidates(
  program: Program,
  standing: Pick<Progress, 'steps'> | null,
  through: string | null,
): Step[] {
  const phases = recordable(program, standing)
  const steps = stepsOf(program)
  const last = through === null ? steps.length - 1 : steps.findIndex(({ id }) => id === through)
  const found = steps[last]
  if (through !== null && found === undefined) {
    const ids = steps.map(({ id }) => id)
    const near = nearest(through, ids)
    throw new PlanError('PLAN_USAGE', `${program.plan.name} has no step ${through}`, {
      hint: near ? `did you mean ${near}?` : `it has: ${ids.join(', ')}`,
    })
  }
  if (through !== null && found && !phases.includes(found.phase))
    throw new PlanError('PLAN_USAGE', `${through} cannot be recorded as done by hand`, {
      hint:
        found.phase === 'contract'
          ? 'plan advance --phase verify has to prove first that both shapes agree; only then may anything be removed'
          : `plan advance runs it: ${found.phase} proves that both shapes agree`,
    })
  return steps.slice(0, last + 1).filter(({ phase }) => phases.includes(phase))
}

/** The steps that the ledger does not have as done and the database shows, up to the first one that it does not show. */
async function seen(
  engine: Engine,
  program: Program,
  steps: readonly Step[],
  standing: Pick<Progress, 'steps' | 'checkpoints'> | null,
  through: string | null,
): Promise<Step[]> {
  const found: Step[] = []
  const records = standing?.steps ?? []
  const removed = await removedThrough(engine, steps)
  for (const [index, step] of steps.entries()) {
    if (records.some(({ id, state }) => id === step.id && state === 'done')) continue
    // It only reads. Advance runs it before the next step.
    if (onlyReads(step) && step.id !== through) continue
    const reason =
      openBefore(program, step, standing) ?? (index <= removed ? null : await missing(engine, step, steps))
    if (reason === null) found.push(step)
    else if (through !== null) throw reason
    else break
  }
  return found
}

/**
 * The last step of contract that the database shows. What the steps before it left, it has removed. Below zero: none. Of
 * documents each step shows by itself.
 */
async function removedThrough(engine: Engine, steps: readonly Step[]): Promise<number> {
  if ('model' in engine.language) return -1
  for (const [index, step] of [...steps.entries()].toReversed())
    if (step.phase !== 'contract') return -1
    else if (await isSeen(engine, step, [])) return index
  return -1
}

/** The checkpoint that has to be confirmed before the step, as an error; null when there is none. */
function openBefore(program: Program, step: Step, standing: Pick<Progress, 'checkpoints'> | null) {
  const open = program.checkpoints.find(
    (one) => standsBefore(program, one, step) && !standing?.checkpoints.some(({ id }) => id === one.id),
  )
  return open === undefined ? null : unconfirmed(program, step, open)
}

/** Why the step cannot be recorded; null when the database shows it. Throws when it shows only a part of it. */
async function missing(engine: Engine, step: Step, steps: readonly Step[]): Promise<PlanError | null> {
  const later = steps.slice(steps.indexOf(step) + 1).flatMap(({ parts }) => parts)
  if (await isSeen(engine, step, later)) return null
  await refuseHalf(engine, step)
  return notSeen(step)
}

/** Each part is seen, or a later one that took away what it made. */
async function isSeen(engine: Engine, { parts }: Step, later: readonly Part[]): Promise<boolean> {
  for (const part of parts) {
    const replacing = later.filter((one) => isReplacedBy(part, one))
    if (!(await anySeen(engine, [part, ...replacing]))) return false
  }
  return parts.length > 0
}

async function anySeen(engine: Engine, parts: readonly Part[]): Promise<boolean> {
  for (const part of parts) if (await partIsSeen(engine, part)) return true
  return false
}

/**
 * Only the ledger can tell whether a walk is done that fills; one that takes fields away has left none. What rows must be like
 * is asked, too: a constraint may not show it.
 */
async function partIsSeen(engine: Engine, { action, written }: Part): Promise<boolean> {
  if (takesAway(action) && written.run === 'fill') {
    const { rows } = await engine.session.query(written.remaining, [], { long: true })
    return rows.length === 0
  }
  if (written.run !== 'statements') return false
  // A part that runs nothing only asks what rows must be like.
  if (written.statements.length > 0 && !(await isDone({ engine }, written.probe))) return false
  return (await violationsOf({ engine }, written.requires)) === 0
}

/** Refuses a step that is there only in part. A runner can neither begin such a step nor go on from it. */
async function refuseHalf(engine: Engine, { id, title, parts }: Step): Promise<void> {
  for (const part of parts)
    if (factsOf(part.action).creates && (await partIsSeen(engine, part)))
      throw new PlanError('PLAN_DRIFT', `the database shows ${id} only in part: ${title}`, {
        hint: 'nothing was recorded; run the rest of its statements (plan advance --dry-run prints them), or take away what is there with undo.sql; then run the same command again',
      })
}

/** Refuses what only has the names of the steps' own objects: the sync and the backfill rely on more than those. */
async function refuseUnlike(engine: Engine, program: Program, steps: readonly Step[]): Promise<void> {
  const { language } = engine
  if ('model' in language) return
  const snapshot = await engine.inspect({ tables: program.watch.map(({ table }) => table) })
  const found = unlike(snapshot, steps, (one, other) => language.retyping(one, other) === null)
  if (found.length === 0) return
  throw new PlanError(
    'PLAN_DRIFT',
    `what was made by hand is not what the steps make:\n${found.map((line) => `    ${line}`).join('\n')}`,
    {
      hint: 'nothing was recorded; drop it, run the statements of the plan instead (plan advance --dry-run prints them), and adopt again; or drop it and let plan advance make it',
    },
  )
}

const changedMeanwhile = (plan: string): PlanError =>
  new PlanError('PLAN_DRIFT', `${plan} or the database changed while it was looked at`, {
    hint: 'nothing was recorded; run the same command again',
  })

const unconfirmed = (program: Program, step: Step, { id, require }: Checkpoint): PlanError =>
  new PlanError('PLAN_WAITING', `checkpoint ${id} stands before ${step.id}, and is not confirmed`, {
    hint: `nothing was recorded; when that is so: ${confirming(program.plan.name, id, require.includes('evidence'))}`,
  })

const notSeen = (step: Step): PlanError =>
  walkOf(step) === null
    ? new PlanError('PLAN_DRIFT', `the database does not show ${step.id} as done: ${step.title}`, {
        hint: 'nothing was recorded; run its statements first (plan advance --dry-run prints them), or leave out --through to record only what is there',
      })
    : new PlanError('PLAN_USAGE', `no query can tell whether ${step.id} is done: ${step.title}`, {
        hint: `nothing was recorded; plan advance runs it, and it writes only what is still missing`,
      })

/** Records the steps as done, and each phase as done once all its steps are. */
async function record(
  runner: Awaited<ReturnType<typeof acquire>>,
  program: Program,
  adopted: readonly Step[],
): Promise<void> {
  await writing(runner, async (ledger) => {
    const { state, phase } = runner.progress.plan
    await ledger.state(move(state, 'running'))
    // Until the objects are looked at again below, nobody may compare them.
    await ledger.objects(null)
    for (const { id } of adopted) {
      await ledger.step(id, { state: 'done' })
      await ledger.event('step adopted', { step: id })
    }
    if (adopted.some(isRetirement)) await ledger.retired(true)
    let last = phase
    for (;;) {
      const next = nextPhase(program, last)
      if (next === null || !isComplete(runner.progress.steps, program, next, adopted)) break
      last = next
      await ledger.state(move('running', nextPhase(program, next) === null ? 'done' : 'running'), next)
      await ledger.event('phase done', { phase: next })
    }
  })
  await remember(runner, program)
}

const isComplete = (
  records: readonly StepRecord[],
  { phases }: Program,
  phase: Phase,
  adopted: readonly Step[],
): boolean =>
  (phases.find((one) => one.phase === phase)?.steps ?? []).every(
    ({ id }) =>
      adopted.some((step) => step.id === id) ||
      records.some((record) => record.id === id && record.state === 'done'),
  )
