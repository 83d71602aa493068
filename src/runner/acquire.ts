import type { Engine } from '../dialects/interface/engine.ts'
import { traitsOf } from '../dialects/interface/language.ts'
import type { Session } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import type { Runner, Surroundings } from '../execution/context.ts'
import { recordTurnedAway } from '../execution/refusals.ts'
import { describeBlocker } from '../execution/retry.ts'
import { observe } from '../execution/steps.ts'
import { partsThatDiffer } from '../ledger/edited.ts'
import type { PlanRecord, Progress } from '../ledger/records.ts'
import type { Store } from '../ledger/store.ts'
import { fenced } from '../ledger/write.ts'
import { convertedBy } from '../program/actions.ts'
import { changedOtherwise } from '../program/by-hand/changed.ts'
import { difference } from '../program/drift.ts'
import { canonical } from '../program/fingerprint.ts'
import { requireFormat } from '../program/format.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import { refuseShared } from './overlap.ts'
import { refuseBarred } from './rights.ts'

export type RunRequest = Surroundings & {
  readonly engine: Engine
  readonly store: Store
  readonly program: Program
  /** The text of the plan file from which the program was compiled. */
  readonly source: string
  readonly actor: string
  readonly host: string
  /** The plan is being rolled back; no other process can join that. */
  readonly back?: true
  /** Steps that somebody has carried out by hand. What they make is in the database already, and is not drift. */
  readonly adopted?: readonly Step[]
}

/** Longest wait for other processes to end their batches, milliseconds. */
const PATIENCE = 15_000

/** The identity that a process had as the plan's runner before it lost its connection. */
export type PriorLease = { readonly epoch: number; readonly backend: Session['backend'] }

/**
 * Makes this process the plan's runner. It takes the lock, pins the program, raises the epoch and ends statements of a
 * dead runner. From then on the runner before can write nothing. `held`: our own earlier lease; if somebody else has
 * taken the plan since, it stays theirs.
 */
export async function acquire(wanted: RunRequest, held: PriorLease | null = null): Promise<Runner> {
  const { store, program } = wanted
  // What is refused here is not kept: the ledger may be the reason, and nobody may write to it then.
  await preflight(wanted)
  // Asked before the ledger changes: the version that began the plan has to be able to finish it.
  const known = await store.progress(program.plan.name)
  requireFormats(wanted, known?.plan)
  await store.migrate()
  return becomeRunner(wanted, held, known).catch(async (error: unknown) => {
    await recordTurnedAway(wanted, error)
    throw error
  })
}

async function becomeRunner(
  wanted: RunRequest,
  held: PriorLease | null,
  known: Progress | null,
): Promise<Runner> {
  const { engine, store, program } = wanted
  const name = program.plan.name
  if (held !== null) {
    // The server may not have noticed that our session is lost. That session's lock would then keep us out.
    requireOurs(name, known, held)
    await endOrphan(engine, known)
  }
  await lock(wanted, name)
  const before = await store.progress(name)
  if (held !== null) requireOurs(name, before, held)
  if (!wanted.back) await refuseBarred(wanted, before)
  if (before && before.plan.state !== 'rolled-back') {
    requireSame(before.plan, program, wanted.source)
    if (wanted.adopted && before.plan.objects)
      refuseOthers(before.plan.objects, await observe(wanted, program), program, wanted.adopted, true)
  } else await open(wanted)
  // When the plan was done, other plans could begin with its columns.
  if (wanted.back && before?.plan.state === 'done') await refuseShared(store, program)
  await endOrphan(engine, before)
  const runner = {
    by: wanted.actor,
    host: wanted.host,
    backend: engine.session.backend,
    since: new Date().toISOString(),
    ...(wanted.back && { back: true as const }),
  }
  const epoch = await raise(wanted, runner, before)
  const progress = await store.progress(name)
  if (!progress)
    throw new PlanError('PLAN_INTERNAL', `the ledger lost ${name}`, { hint: 'look at the ledger schema' })
  return { ...wanted, plan: name, run: progress.plan.run, epoch, progress }
}

