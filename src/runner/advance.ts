import { pauseOf } from '../backfill/admission.ts'
import { sweep } from '../backfill/computing/sweep.ts'
import { runDryRun } from '../backfill/dry-run/dry-run.ts'
import { runFill } from '../backfill/fill.ts'
import { awaitQuiescence } from '../backfill/quiescence.ts'
import { PlanError } from '../errors.ts'
import { forgotten, type RunEvent, type Runner, reading, writing } from '../execution/context.ts'
import { proveLast } from '../execution/proof.ts'
import { recordRefusal, refusalOf, stateAfter } from '../execution/refusals.ts'
import { stopIfAsked } from '../execution/retry.ts'
import { observe, runStep } from '../execution/steps.ts'
import { move } from '../execution/transitions.ts'
import { runVerify } from '../execution/verify.ts'
import type { Refusal, State } from '../ledger/records.ts'
import { shapeChanges } from '../program/drift.ts'
import { isArchiving, isSeal, type Walk, walkOf } from '../program/facts.ts'
import type { Checkpoint, Program } from '../program/program.ts'
import { PHASES, type Phase, type Step } from '../program/step.ts'
import { formatDuration } from '../text/duration.ts'
import { acquire, type PriorLease, type RunRequest, refuseDrift } from './acquire.ts'
import { holdLeft, probesPass, refuseDependents, type Waiting, waitingFor } from './checkpoints.ts'
import { proveOnce, refuseHalfRestored } from './restore.ts'
import { refuseWhileSyncing } from './sync.ts'

export type Until = { readonly phase?: Phase | undefined; readonly untilCheckpoint?: boolean | undefined }

/** `reached`: the requested phase is done. Otherwise what has to happen first. */
export type Outcome = {
  readonly plan: string
  readonly state: State
  readonly phases: readonly Phase[]
  readonly reached: boolean
  readonly waiting: Waiting | null
  /** The next phase; null when nothing is left. */
  readonly next: Phase | null
}

/** What a process remembers when it lost its connection and tries again. */
export type Attempt = {
  held: PriorLease | null
  /** The phase that was under way. */
  under: Phase | null
  ran: Phase[]
}

export const firstAttempt = (): Attempt => ({ held: null, under: null, ran: [] })

/** Runs the next phase, or all phases up to the requested one, and stops at the first thing that must be done before. */
export async function advance(asked: RunRequest, until: Until, attempt = firstAttempt()): Promise<Outcome> {
  const { wanted, at } = followed(asked)
  const runner = await acquire(wanted, attempt.held)
  attempt.held = { epoch: runner.epoch, backend: runner.engine.session.backend }
  const { program, phase } = runner.progress.plan
  refuseHalfRestored(runner)
  // The last phase may be committed without our knowledge, and a promoted standby may lack one that we saw committed.
  const last = phase === null ? -1 : PHASES.indexOf(phase)
  const ran = [...attempt.ran, ...(attempt.under === null ? [] : [attempt.under])].filter(
    (one) => PHASES.indexOf(one) <= last,
  )
  attempt.ran = ran
  attempt.under = null
  const { state: left } = runner.progress.plan
  if (left === 'done') {
    await become(runner, 'done')
    return { plan: runner.plan, state: 'done', phases: ran, reached: true, waiting: null, next: null }
  }
  await become(runner, 'running')
  try {
    for (;;) {
      await sweep(runner, program)
      const next = nextPhase(program, (await current(runner)).plan.phase)
      if (next === null || !wants(program, until, next, ran)) return await stop(runner, program, ran, null)
      const waiting = await waitsFor(runner, program, next)
      if (waiting) return await stop(runner, program, ran, waiting)
      attempt.under = next
      const held = await runPhase(runner, program, next)
      attempt.under = null
      if (held) return await stop(runner, program, ran, held)
      ran.push(next)
    }
  } catch (error) {
    await become(runner, stateAfter(error), refusalOf(error, program, at())).catch(() => {})
    throw error
  }
}

/** The same request, and which step is under way. */
function followed(asked: RunRequest): { readonly wanted: RunRequest; readonly at: () => string | null } {
  let step: string | null = null
  const report = (event: RunEvent) => {
    if (event.event === 'step') step = event.state === 'started' ? event.step : null
    asked.report(event)
  }
  return { wanted: { ...asked, report }, at: () => step }
}

