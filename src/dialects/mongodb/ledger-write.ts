import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { PlanError } from '../../errors.ts'
import { eventHash } from '../../ledger/chain.ts'
import { type Claim, type EventRecord, NO_CONTROLS, type PlanRecord } from '../../ledger/records.ts'
import { type Claiming, fenced, type Pinned, type Writer, type Writing } from '../../ledger/write.ts'
import { codeOf, collided, sessionLost } from './errors.ts'
import {
  eventKey,
  type Places,
  type PlanDocument,
  programKey,
  type Seen,
  see,
  stored,
} from './ledger-read.ts'

/** Something that is changed in the plan's document; `at`: the moment by the server's clock. */
type Change = (plan: PlanDocument, at: string) => void

/** Tries against others who write to the same plan: other workers, a person who confirms. One of them gets on each time. */
const TRIES = 200

/** Longest pause between two tries, milliseconds. */
const PAUSE = 20

/**
 * The pen of a writer: its changes are gathered, and made in one write when the work is done, if the plan still is the
 * writer's. A command that is sent late asks that again before.
 */
export async function pen(places: Places, writer: Writer): Promise<Writing> {
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

function requireOurs(seen: Seen | null, { plan, run, epoch }: Writer): Seen {
  if (seen && seen.plan.run === run && (epoch === null || seen.plan.epoch === epoch)) return seen
  throw fenced(plan)
}

/** One write, of a document that nobody else has changed since it was read; otherwise it is read again. */
async function apply(
  places: Places,
  name: string,
  accept: (seen: Seen | null) => Seen,
  changes: readonly Change[],
): Promise<PlanDocument> {
  const version = randomUUID()
  for (let tries = 1; ; tries++) {
    const { plan, now } = accept(await see(places, name))
    await deliver(places, plan.outbox)
    const next: PlanDocument = { ...structuredClone(plan), outbox: [], version }
    for (const change of changes) change(next, now.toISOString())
    const written = await exchange(places, plan.version, next).catch(async (error: unknown) => {
      // What was not confirmed in time may have been written all the same.
      if (collided(error) && (await see(places, name))?.plan.version === version) return true
      throw error
    })
    if (written) {
      // What does not get there now is brought there by the next write.
      await deliver(places, next.outbox).catch((error: unknown) => {
        if (sessionLost(error)) throw error
      })
      return next
    }
    if (tries === TRIES) throw busy(name)
    await sleep(Math.min(PAUSE, tries))
  }
}

const busy = (plan: string): PlanError =>
  new PlanError('PLAN_TEMPORARY', `too many write to the ledger of ${plan} at once`, {
    hint: 'run the same command again',
  })

async function exchange({ session, ledger }: Places, before: string, next: PlanDocument): Promise<boolean> {
  const { value } = await session.command({
    findAndModify: `${ledger}_plans`,
    query: { _id: next._id, version: before },
    update: { $set: stored(next) },
    fields: { _id: 1 },
  })
  return value !== null && value !== undefined
}

/** Into the trail; those that are there already stay. */
async function deliver({ session, ledger }: Places, events: readonly EventRecord[]): Promise<void> {
  for (const event of events)
    await session
      .command({
        insert: `${ledger}_events`,
        documents: [
          { _id: eventKey(event), plan: event.plan, number: event.number, event: JSON.stringify(event) },
        ],
      })
      .catch((error: unknown) => {
        if (codeOf(error) !== DUPLICATE) throw error
      })
}

const DUPLICATE = 11000

function writing({ actor, plan: name }: Writer, add: (change: Change) => void): Omit<Writing, 'claims'> {
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
    forgetSlices: (step) =>
      later((plan) => {
        plan.slices = plan.slices.filter((one) => one.step !== step)
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

/** Written at once: only then it shows whether it was had in time. */
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

function append(plan: PlanDocument, said: Pick<EventRecord, 'actor' | 'kind' | 'data' | 'at'>): void {
  const number = plan.last.number + 1
  const { _id, run, epoch } = plan
  const event: EventRecord = { ...said, plan: _id, run, epoch, number, previous: plan.last.hash, hash: '' }
  // As it will be read again.
  const whole = JSON.parse(JSON.stringify(event)) as EventRecord
  const hash = eventHash(whole)
  plan.outbox.push({ ...whole, hash })
  plan.last = { number, hash }
}

/** Opens a run: pins program and plan file. A plan that was rolled back starts its next run. */
export async function pin(places: Places, { program, source, objects, actor }: Pinned): Promise<number> {
  const { name } = program.plan
  const { session, ledger } = places
  const run = ((await see(places, name))?.plan.run ?? 0) + 1
  // First the program: a plan whose program is missing could not be gone on with.
  await session.command({
    update: `${ledger}_programs`,
    updates: [
      {
        q: { _id: programKey(name, run) },
        u: { $set: { program: JSON.stringify(program), source } },
        upsert: true,
      },
    ],
  })
  await make(places, name)
  await apply(
    places,
    name,
    (seen) => {
      if (seen?.plan.run !== run - 1) throw fenced(name)
      return seen
    },
    [
      (plan, at) => {
        Object.assign(plan, { ...EMPTY, run, objects: JSON.stringify(objects), pinnedAt: at })
        append(plan, { actor, kind: 'pinned', data: { fingerprint: program.fingerprint }, at })
      },
    ],
  )
  return run
}

const EMPTY = {
  state: 'compiled',
  phase: null,
  runner: null,
  retiredAt: null,
  steps: {},
  slices: [],
  checkpoints: [],
  invariants: [],
  controls: NO_CONTROLS,
} satisfies Partial<PlanDocument>

/** The document of a plan that the ledger does not know yet: as after a rollback, so that a first run may begin. */
async function make({ session, ledger }: Places, name: string): Promise<void> {
  const plan: PlanDocument = {
    ...EMPTY,
    state: 'rolled-back',
    _id: name,
    run: 0,
    epoch: 0,
    objects: null,
    pinnedAt: '',
    outbox: [],
    last: { number: 0, hash: '' },
    version: randomUUID(),
  }
  await session.command({
    update: `${ledger}_plans`,
    updates: [{ q: { _id: name }, u: { $setOnInsert: stored(plan) }, upsert: true }],
  })
}

/** Raises the epoch: whoever ran the plan before can write nothing from now on. */
export async function takeOver(
  places: Places,
  name: string,
  runner: PlanRecord['runner'] & object,
): Promise<number> {
  const plan = await apply(
    places,
    name,
    (seen) => {
      if (seen) return seen
      throw fenced(name)
    },
    [
      (one, at) => {
        one.epoch += 1
        one.runner = JSON.stringify(runner)
        append(one, { actor: runner.by, kind: 'runner took over', data: { host: runner.host }, at })
      },
    ],
  )
  return plan.epoch
}
