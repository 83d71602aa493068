import type { Engine } from '../dialects/interface/engine.ts'
import { PlanError } from '../errors.ts'
import { isProven } from '../ledger/proven.ts'
import type { CheckpointRecord, Progress } from '../ledger/records.ts'
import type { Store } from '../ledger/store.ts'
import type { Writer } from '../ledger/write.ts'
import type { Checkpoint } from '../program/program.ts'
import { PHASES } from '../program/step.ts'
import { nearest } from '../text/nearest.ts'
import { nextPhase } from './advance.ts'
import { probesPass } from './checkpoints.ts'

export type Confirmation = {
  readonly checkpoint: string
  readonly by: string
  readonly evidence: string | null
  readonly note: string | null
}

/** Confirms a checkpoint once the phase before it is done and its probes pass. */
export async function confirm(
  engine: Engine,
  store: Store,
  plan: string,
  { checkpoint: id, by, evidence, note }: Confirmation,
  signal: AbortSignal,
): Promise<Omit<CheckpointRecord, 'at'>> {
  const progress = await store.progress(plan)
  if (!progress) await store.requireSeen()
  if (!progress)
    throw new PlanError('PLAN_WAITING', `${plan} has not started`, { hint: `run plan advance ${plan} first` })
  const { program, run, epoch, phase, state, retiredAt } = progress.plan
  if (state === 'rolled-back')
    throw new PlanError('PLAN_WAITING', `${plan} was rolled back`, {
      hint: `run plan advance ${plan} to start again`,
    })
  const checkpoint = program.checkpoints.find((one) => one.id === id)
  if (!checkpoint) {
    const names = program.checkpoints.map((one) => one.id)
    const near = nearest(id, names)
    throw new PlanError('PLAN_USAGE', `${plan} has no checkpoint ${id}`, {
      hint: near
        ? `did you mean ${near}?`
        : names.length
          ? `it has: ${names.join(', ')}`
          : 'it has none: there is nothing to deploy',
    })
  }
  requireReached(plan, progress, checkpoint)
  if (checkpoint.require.includes('evidence') && !evidence)
    throw new PlanError('PLAN_USAGE', `${id} needs evidence`, {
      hint: 'give --evidence with a link to the deploy, dashboard or change record',
    })
  await probesPass(engine, program, [checkpoint], signal)
  const confirmed = { id, by, evidence, note }
  // The probes saw the plan as it was then. Another runner may have rolled it back since.
  const writer = { plan, run, epoch, actor: by, seen: { phase, retiredAt } }
  await keep(engine, store, writer, confirmed).catch((error: unknown) => {
    throw error instanceof PlanError && error.code === 'PLAN_FENCED' ? moved(plan, id) : error
  })
  return confirmed
}

/** Refuses a confirmation before the plan has come so far that anybody could know what the checkpoint asks. */
function requireReached(plan: string, progress: Progress, { id, before }: Checkpoint): void {
  const { program, phase, retiredAt } = progress.plan
  const next = nextPhase(program, phase)
  if (next === null) return
  if (before === 'drop' && retiredAt === null)
    throw new PlanError('PLAN_WAITING', `${id} cannot be confirmed yet: the old shape is still in use`, {
      hint: `run plan advance ${plan} --phase contract first: it retires the old shape, and then waits for this`,
    })
  if (before === 'retire' && !isProven(program, progress))
    throw new PlanError(
      'PLAN_WAITING',
      `${id} cannot be confirmed yet: contract has not proven that both shapes agree`,
      {
        hint: `keep both shapes written, and run plan advance ${plan} --phase contract first: it proves them, and then waits for this`,
      },
    )
  if (before !== 'drop' && before !== 'retire' && PHASES.indexOf(next) < PHASES.indexOf(before))
    throw new PlanError('PLAN_WAITING', `${id} cannot be confirmed yet: ${next} is not done`, {
      hint: `run plan advance ${plan} --until-checkpoint first`,
    })
}

const keep = (
  { session }: Engine,
  store: Store,
  writer: Writer,
  confirmed: Omit<CheckpointRecord, 'at'>,
): Promise<void> =>
  session.transaction({}, async () => {
    const { id: checkpoint, evidence, note } = confirmed
    const ledger = await store.openLedgerWriter(writer)
    await ledger.checkpoint(confirmed)
    await ledger.event('checkpoint confirmed', { checkpoint, evidence, note })
  })

const moved = (plan: string, checkpoint: string): PlanError =>
  new PlanError('PLAN_FENCED', `${plan} was advanced or rolled back while the probes of ${checkpoint} ran`, {
    hint: `nothing was confirmed; look where it stands (plan status ${plan}), then confirm again if that still fits`,
  })