/** The phase of the program after the last complete one. */
export function nextPhase(program: Program, last: Phase | null): Phase | null {
  const done = last === null ? -1 : PHASES.indexOf(last)
  return program.phases.find(({ phase }) => PHASES.indexOf(phase) > done)?.phase ?? null
}

function wants(
  program: Program,
  { phase, untilCheckpoint }: Until,
  next: Phase,
  ran: readonly Phase[],
): boolean {
  if (phase !== undefined) return PHASES.indexOf(next) <= PHASES.indexOf(phase)
  if (untilCheckpoint) return ran.length === 0 || !program.checkpoints.some(({ before }) => before === next)
  return ran.length === 0
}

/** The checkpoints before a phase, or within contract. */
async function gateOf(
  runner: Runner,
  program: Program,
  before: Checkpoint['before'],
): Promise<Waiting | null> {
  const now = await runner.engine.now()
  const waiting = waitingFor(program, await current(runner), before, now)
  if (waiting) return waiting
  const checkpoints = program.checkpoints.filter((one) => one.before === before)
  await probesPass(runner.engine, program, checkpoints, runner.signal)
  return null
}

async function waitsFor(runner: Runner, program: Program, phase: Phase): Promise<Waiting | null> {
  const waiting = await gateOf(runner, program, phase)
  if (waiting) return waiting
  const drops = program.retires.flatMap(({ table, columns }) =>
    columns.map((column) => `${table.name}.${column}`),
  )
  if (phase === 'contract' && !(await runner.approve({ about: 'contract', plan: runner.plan, drops })))
    throw new PlanError('PLAN_USAGE', `contract of ${runner.plan} was not approved`, {
      hint: `type the plan's name when asked, or give --yes`,
    })
  return null
}

/** Runs one phase. Returns what it waits for when contract keeps the retired shape for a while. */
async function runPhase(runner: Runner, program: Program, phase: Phase): Promise<Waiting | null> {
  const steps = program.phases.find((one) => one.phase === phase)?.steps ?? []
  await refusePaused(runner)
  await noDrift(runner, program)
  runner.report({ event: 'phase', phase, state: 'started' })
  if (phase === 'contract') {
    const held = await contract(runner, program)
    if (held) return held
  } else if (phase === 'verify') {
    await runVerify(runner, program)
  } else {
    await runSteps(runner, program, steps)
  }
  const last = nextPhase(program, phase) === null
  const state: State = last ? 'done' : 'running'
  await writing(runner, async (ledger) => {
    await ledger.state(move('running', state), phase)
    await ledger.event('phase done', { phase })
  })
  runner.report({ event: 'phase', phase, state: 'done' })
  return null
}

/** Runs one step after the other. Before each, the schema must be as the step before left it. */
async function runSteps(runner: Runner, program: Program, steps: readonly Step[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    stopIfAsked(runner)
    await refusePaused(runner)
    if (index > 0) await noDrift(runner, program)
    await oneStep({ ...runner, progress: await current(runner) }, program, step)
  }
}

/** Begins nothing while a person has paused the plan. */
async function refusePaused(runner: Runner): Promise<void> {
  const { plan, run } = runner
  const pause = pauseOf(plan, await reading(runner, (store) => store.controls(plan, run)))
  if (pause) throw new PlanError('PLAN_PAUSED', `${plan} is ${pause.text}`, { hint: pause.hint })
}

/** How each kind of walk over all rows is run. */
const WALKS: Readonly<Record<Walk, (runner: Runner, program: Program, step: Step) => Promise<void>>> = {
  fill: runFill,
  sweep: awaitQuiescence,
  'try rows': runDryRun,
  'try documents': runDryRun,
}

function oneStep(runner: Runner, program: Program, step: Step): Promise<void> {
  const walk = walkOf(step)
  if (isArchiving(step) && step.parts.some(({ written }) => written.run === 'prove rows'))
    return proveOnce(runner, program, step)
  return walk === null
    ? runStep(runner, program, step, runner.progress.steps)
    : WALKS[walk](runner, program, step)
}

