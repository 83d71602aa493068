import type { Document } from 'mongodb'
import {
  type Controls,
  type EventRecord,
  NO_CONTROLS,
  type PlanRecord,
  type Progress,
  type TrailEnd,
} from '../../../ledger/records.ts'
import type { MongoSession } from '../connect/mongo-session.ts'

/** Where the ledger's collections are, and how they are read. */
export type Places = {
  readonly session: MongoSession
  readonly ledger: string
  /** Shows others that this session is alive, where the server does not show it. */
  readonly present: () => Promise<void>
  /** Waits for the lock of this name and holds it while the work runs. `held` asks whether it is still ours. */
  readonly alone: <T>(name: string, work: (held: () => Promise<boolean>) => Promise<T>) => Promise<T>
}

/**
 * One plan in one document: everything that a run knows of itself changes in one write, under its epoch. `outbox` holds
 * the events of the last write until they are in the trail. Data that is too irregular for a document is stored as JSON.
 */
export type PlanDocument = {
  readonly _id: string
  run: number
  state: PlanRecord['state']
  phase: PlanRecord['phase']
  epoch: number
  objects: string | null
  runner: string | null
  pinnedAt: string
  retiredAt: string | null
  steps: { [id: string]: Omit<Progress['steps'][number], 'id'> }
  slices: Progress['slices'][number][]
  checkpoints: Progress['checkpoints'][number][]
  invariants: Progress['invariants'][number][]
  /** Left out while nobody steers the plan. */
  controls?: Controls
  /** Left out while there is none. */
  quarantine?: Progress['quarantine'][number][]
  outbox: EventRecord[]
  /** The number and hash of the last event. */
  last: { number: number; hash: string }
  /** A new value with every write. */
  version: string
}

/** A plan's document with the server's clock, for the next write. */
export type Seen = { readonly plan: PlanDocument; readonly now: Date }

/** The plan's document and the server's clock; null when there is none. */
export async function see({ session, ledger }: Places, name: string): Promise<Seen | null> {
  const [found] = await session.documents({
    aggregate: `${ledger}_plans`,
    pipeline: [{ $match: { _id: name } }, { $set: { now: '$$NOW' } }],
    cursor: {},
  })
  if (!found) return null
  const { now, ...plan } = found
  return { plan: documentOf(plan), now: now as Date }
}

/** The driver returns its own types for numbers. */
const documentOf = (found: Document): PlanDocument => {
  const { body, ...rest } = found
  return {
    ...JSON.parse(String(body)),
    _id: String(rest['_id']),
    version: String(rest['version']),
  } as PlanDocument
}

/** Members that others search by are beside the body. */
export const stored = ({ _id, version, ...body }: PlanDocument): Document => ({
  version,
  run: body.run,
  epoch: body.epoch,
  state: body.state,
  phase: body.phase,
  body: JSON.stringify(body),
})

/** Every plan's document, by name. */
async function seeAll({ session, ledger }: Places): Promise<PlanDocument[]> {
  const found = await session.documents({ find: `${ledger}_plans`, filter: {}, sort: { _id: 1 } })
  return found.map(documentOf)
}

export async function readPlans(places: Places): Promise<readonly PlanRecord[]> {
  const all: PlanRecord[] = []
  for (const plan of await seeAll(places)) all.push(await recordOf(places, plan))
  return all
}

export async function readProgress(places: Places, name: string): Promise<Progress | null> {
  const seen = await see(places, name)
  if (!seen) return null
  const { steps, slices, checkpoints, invariants } = seen.plan
  return {
    plan: await recordOf(places, seen.plan),
    steps: Object.entries(steps)
      .map(([id, step]) => ({ id, ...step }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    slices: byNumber(slices),
    checkpoints,
    invariants,
    controls: seen.plan.controls ?? NO_CONTROLS,
    quarantine: seen.plan.quarantine ?? [],
  }
}

const byNumber = (slices: Progress['slices']): Progress['slices'] =>
  [...slices].sort((a, b) => a.number - b.number)

/** The settings that people asked for in this run of a plan, and why it waits. */
export async function readControls(places: Places, name: string): Promise<Controls> {
  return (await see(places, name))?.plan.controls ?? NO_CONTROLS
}

export async function readSlices(places: Places, name: string, step: string): Promise<Progress['slices']> {
  const seen = await see(places, name)
  return byNumber(seen?.plan.slices ?? []).filter((slice) => slice.step === step)
}

/** A program is large and written once per run. */
async function recordOf({ session, ledger }: Places, plan: PlanDocument): Promise<PlanRecord> {
  const { _id: name, run, state, phase, epoch, objects, runner, pinnedAt, retiredAt } = plan
  const [pinned] = await session.documents({
    find: `${ledger}_programs`,
    filter: { _id: programKey(name, run) },
    limit: 1,
  })
  return {
    name,
    run,
    state,
    phase,
    epoch,
    program: JSON.parse(String(pinned?.['program'] ?? '{}')) as PlanRecord['program'],
    source: String(pinned?.['source'] ?? ''),
    objects: objects === null ? null : (JSON.parse(objects) as PlanRecord['objects']),
    runner: runner === null ? null : (JSON.parse(runner) as PlanRecord['runner']),
    pinnedAt,
    retiredAt,
  }
}

export const programKey = (plan: string, run: number): string => `${plan}/${run}`
export const eventKey = ({ plan, number }: EventRecord): string => `${plan}/${number}`

/** The trail, including events that are still in the outbox. */
export const readEvents = (places: Places, name?: string): Promise<readonly EventRecord[]> =>
  readTrail(places, name, name === undefined ? {} : { plan: name })

/** The last event of that kind. An event is kept as a text, in which the server looks for the kind. */
export async function readLastEvent(places: Places, plan: string, kind: string): Promise<EventRecord | null> {
  const likely = { plan, event: { $regex: `"kind":"${kind}"` } }
  return (await readTrail(places, plan, likely)).findLast((event) => event.kind === kind) ?? null
}

async function readTrail(
  places: Places,
  name: string | undefined,
  filter: object,
): Promise<readonly EventRecord[]> {
  const { session, ledger } = places
  // The outboxes come first: an event that leaves one meanwhile is then in the trail.
  const plans = name === undefined ? await seeAll(places) : [(await see(places, name))?.plan]
  const kept = await session.documents({ find: `${ledger}_events`, filter })
  const all = new Map<string, EventRecord>()
  for (const { event } of kept) keep(all, JSON.parse(String(event)) as EventRecord)
  for (const plan of plans) for (const event of plan?.outbox ?? []) keep(all, event)
  return [...all.values()].sort((a, b) =>
    a.plan === b.plan ? a.number - b.number : a.at < b.at ? -1 : a.at > b.at ? 1 : a.plan < b.plan ? -1 : 1,
  )
}

/** Where the trail of one plan or of all plans must end. */
export async function readEnds(places: Places, name?: string): Promise<readonly TrailEnd[]> {
  const plans = name === undefined ? await seeAll(places) : [(await see(places, name))?.plan]
  return plans.flatMap((plan) => (plan && plan.last.number > 0 ? [{ plan: plan._id, ...plan.last }] : []))
}

const keep = (all: Map<string, EventRecord>, event: EventRecord): void => {
  if (!all.has(eventKey(event))) all.set(eventKey(event), event)
}
