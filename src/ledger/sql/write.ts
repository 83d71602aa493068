import { eventHash } from '../chain.ts'
import type { PlanRecord } from '../records.ts'
import {
  type Claiming,
  fenced,
  type LedgerWriter,
  type Pinned,
  type StepChange,
  type Writer,
} from '../write.ts'
import { time } from './read.ts'
import type { SqlStore } from './store.ts'

/**
 * Locks the plan's row until the transaction ends, and opens a writer of the ledger. PLAN_FENCED, and with it a rollback,
 * when another runner has raised the epoch.
 */
export async function openLedgerWriter(store: SqlStore, writer: Writer): Promise<LedgerWriter> {
  const shared = writer.shared ?? false
  const asked = lookedUp(store, writer.plan, shared)
  // With a shared lock several batches run at once. A runner that takes over waits for each of them.
  const { rows } = await store.run(shared ? asked.forShare() : asked.forUpdate())
  const found = Number(rows[0]?.['epoch'] ?? -1)
  const sameRun = Number(rows[0]?.['run'] ?? -1) === writer.run
  if (!sameRun || (writer.epoch !== null && found !== writer.epoch)) throw fenced(writer.plan)
  const { phase, retiredAt } = writer.seen ?? {}
  const moved = (rows[0]?.['phase'] ?? null) !== phase || time(rows[0]?.['retired_at']) !== retiredAt
  if (writer.seen && moved) throw fenced(writer.plan)
  return writing(store, writer, found)
}

const lookedUp = ({ table, turn }: SqlStore, name: string, shared: boolean) =>
  table('plans')
    .select('epoch', 'run', 'phase', 'retired_at', ...(turn ? [turn(name, shared)] : []))
    .where({ name })

function writing(store: SqlStore, { plan, run, actor }: Writer, epoch: number): LedgerWriter {
  const { table, now } = store
  const update = (change: Record<string, unknown>) =>
    store.run(table('plans').update(change).where({ name: plan }))
  const put = (
    name: string,
    keys: Record<string, unknown>,
    row: Record<string, unknown>,
    keep: readonly string[] = [],
  ) => {
    const changed = Object.keys(row).filter((column) => !keep.includes(column))
    const all = { plan, run, ...keys }
    return store.run(
      table(name)
        .insert({ ...all, ...row })
        .onConflict(Object.keys(all))
        .merge(changed),
    )
  }
  return {
    state: async (state, phase) => void (await update({ state, ...(phase !== undefined && { phase }) })),
    objects: async (objects) =>
      void (await update({ objects: objects === null ? null : JSON.stringify(objects) })),
    retired: async (whether) => void (await update({ retired_at: whether ? now : null })),
    runner: async (runner) =>
      void (await update({ runner: runner === null ? null : JSON.stringify(runner) })),
    step: async (id, change) => void (await stepChange(store, { plan, run, step: id }, change)),
    slice: async (
      { step, number, end, cursor, batchRows, state, walked, written, batches, estimate, rate },
      epoch,
    ) => {
      if (epoch !== undefined) await requireClaim(store, { plan, run, step, number, epoch })
      const row = {
        upto: JSON.stringify(end),
        cursor: JSON.stringify(cursor),
        state,
        walked,
        written,
        batches,
        estimate,
        rate,
        batch_rows: batchRows,
        started_at: now,
        updated_at: now,
      }
      await put('slices', { step, number }, row, ['started_at'])
    },
    quarantine: async ({ step, row, code }) => {
      const { count } = await store.run(table('quarantine').select('number').where({ plan, run, step }))
      await put('quarantine', { step, number: count + 1 }, { key: row, code, at: now })
    },
    forgetQuarantine: async (step) =>
      void (await store.run(table('quarantine').delete().where({ plan, run, step }))),
    claims: claiming(store, { plan, run, epoch }),
    control: async ({ paused, settings }) => {
      const at = await moment(store)
      await put(
        'controls',
        {},
        {
          ...(paused !== undefined && { paused: paused && JSON.stringify({ ...paused, at }) }),
          ...(settings && { settings: JSON.stringify(settings) }),
        },
      )
    },
    waiting: async (why) => {
      const waiting = why && JSON.stringify({ ...why, since: await moment(store) })
      await put('controls', {}, { waiting })
    },
    forgetEvidence: async () => {
      for (const name of ['checkpoints', 'invariants'])
        await store.run(table(name).delete().where({ plan, run }))
    },
    forgetSlices: async (step) => {
      for (const name of ['slices', 'claims', 'quarantine'])
        await store.run(table(name).delete().where({ plan, run, step }))
    },
    invariant: async ({ name, holds, violations, checked, sample }) => {
      await put(
        'invariants',
        { name },
        { holds, violations, checked, sample: JSON.stringify(sample), checked_at: now },
      )
    },
    checkpoint: async ({ id, by, evidence, note }) => {
      await put('checkpoints', { checkpoint: id }, { confirmed_by: by, confirmed_at: now, evidence, note })
    },
    event: (kind, data = {}) => append(store, { plan, run, epoch, actor, kind, data }),
  }
}