/**
 * Raises the epoch. Workers of other processes may hold the plan's row within a batch; a session that hangs there is
 * ended.
 */
async function raise(
  { engine, store, program }: RunRequest,
  runner: PlanRecord['runner'] & object,
  before: Progress | null,
): Promise<number> {
  const attempt = (lockTimeout?: number) =>
    engine.session.transaction(lockTimeout === undefined ? {} : { lockTimeout }, () =>
      store.takeOver(program.plan.name, runner),
    )
  try {
    return await attempt(PATIENCE)
  } catch (error) {
    if (!(error instanceof PlanError) || error.code !== 'PLAN_LOCK_TIMEOUT') throw error
    for (const backend of joinedTo(before)) await engine.terminate(backend)
    return await attempt()
  }
}

/** Sessions that have claimed a slice that is not done. */
export const joinedTo = (progress: Progress | null): Session['backend'][] =>
  (progress?.slices ?? []).flatMap(({ state, claim }) =>
    state === 'open' && claim?.holder ? [claim.holder] : [],
  )

/**
 * The epoch alone is not enough: a standby that was promoted may not know our epoch and give the same number to another
 * runner.
 */
function requireOurs(name: string, found: Progress | null, { epoch, backend }: PriorLease): void {
  const now = found?.plan.epoch ?? 0
  if (now < epoch)
    throw new PlanError('PLAN_TEMPORARY', `the ledger lacks what this run of ${name} has written`, {
      hint: 'a standby took over, or a backup was restored; look whether this is the right database, then advance again: it goes on where the ledger says',
    })
  const runner = found?.plan.runner ?? null
  const another =
    runner !== null && (runner.backend.pid !== backend.pid || runner.backend.started !== backend.started)
  if (now > epoch || another) throw fenced(name)
}

async function preflight({ engine, program, store, report, workers, back }: RunRequest): Promise<void> {
  const checks = await engine.preflight(
    program.watch.map(({ table }) => table),
    store.schema,
    workers ?? program.backfill.workers,
    convertedBy(program),
  )
  for (const { outcome, says, hint, lasting } of checks)
    if (outcome === 'warning' && !lasting) report({ event: 'note', text: `${says}: ${hint}` })
  const [first] = checks.filter(({ outcome, mended }) => outcome === 'failed' && !(back && mended))
  if (first) throw new PlanError(first.code ?? 'PLAN_PRIVILEGE', first.says, { hint: first.hint })
}

/** The lock only keeps two runners from wasting each other's work. Safety comes from the epoch. */
async function lock({ engine, sleep, signal }: RunRequest, plan: string): Promise<void> {
  let grace: number | null = null
  for (let waited = 0; ; waited += 250) {
    if (await engine.lock(plan)) return
    grace ??= await engine.grace(plan)
    if (waited >= grace) break
    await sleep(250, signal)
  }
  const holder = await engine.lockHolder(plan)
  throw new PlanError(
    'PLAN_LOCKED',
    `${plan} is run by another process${holder ? `: ${describeBlocker(holder)}` : ''}`,
    {
      hint: `wait for it, or if that process is dead: plan unlock ${plan}`,
    },
  )
}

/** The first advance of a run: the database must still be what the program was compiled for. */
async function open(wanted: RunRequest): Promise<void> {
  const { engine, store, program } = wanted
  const objects = await observe(wanted, program)
  if (wanted.adopted) refuseOthers(program.objects, objects, program, wanted.adopted, false)
  else
    refuseDrift(
      program.objects,
      objects,
      'the program was compiled for another schema',
      `compile the plan again: plan compile; when somebody ran its statements by hand: plan adopt ${program.plan.name}`,
    )
  const traits = traitsOf(engine.language, (await engine.inspect({ tables: [] })).server)
  if (canonical(traits) !== canonical(program.engine.traits)) {
    throw new PlanError(
      'PLAN_DRIFT',
      `this server can do other things than the program relies on: ${difference(flat(program.engine.traits), flat(traits)).join('; ')}`,
      { hint: 'compile the plan for this server' },
    )
  }
  await store.opening(async () => {
    await refuseShared(store, program)
    await store.pin({ program, source: wanted.source, objects, actor: wanted.actor })
  })
}

