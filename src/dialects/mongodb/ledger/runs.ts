import { randomUUID } from 'node:crypto'
import { NO_CONTROLS, type PlanRecord } from '../../../ledger/records.ts'
import { fenced, type Pinned } from '../../../ledger/write.ts'
import { append, apply } from './change.ts'
import { type Places, type PlanDocument, programKey, see, stored } from './read.ts'

/**
 * Opens a run: stores its program and plan file. A plan that was rolled back starts its next run. `opening` asks whether
 * earlier checks still hold: a process that was suspended for long may have lost its lock.
 */
export async function pin(
  places: Places,
  { program, source, objects, actor }: Pinned,
  opening: (() => Promise<boolean>) | null = null,
): Promise<number> {
  const { name } = program.plan
  const { session, ledger } = places
  const run = ((await see(places, name))?.plan.run ?? 0) + 1
  // The program comes first: a plan whose program is missing could not continue.
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
  if (opening !== null && !(await opening())) throw fenced(name)
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
  quarantine: [],
} satisfies Partial<PlanDocument>

/**
 * Creates the document of a plan that is new to the ledger, in the state after a rollback, so that a first run may begin.
 */
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

/** Raises the epoch: the runner before can write nothing from now on. */
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
