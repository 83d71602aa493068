import type { Program } from '../compiler/program.ts'
import type { Phase } from '../compiler/step.ts'
import { PlanError } from '../errors.ts'
import { eventHash, time } from './read.ts'
import type {
  CheckpointRecord,
  InvariantRecord,
  PlanRecord,
  SliceRecord,
  State,
  StepRecord,
} from './records.ts'
import type { Store } from './store.ts'

/**
 * What may be written while the plan's row is locked, inside one transaction. `run` and `epoch` are those of the
 * writer; every write of a runner went past the fence first.
 */
export type Writing = {
  readonly state: (state: State, phase?: Phase | null) => Promise<void>
  readonly objects: (objects: Readonly<Record<string, string>> | null) => Promise<void>
  /** Forgets what was confirmed and proven: it was said of a later state than the one gone back to. */
  readonly forgetEvidence: () => Promise<void>
  /** Forgets how far a backfill came. */
  readonly forgetSlices: (step: string) => Promise<void>
  readonly retired: (whether: boolean) => Promise<void>
  readonly runner: (runner: PlanRecord['runner']) => Promise<void>
  readonly step: (id: string, change: StepChange) => Promise<void>
  readonly slice: (slice: Omit<SliceRecord, 'startedAt' | 'updatedAt'>) => Promise<void>
  readonly invariant: (found: Omit<InvariantRecord, 'checkedAt'>) => Promise<void>
  readonly checkpoint: (confirmed: Omit<CheckpointRecord, 'at'>) => Promise<void>
  readonly event: (kind: string, data?: Readonly<Record<string, unknown>>) => Promise<void>
}

type StepChange = { readonly state: StepRecord['state']; readonly error?: string | null }

/** Who writes: the runner of `epoch`, or with null somebody who only adds a fact, such as a confirmation. */
export type Writer = {
  readonly plan: string
  readonly run: number
  readonly epoch: number | null
  readonly actor: string
}

/**
 * Locks the plan's row for the rest of the transaction and gives the pen. A runner whose epoch was raised by another
 * one gets PLAN_FENCED, and its transaction with whatever else it did is rolled back.
 */
export async function pen(store: Store, writer: Writer): Promise<Writing> {
  const { rows } = await store.run(
    store.table('plans').select('epoch', 'run').where({ name: writer.plan }).forUpdate(),
  )
  const found = Number(rows[0]?.['epoch'] ?? -1)
  const sameRun = Number(rows[0]?.['run'] ?? -1) === writer.run
  if (!sameRun || (writer.epoch !== null && found !== writer.epoch)) throw fenced(writer.plan)
  return writing(store, writer, found)
}

export const fenced = (plan: string): PlanError =>
  new PlanError('PLAN_FENCED', `another runner has taken ${plan} over`, {
    hint: 'nothing of this attempt was kept; plan status shows who runs it now',
  })

function writing(store: Store, { plan, run, actor }: Writer, epoch: number): Writing {
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
  store: Store,
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
  store: Store,
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
export async function pin(
  store: Store,
  pinned: { program: Program; source: string; objects: Readonly<Record<string, string>>; actor: string },
): Promise<number> {
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
  store: Store,
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
