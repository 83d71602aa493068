import { eventHash } from '../chain.ts'
import type { PlanRecord } from '../records.ts'
import { fenced, type Pinned, type StepChange, type Writer, type Writing } from '../write.ts'
import { time } from './read.ts'
import type { SqlStore } from './store.ts'

/**
 * Locks the plan's row for the rest of the transaction and gives the pen. A runner whose epoch was raised by another
 * one gets PLAN_FENCED, and its transaction with whatever else it did is rolled back.
 */
export async function pen(store: SqlStore, writer: Writer): Promise<Writing> {
  const asked = store.table('plans').select('epoch', 'run').where({ name: writer.plan })
  // Shared, several batches run at once; whoever takes the plan over waits for each of them.
  const { rows } = await store.run(writer.shared ? asked.forShare() : asked.forUpdate())
  const found = Number(rows[0]?.['epoch'] ?? -1)
  const sameRun = Number(rows[0]?.['run'] ?? -1) === writer.run
  if (!sameRun || (writer.epoch !== null && found !== writer.epoch)) throw fenced(writer.plan)
  return writing(store, writer, found)
}

function writing(store: SqlStore, { plan, run, actor }: Writer, epoch: number): Writing {
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
    slice: async ({
      step,
      number,
      end,
      cursor,
      batchRows,
      state,
      walked,
      written,
      batches,
      estimate,
      rate,
    }) => {
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
    forgetEvidence: async () => {
      for (const name of ['checkpoints', 'invariants'])
        await store.run(table(name).delete().where({ plan, run }))
    },
    forgetSlices: async (step) => void (await store.run(table('slices').delete().where({ plan, run, step }))),
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

/** The plan's row is locked, so there is exactly one last event to follow. */
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
  const { rows: last } = await store.run(
    table('events').select('hash').where({ plan: event.plan }).orderBy('number', 'desc').limit(1),
  )
  const { rows: clock } = await store.run(
    table('meta')
      .select({ at: store.now as unknown as string })
      .limit(1),
  )
  const previous = String(last[0]?.['hash'] ?? '')
  const at = time(clock[0]?.['at']) ?? ''
  const hash = eventHash({ ...event, at, previous, number: 0, hash: '' })
  const row = { ...event, data: JSON.stringify(event.data), at: store.moment(at), previous, hash }
  await store.run(table('events').insert(row))
}

/** Opens a run: pins program and plan file. A plan that was rolled back starts its next run. */
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

/** Raises the epoch: whoever ran the plan before can write nothing from now on. */
export async function takeOver(
  store: SqlStore,
  plan: string,
  runner: PlanRecord['runner'] & object,
): Promise<number> {
  const { table } = store
  const { rows } = await store.run(table('plans').select('epoch', 'run').where({ name: plan }).forUpdate())
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