function claiming(
  { table, run: send }: SqlStore,
  { plan, run, epoch }: { plan: string; run: number; epoch: number },
): Claiming {
  return {
    claim: async ({ step, number }, seen, holder) => {
      const key = { plan, run, step, number }
      if (seen === 0)
        await send(
          table('claims')
            .insert({ ...key, epoch: 0, runner: epoch, holder: null })
            .onConflict(Object.keys(key))
            .ignore(),
        )
      const claimed = { epoch: seen + 1, runner: epoch, holder: JSON.stringify(holder) }
      const { count } = await send(
        table('claims')
          .update(claimed)
          .where({ ...key, epoch: seen }),
      )
      return count > 0 ? seen + 1 : null
    },
    release: async ({ step, number }, claim) =>
      void (await send(
        table('claims').update({ holder: null }).where({ plan, run, step, number, epoch: claim }),
      )),
  }
}

/** Locks the claim until the batch commits: a worker that claims the slice waits for that and then reads its cursor. */
async function requireClaim(
  store: SqlStore,
  {
    plan,
    run,
    step,
    number,
    epoch,
  }: { plan: string; run: number; step: string; number: number; epoch: number },
): Promise<void> {
  const { rows } = await store.run(
    store.table('claims').select('epoch').where({ plan, run, step, number }).forUpdate(),
  )
  if (Number(rows[0]?.['epoch'] ?? 0) !== epoch) throw fenced(plan)
}

/** The time of the statement by the database's clock, ISO 8601 in UTC. */
async function moment({ table, run, now }: SqlStore): Promise<string> {
  const { rows } = await run(
    table('meta')
      .select({ at: now as unknown as string })
      .limit(1),
  )
  return time(rows[0]?.['at']) ?? ''
}

async function stepChange(
  store: SqlStore,
  keys: { plan: string; run: number; step: string },
  { state, error = null }: StepChange,
): Promise<void> {
  const { table, now } = store
  const { rows } = await store.run(table('steps').select('attempts').where(keys))
  const attempts = Number(rows[0]?.['attempts'] ?? 0) + (state === 'running' ? 1 : 0)
  const finished = state === 'running' ? null : now
  const row = { state, attempts: Math.max(1, attempts), error, finished_at: finished }
  if (rows[0])
    await store.run(
      table('steps')
        .update(state === 'running' ? { ...row, started_at: now } : row)
        .where(keys),
    )
  else await store.run(table('steps').insert({ ...keys, ...row, started_at: now }))
}

/** The plan's row is locked, so exactly one last event can precede this one. */
async function append(
  store: SqlStore,
  event: {
    plan: string
    run: number
    epoch: number
    actor: string
    kind: string
    data: Readonly<Record<string, unknown>>
  },
): Promise<void> {
  const { table } = store
  const { previous, at } = await before(store, event.plan)
  const hash = eventHash({ ...event, at, previous, number: 0, hash: '' })
  const row = { ...event, data: JSON.stringify(event.data), at: store.moment(at), previous, hash }
  await store.run(table('events').insert(row))
  if (!(await store.keepsEnds())) return
  const { rows } = await store.run(lastOf(store, event.plan))
  const end = { last_number: rows[0]?.['number'], last_hash: hash }
  await store.run(table('plans').update(end).where({ name: event.plan }))
}

/** The time now, and the last event's hash from the plan's row: after a cut at the trail's end the next link shows it. */
async function before(store: SqlStore, plan: string): Promise<{ previous: string; at: string }> {
  const end = (await store.keepsEnds()) ? ['last_hash'] : []
  const { rows } = await store.run(
    store
      .table('plans')
      .select({ at: store.now as unknown as string }, ...end)
      .where({ name: plan }),
  )
  const at = time(rows[0]?.['at']) ?? ''
  const known = rows[0]?.['last_hash'] ?? (await store.run(lastOf(store, plan))).rows[0]?.['hash']
  return { previous: String(known ?? ''), at }
}

const lastOf = ({ table }: SqlStore, plan: string) =>
  table('events').select('number', 'hash').where({ plan }).orderBy('number', 'desc').limit(1)

/** Opens a run: stores its program and plan file. A plan that was rolled back starts its next run. */
export async function pin(store: SqlStore, pinned: Pinned): Promise<number> {
  const { table } = store
  const { name } = pinned.program.plan
  const { rows } = await store.run(table('plans').select('run', 'epoch', 'state').where({ name }).forUpdate())
  const before = rows[0]
  const run = Number(before?.['run'] ?? 0) + 1
  const row = {
    run,
    state: 'compiled',
    phase: null,
    epoch: Number(before?.['epoch'] ?? 0),
    fingerprint: pinned.program.fingerprint,
    program: JSON.stringify(pinned.program),
    source: pinned.source,
    objects: JSON.stringify(pinned.objects),
    runner: null,
    pinned_at: store.now,
    retired_at: null,
  }
  if (before) await store.run(table('plans').update(row).where({ name }))
  else await store.run(table('plans').insert({ name, ...row }))
  await append(store, {
    plan: name,
    run,
    epoch: row.epoch,
    actor: pinned.actor,
    kind: 'pinned',
    data: { fingerprint: pinned.program.fingerprint },
  })
  return run
}

/** Raises the epoch: the runner before can write nothing from now on. */
export async function takeOver(
  store: SqlStore,
  plan: string,
  runner: PlanRecord['runner'] & object,
): Promise<number> {
  const { table } = store
  const { rows } = await store.run(lookedUp(store, plan, false).forUpdate())
  const epoch = Number(rows[0]?.['epoch'] ?? 0) + 1
  await store.run(
    table('plans')
      .update({ epoch, runner: JSON.stringify(runner) })
      .where({ name: plan }),
  )
  await append(store, {
    plan,
    run: Number(rows[0]?.['run'] ?? 0),
    epoch,
    actor: runner.by,
    kind: 'runner took over',
    data: { host: runner.host },
  })
  return epoch
}
