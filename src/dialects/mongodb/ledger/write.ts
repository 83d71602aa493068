import { type Claim, NO_CONTROLS } from '../../../ledger/records.ts'
import { type Claiming, fenced, type LedgerWriter, type Writer } from '../../../ledger/write.ts'
import { append, apply, type Change, requireOurs } from './change.ts'
import { type Places, type PlanDocument, see } from './read.ts'

/**
 * Opens a writer of the ledger. Its changes are collected and written at once when the work is done, if the plan still
 * belongs to the writer. A command that is sent late checks that again first.
 */
export async function openLedgerWriter(places: Places, writer: Writer): Promise<LedgerWriter> {
  const check = async () => void requireOurs(await see(places, writer.plan), writer)
  await check()
  places.session.guard(check)
  const changes: Change[] = []
  places.session.atEnd(async () => {
    if (changes.length > 0) await apply(places, writer.plan, (seen) => requireOurs(seen, writer), changes)
  })
  const claims = claiming(places, writer)
  return { ...writing(writer, (change) => void changes.push(change)), claims }
}

function writing({ actor, plan: name }: Writer, add: (change: Change) => void): Omit<LedgerWriter, 'claims'> {
  const later = async (change: Change) => add(change)
  return {
    state: (state, phase) =>
      later((plan) => {
        plan.state = state
        if (phase !== undefined) plan.phase = phase
      }),
    objects: (objects) =>
      later((plan) => {
        plan.objects = objects === null ? null : JSON.stringify(objects)
      }),
    retired: (whether) =>
      later((plan, at) => {
        plan.retiredAt = whether ? at : null
      }),
    runner: (runner) =>
      later((plan) => {
        plan.runner = runner === null ? null : JSON.stringify(runner)
      }),
    step: (id, { state, error = null }) =>
      later((plan, at) => {
        const before = plan.steps[id]
        const running = state === 'running'
        plan.steps[id] = {
          state,
          attempts: Math.max(1, (before?.attempts ?? 0) + (running ? 1 : 0)),
          startedAt: running || !before ? at : before.startedAt,
          finishedAt: running ? null : at,
          error,
        }
      }),
    slice: (slice, epoch) =>
      later((plan, at) => {
        const before = sliceOf(plan, slice)
        if (epoch !== undefined && before?.claim?.epoch !== epoch) throw fenced(name)
        const claim = before?.claim
        put(plan, { ...slice, startedAt: before?.startedAt ?? at, updatedAt: at, ...(claim && { claim }) })
      }),
    control: ({ paused, settings }) =>
      later((plan, at) => {
        plan.controls = {
          ...(plan.controls ?? NO_CONTROLS),
          ...(paused !== undefined && { paused: paused && { ...paused, at } }),
          ...(settings && { settings }),
        }
      }),
    waiting: (why) =>
      later((plan, at) => {
        plan.controls = { ...(plan.controls ?? NO_CONTROLS), waiting: why && { ...why, since: at } }
      }),
    forgetEvidence: () =>
      later((plan) => {
        plan.checkpoints = []
        plan.invariants = []
      }),
    quarantine: (row) =>
      later((plan, at) => {
        plan.quarantine = [...(plan.quarantine ?? []), { ...row, at }]
      }),
    forgetQuarantine: (step) => later((plan) => release(plan, step)),
    forgetSlices: (step) =>
      later((plan) => {
        plan.slices = plan.slices.filter((one) => one.step !== step)
        release(plan, step)
      }),
    invariant: (found) =>
      later((plan, at) => {
        plan.invariants = [
          ...plan.invariants.filter(({ name }) => name !== found.name),
          { ...found, checkedAt: at },
        ].sort((a, b) => (a.name < b.name ? -1 : 1))
      }),
    checkpoint: (confirmed) =>
      later((plan, at) => {
        plan.checkpoints = [
          ...plan.checkpoints.filter(({ id }) => id !== confirmed.id),
          { ...confirmed, at },
        ].sort((a, b) => (a.id < b.id ? -1 : 1))
      }),
    event: (kind, data = {}) => later((plan, at) => append(plan, { actor, kind, data, at })),
  }
}

function release(plan: PlanDocument, step: string): void {
  if (plan.quarantine) plan.quarantine = plan.quarantine.filter((one) => one.step !== step)
}

type Slice = PlanDocument['slices'][number]

const isSlice =
  ({ step, number }: Pick<Slice, 'step' | 'number'>) =>
  (one: Slice): boolean =>
    one.step === step && one.number === number

const sliceOf = (plan: PlanDocument, slice: Pick<Slice, 'step' | 'number'>): Slice | undefined =>
  plan.slices.find(isSlice(slice))

function put(plan: PlanDocument, slice: Slice): void {
  const isIt = isSlice(slice)
  plan.slices = [...plan.slices.filter((one) => !isIt(one)), slice]
}

/** A claim is written at once, because only that shows whether it succeeded in time. */
function claiming(places: Places, writer: Writer): Claiming {
  const change = (
    slice: Pick<Slice, 'step' | 'number'>,
    epoch: number,
    claim: (plan: PlanDocument) => Claim,
  ) =>
    apply(places, writer.plan, (seen) => requireOurs(seen, writer), [
      (plan) => {
        const before = sliceOf(plan, slice)
        if (before && (before.claim?.epoch ?? 0) === epoch) put(plan, { ...before, claim: claim(plan) })
      },
    ])
  return {
    claim: async (slice, seen, holder) => {
      await places.present()
      const epoch = seen + 1
      const plan = await change(slice, seen, (now) => ({ epoch, runner: now.epoch, holder }))
      const now = sliceOf(plan, slice)?.claim
      return now?.epoch === epoch && now.holder?.started === holder.started ? epoch : null
    },
    release: async (slice, epoch) =>
      void (await change(slice, epoch, (now) => ({ epoch, runner: now.epoch, holder: null }))),
  }
}