/** Refuses differences that the adopted steps do not explain. */
const refuseOthers = (
  expected: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
  program: Program,
  adopted: readonly Step[],
  begun: boolean,
): void =>
  refuseDrift(
    expected,
    found,
    'the schema differs by more than the steps that were carried out by hand',
    'undo these changes, then adopt again; nothing was recorded',
    changedOtherwise(program, adopted, begun),
  )

const flat = (record: object): Record<string, string> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, String(value)]))

/** Refuses and lists the differences line by line. A person has to decide what to do. */
export function refuseDrift(
  expected: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
  says: string,
  hint: string,
  compare = difference,
): void {
  const changes = compare(expected, found)
  if (changes.length === 0) return
  throw new PlanError('PLAN_DRIFT', `${says}:\n${changes.map((change) => `    ${change}`).join('\n')}`, {
    hint,
  })
}

/** Refuses a program of another format, pinned or compiled. A plan that is done needs nothing more to advance. */
export function requireFormats(
  { program, back }: Pick<RunRequest, 'program' | 'back'>,
  pinned: PlanRecord | undefined,
): void {
  if (pinned === undefined || pinned.state === 'rolled-back') requireFormat(program, 'compiled')
  else if (pinned.state !== 'done') requireFormat(pinned.program, 'under way')
  else if (back) requireFormat(pinned.program, 'done')
}

/** A plan that has begun must continue with the same program and text. */
export function requireSame(pinned: PlanRecord, program: Program, source: string): void {
  if (pinned.program.fingerprint === program.fingerprint && pinned.source === source) return
  const lines = lineChanges(pinned.source, source)
  const what =
    lines.length > 0
      ? `the plan file was changed:\n${lines.join('\n')}`
      : `the plan file is the same, but the compiled program differs (${partsThatDiffer(pinned.program, program).join(', ')})`
  if (pinned.state === 'done')
    throw new PlanError(
      'PLAN_CHANGED',
      `${pinned.name} was carried through on this database already, with another program; ${what}`,
      {
        hint: 'a name stands for one change: give the new plan a name of its own',
      },
    )
  throw new PlanError(
    'PLAN_CHANGED',
    `${pinned.name} is under way with another program (run ${pinned.run}, pinned ${pinned.pinnedAt}); ${what}`,
    {
      hint: 'put the plan file back as it was and compile it again, or roll back first and start anew; if nobody changed anything, somebody edited the ledger: plan doctor says who may write it',
    },
  )
}

/** The lines that only one of the two texts has, in order. */
function lineChanges(before: string, after: string): string[] {
  const [was, is] = [before.split('\n'), after.split('\n')]
  return [
    ...was.filter((line) => !is.includes(line)).map((line) => `    - ${line}`),
    ...is.filter((line) => !was.includes(line)).map((line) => `    + ${line}`),
  ]
}

/** The server may still be working for a dead runner. That must end before anything is changed. */
async function endOrphan(engine: Engine, before: Progress | null): Promise<void> {
  const { backend: own } = engine.session
  for (const backend of backendsOf(before?.plan.runner ?? null)) {
    if (backend.pid === own.pid && backend.started === own.started) continue
    if (!(await engine.alive(backend)) || (await engine.terminate(backend))) continue
    throw new PlanError('PLAN_LOCKED', `the session of the runner before (pid ${backend.pid}) does not end`, {
      hint: 'end it on the server, then advance again',
    })
  }
}

/** All sessions of a runner. */
export const backendsOf = (runner: PlanRecord['runner']) =>
  runner === null ? [] : [runner.backend, ...(runner.beside ?? [])]