/** Contract: the seal where there are no triggers, the proof, the retirement, the plan's waiting time, and the drop. */
async function contract(runner: Runner, program: Program): Promise<Waiting | null> {
  const steps = program.phases.find(({ phase }) => phase === 'contract')?.steps ?? []
  const progress = await current(runner)
  const { steps: records } = progress
  const retiring = steps.filter((step) => step.reversible && !isSeal(step) && !isArchiving(step))
  const left = retiring.filter(
    ({ id }) => !records.some((record) => record.id === id && record.state === 'done'),
  )
  // Once a column is retired the two shapes cannot be compared any more; the sync keeps them equal until the drop. When
  // nothing is retired first, the drop itself needs the proof.
  const begun = records.some(({ id }) => steps.some((step) => step.id === id))
  if (left.length > 0 || (retiring.length === 0 && !begun)) {
    await proveLast({ ...runner, progress }, program, { steps, retiring, left })
    await refuseDependents(runner.engine, program, ({ columns }) => columns)
    await refuseWhileSyncing(runner.engine, program)
    await warnOfMentions(runner, program)
    const waiting = await gateOf(runner, program, 'retire')
    if (waiting) return waiting
  }
  for (const step of retiring) await runStep(runner, program, step, records)
  const dropping = steps.filter((step) => !step.reversible || isArchiving(step))
  const { plan } = await current(runner)
  const wait = holdLeft(program, plan, runner.production, await runner.engine.now())
  if (wait > 0 && dropping.length > 0)
    return {
      kind: 'hold',
      id: 'hold',
      text: `the retired shape is kept for another ${formatDuration(wait)}; plan rollback still brings it back`,
    }
  const waiting = dropping.length > 0 ? await gateOf(runner, program, 'drop') : null
  if (waiting) return waiting
  await refuseDependents(runner.engine, program, ({ tombstones }) => tombstones)
  for (const step of dropping) {
    stopIfAsked(runner)
    await oneStep({ ...runner, progress: await current(runner) }, program, step)
  }
  return null
}

async function warnOfMentions(runner: Runner, program: Program): Promise<void> {
  for (const { table, columns } of program.retires)
    for (const column of columns)
      for (const routine of await runner.engine.mentions(table, column))
        runner.report({
          event: 'note',
          text: `${routine} names ${table.name} and ${column} in its text: look whether it still works`,
        })
}

/** Refuses when anything that the plan relies on has changed since our last step. */
async function noDrift(runner: Runner, program: Program): Promise<void> {
  const { plan } = await current(runner)
  const found = await observe(runner, program)
  if (plan.objects === null) await writing(runner, (ledger) => ledger.objects(found))
  else
    refuseDrift(
      plan.objects,
      found,
      'somebody else changed the schema since the last step',
      `undo that change, or roll back and compile the plan again; when somebody ran statements of the plan by hand: plan adopt ${runner.plan}`,
      shapeChanges,
    )
}

/** Lets go of the plan in the state in which it now is. */
export async function stop(
  runner: Runner,
  program: Program,
  ran: readonly Phase[],
  waiting: Waiting | null,
): Promise<Outcome> {
  const { plan } = await current(runner)
  const next = nextPhase(program, plan.phase)
  const state: State = next === null ? 'done' : plan.phase === 'verify' ? 'verified' : 'waiting'
  await become(runner, waiting ? 'waiting' : state)
  if (waiting) runner.report({ event: 'waiting', kind: waiting.kind, for: waiting.id, text: waiting.text })
  return {
    plan: runner.plan,
    state: waiting ? 'waiting' : state,
    phases: ran,
    reached: waiting === null,
    waiting,
    next,
  }
}

async function become(runner: Runner, state: State, refusal: Refusal | null = null): Promise<void> {
  const { plan } = await current(runner)
  await writing(runner, async (ledger) => {
    await recordRefusal(ledger, refusal)
    if (plan.state !== state) await ledger.state(move(plan.state, state))
    // A runner that stops removes itself here. A runner that the ledger still names has died.
    if (state !== 'running') await ledger.runner(null)
  })
}

async function current(runner: Runner) {
  const progress = await runner.store.progress(runner.plan)
  if (!progress) throw forgotten(runner.plan)
  return progress
}
