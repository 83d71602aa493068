import { isTrue, type Row } from '../../dialects/interface/session.ts'
import {
  AS_PLANNED,
  type CheckpointRecord,
  type Claim,
  type Controls,
  type EventRecord,
  type InvariantRecord,
  NO_CONTROLS,
  type PlanRecord,
  type Progress,
  type QuarantineRecord,
  type SliceRecord,
  type State,
  type StepRecord,
  type TrailEnd,
} from '../records.ts'
import type { SqlStore } from './store.ts'

/** Every plan the ledger knows, by name. Empty when there is no ledger yet. */
export async function readPlans(store: SqlStore): Promise<readonly PlanRecord[]> {
  if (!(await store.exists())) return []
  const { rows } = await store.run(store.table('plans').select('*').orderBy('name'))
  return rows.map(planRecord)
}

/** Where the current run of a plan stands, or null when the ledger does not know the plan. */
export async function readProgress(store: SqlStore, name: string): Promise<Progress | null> {
  if (!(await store.exists())) return null
  const { rows } = await store.run(store.table('plans').select('*').where({ name }))
  if (!rows[0]) return null
  const plan = planRecord(rows[0])
  const of = { plan: plan.name, run: plan.run }
  const read = async <T>(table: string, order: string, make: (row: Row) => T) =>
    (await store.run(store.table(table).select('*').where(of).orderBy(order))).rows.map(make)
  return {
    plan,
    steps: await read('steps', 'step', stepRecord),
    slices: await readSlices(store, of),
    checkpoints: await read('checkpoints', 'checkpoint', checkpointRecord),
    invariants: await read('invariants', 'name', invariantRecord),
    controls: await readControls(store, of),
    quarantine: (await store.current()) ? await read('quarantine', 'number', quarantineRecord) : [],
  }
}

/** Slices by number, with their claims. */
export async function readSlices(
  store: SqlStore,
  of: { readonly plan: string; readonly run: number; readonly step?: string },
): Promise<readonly SliceRecord[]> {
  const all = async (table: string) =>
    (await store.run(store.table(table).select('*').where(of).orderBy('number'))).rows
  const slices = (await all('slices')).map(sliceRecord)
  if (!(await store.current())) return slices
  const claims = new Map(
    (await all('claims')).map((row) => [`${row['step']}/${row['number']}`, claimOf(row)]),
  )
  return slices.map((slice) => {
    const claim = claims.get(`${slice.step}/${slice.number}`)
    return claim ? { ...slice, claim } : slice
  })
}

/** What people asked of a run, and why it waits. */
export async function readControls(
  store: SqlStore,
  of: { readonly plan: string; readonly run: number },
): Promise<Controls> {
  // Reading never creates tables. A ledger of an earlier version has none of these.
  if (!(await store.current())) return NO_CONTROLS
  const { rows } = await store.run(store.table('controls').select('*').where(of))
  const [row] = rows
  if (!row) return NO_CONTROLS
  return {
    paused: json(row['paused']) as Controls['paused'],
    settings: { ...AS_PLANNED, ...(json(row['settings']) as Partial<Controls['settings']> | null) },
    waiting: json(row['waiting']) as Controls['waiting'],
  }
}

/** The audit trail, oldest first, of one plan or of all. */
export async function readEvents(store: SqlStore, plan?: string): Promise<readonly EventRecord[]> {
  if (!(await store.exists())) return []
  const query = store.table('events').select('*').orderBy('number')
  return (await store.run(plan === undefined ? query : query.where({ plan }))).rows.map(eventRecord)
}

/** The last event of that kind in the trail of a plan. */
export async function readLastEvent(
  store: SqlStore,
  plan: string,
  kind: string,
): Promise<EventRecord | null> {
  if (!(await store.exists())) return null
  const query = store.table('events').select('*').where({ plan, kind }).orderBy('number', 'desc').limit(1)
  return (await store.run(query)).rows.map(eventRecord)[0] ?? null
}

/** Where the trail of one plan or of all plans must end. */
export async function readEnds(store: SqlStore, plan?: string): Promise<readonly TrailEnd[]> {
  if (!(await store.keepsEnds())) return []
  const query = store.table('plans').select('name', 'last_number', 'last_hash').whereNotNull('last_hash')
  const { rows } = await store.run(plan === undefined ? query : query.where({ name: plan }))
  return rows.map((row) => ({
    plan: String(row['name']),
    number: Number(row['last_number']),
    hash: String(row['last_hash']),
  }))
}

/** A time as the database returns it: a Date, or a text in UTC. */
export function time(value: unknown): string | null {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? new Date(`${value.replace(' ', 'T')}Z`).toISOString() : null
}

/** Some drivers parse JSON, others leave it as text. */
const json = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value)
const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))

const planRecord = (row: Row): PlanRecord => ({
  name: String(row['name']),
  run: Number(row['run']),
  state: row['state'] as State,
  phase: row['phase'] as PlanRecord['phase'],
  epoch: Number(row['epoch']),
  program: json(row['program']) as PlanRecord['program'],
  source: String(row['source']),
  objects: json(row['objects']) as PlanRecord['objects'],
  runner: json(row['runner']) as PlanRecord['runner'],
  pinnedAt: time(row['pinned_at']) ?? '',
  retiredAt: time(row['retired_at']),
})

const stepRecord = (row: Row): StepRecord => ({
  id: String(row['step']),
  state: row['state'] as StepRecord['state'],
  attempts: Number(row['attempts']),
  startedAt: time(row['started_at']),
  finishedAt: time(row['finished_at']),
  error: text(row['error']),
})

const sliceRecord = (row: Row): SliceRecord => ({
  step: String(row['step']),
  number: Number(row['number']),
  end: json(row['upto']) as SliceRecord['end'],
  cursor: json(row['cursor']) as SliceRecord['cursor'],
  state: row['state'] as SliceRecord['state'],
  walked: Number(row['walked']),
  written: Number(row['written']),
  batches: Number(row['batches']),
  estimate: Number(row['estimate']),
  rate: Number(row['rate']),
  batchRows: Number(row['batch_rows']),
  startedAt: time(row['started_at']) ?? '',
  updatedAt: time(row['updated_at']) ?? '',
})

const quarantineRecord = (row: Row): QuarantineRecord => ({
  step: String(row['step']),
  row: String(row['key']),
  code: String(row['code']),
  at: time(row['at']) ?? '',
})

const claimOf = (row: Row): Claim => ({
  epoch: Number(row['epoch']),
  runner: Number(row['runner']),
  holder: json(row['holder']) as Claim['holder'],
})

const checkpointRecord = (row: Row): CheckpointRecord => ({
  id: String(row['checkpoint']),
  by: String(row['confirmed_by']),
  at: time(row['confirmed_at']) ?? '',
  evidence: text(row['evidence']),
  note: text(row['note']),
})

const invariantRecord = (row: Row): InvariantRecord => ({
  name: String(row['name']),
  holds: isTrue(row['holds']),
  violations: Number(row['violations']),
  checked: row['checked'] === null ? null : Number(row['checked']),
  sample: json(row['sample']) as InvariantRecord['sample'],
  checkedAt: time(row['checked_at']) ?? '',
})

const eventRecord = (row: Row): EventRecord => ({
  number: Number(row['number']),
  plan: String(row['plan']),
  run: Number(row['run']),
  epoch: Number(row['epoch']),
  at: time(row['at']) ?? '',
  actor: String(row['actor']),
  kind: String(row['kind']),
  data: json(row['data']) as EventRecord['data'],
  previous: String(row['previous']),
  hash: String(row['hash']),
})
