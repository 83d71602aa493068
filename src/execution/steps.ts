import { attempt, isTrue } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import type { StepRecord } from '../ledger/records.ts'
import { tablesOf } from '../program/actions.ts'
import { describe } from '../program/drift.ts'
import { factsOf, isRetirement } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { TableRef } from '../program/refs.ts'
import type { Part, Step } from '../program/step.ts'
import type { Written } from '../program/written.ts'
import { type Runner, writing } from './context.ts'
import { Others } from './others.ts'
import { interruptible, withLocks } from './retry.ts'
import { withSharing } from './sharing.ts'

/** Runs one step of a schema-changing phase, unless the ledger says that it is done. */
export async function runStep(
  runner: Runner,
  program: Program,
  step: Step,
  records: readonly StepRecord[],
): Promise<void> {
  const record = records.find(({ id }) => id === step.id)
  if (record?.state === 'done' && (await stands(runner, step))) return
  if (record === undefined || record.state === 'undone') await refuseForeign(runner, step)
  runner.report({ event: 'step', step: step.id, title: step.title, state: 'started' })
  try {
    for (const part of step.parts) await interruptible(runner, () => requireFit(runner, part))
    if (step.parts.every(({ written }) => written.transaction === 'step')) await together(runner, step)
    else await alone(runner, step)
  } catch (raw) {
    const error = await withSharing(runner, step, raw)
    await failed(runner, step, error)
    throw error
  }
  await remember(runner, program)
  runner.report({ event: 'step', step: step.id, title: step.title, state: 'done' })
}

/** All parts and the ledger's row in one transaction: done exactly when the ledger says so. */
async function together(runner: Runner, step: Step): Promise<void> {
  const tables = tablesOf(step)
  await withLocks(runner, step.id, tables, () =>
    writing(
      runner,
      async (ledger) => {
        const before = await storages(runner, tables)
        await ledger.step(step.id, { state: 'running' })
        for (const { written } of step.parts) {
          await tryOut(runner, step, written)
          for (const statement of written.statements) await runner.engine.session.query(statement)
        }
        await refuseRewrite(runner, step, tables, before)
        await ledger.step(step.id, { state: 'done' })
        await ledger.objects(null)
        if (isRetirement(step)) await ledger.retired(true)
        await ledger.event('step done', { step: step.id })
      },
      // With several tables a wait could close a circle: the application must never be the one that the server ends.
      { lockTimeout: tables.length > 1 ? Math.min(runner.lockTimeout, 500) : runner.lockTimeout },
    ),
  )
}

/** What the server will not do in a transaction: intention, act, and the catalogue's own word that it is done. */
async function alone(runner: Runner, step: Step): Promise<void> {
  await writing(runner, async (ledger) => {
    await ledger.step(step.id, { state: 'running' })
    await ledger.objects(null)
  })
  const others = new Others(runner, step, 'act')
  for (const { written } of step.parts) {
    if (await isDone(runner, written.probe)) continue
    await tryOut(runner, step, written)
    await others.orElse(written, () => act(runner, step, written))
    if (written.byOthers || (await isDone(runner, written.probe))) continue
    throw new PlanError('PLAN_INTERNAL', `${step.id} ran, but the catalogue does not show it`, {
      hint: 'look at the table, then run plan advance again',
    })
  }
  others.say()
  await writing(runner, async (ledger) => {
    await ledger.step(step.id, { state: 'done' })
    if (isRetirement(step)) await ledger.retired(true)
    await ledger.event('step done', { step: step.id })
  })
}

/** Runs statements outside of a transaction; an interrupt ends them on the server. */
const act = (runner: Runner, step: Step, written: Written): Promise<void> =>
  written.transaction === 'alone'
    ? shortly(runner, step, written.statements, written)
    : patiently(runner, written)

/** Each statement commits by itself, so a lock that cannot be had costs only this one try. */
export async function shortly(
  runner: Runner,
  step: Step,
  statements: readonly string[],
  {
    around,
    each = [],
    over,
  }: Pick<Written, 'each'> & {
    readonly around?: Written['around'] | undefined
    /** Whether there is nothing left to do, of a single statement. */
    readonly over?: (() => Promise<boolean>) | undefined
  },
): Promise<void> {
  const { session } = runner.engine
  if (around && statements.length > 0) await session.query(around.before)
  try {
    for (const [index, text] of statements.entries())
      await withLocks(runner, step.id, tablesOf(step), async () => {
        // Looked at again with each try: what was not confirmed may have been done all the same.
        if ((await isDone(runner, each[index] ?? null)) || (await over?.())) return
        await interruptible(runner, () => session.autonomous(text, { lockTimeout: runner.lockTimeout }))
      })
  } finally {
    if (around && statements.length > 0) await session.query(around.after).catch(() => {})
  }
}

/** Statements that may take long and wait for others; what a broken try left is cleared away. */
async function patiently(runner: Runner, { repair = [], statements }: Written): Promise<void> {
  const { session } = runner.engine
  const each = async (texts: readonly string[], lockTimeout = 0) => {
    for (const text of texts) await session.autonomous(text, { lockTimeout, statementTimeout: 0 })
  }
  try {
    // Under a lock timeout an index build would give up while it waits for old transactions, and leave its index INVALID.
    await interruptible(runner, () => each([...repair, ...statements]))
  } catch (error) {
    if (runner.engine.failures.sessionLost(error)) throw error
    // Who asks us to stop shall not wait for the same transactions again; the next try begins with the repair.
    await each(repair, runner.signal.aborted ? runner.lockTimeout : 0).catch(() => {})
    throw error
  }
}

/** Before the ledger knows of a try: what is taken for ours would be dropped by a rollback. */
async function refuseForeign(runner: Runner, step: Step): Promise<void> {
  for (const { action, written } of step.parts)
    if (factsOf(action).makes && (await isDone(runner, written.probe)))
      throw new PlanError(
        'PLAN_DRIFT',
        `${step.id}: what it makes is in the database already, and not by this plan`,
        { hint: 'look who made it; rename or drop it, or choose another name in the plan' },
      )
  for (const { written } of step.parts)
    if (written.squatters) await refuseSquatters(runner, step, written.squatters)
}

/** An owner can change what it does at any time, and every writer of the table would run it. */
async function refuseSquatters(runner: Runner, step: Step, query: string): Promise<void> {
  const { rows } = await runner.engine.session.query(query)
  if (rows.length === 0) return
  const found = rows.map(({ what, owner }) => `${what} (of ${owner})`).join(', ')
  throw new PlanError('PLAN_DRIFT', `${step.id}: its names are taken, and not by this plan: ${found}`, {
    hint: 'look who made that, and drop it; then run the same command again',
  })
}

/** What the author wrote has to work here before a trigger relies on it. */
async function tryOut(runner: Runner, step: Step, { tries = [], transaction }: Written): Promise<void> {
  for (const query of tries)
    await attempt(runner.engine.session, query, transaction === 'step').catch((error: unknown) => {
      if (runner.engine.failures.ofRow?.(error)) return
      // No row is read where it is tried, so a value that cannot be converted is the expression's own.
      throw unworkable(runner, step, error, ['PLAN_DATABASE', 'PLAN_POISON'])
    })
}

/** What a server says to an expression that it cannot evaluate for any row; other errors stay what they are. */
export function unworkable(
  { engine }: Runner,
  step: Step,
  error: unknown,
  codes: readonly string[] = ['PLAN_DATABASE'],
): unknown {
  const unfit = error instanceof PlanError && codes.includes(error.code)
  if (!(error instanceof PlanError) || !(unfit || engine.failures.missing(error))) return error
  return new PlanError(
    'PLAN_EXPRESSION',
    `${step.id}: an expression of the plan does not work here: ${error.message}`,
    {
      hint: 'roll back, mend the expression in the plan (is every function there, with these arguments, and all that its own body names?), and compile it again',
      cause: error.cause,
    },
  )
}

/** What rows must be like before the action is even begun. */
async function requireFit(runner: Runner, { written: { requires } }: Part): Promise<void> {
  if (requires === undefined) return
  const { rows } = await runner.engine.session.query(requires.query, [], { long: true })
  const violations = Number(rows[0]?.['violations'] ?? 0)
  if (violations === 0) return
  throw new PlanError(requires.code, requires.says.replace('#', violations.toLocaleString('en')), {
    hint: requires.hint,
  })
}

async function refuseRewrite(
  runner: Runner,
  step: Step,
  tables: readonly TableRef[],
  before: readonly (string | null)[],
): Promise<void> {
  const after = await storages(runner, tables)
  const changed = tables.filter((_, index) => before[index] !== after[index])
  if (changed.length === 0) return
  throw new PlanError(
    'PLAN_REWRITE',
    `${step.id} made the server write ${changed.map(({ name }) => name).join(', ')} anew; it was rolled back`,
    {
      hint: 'the program did not expect that of this server; please report it with the statements of plan compile --stdout',
    },
  )
}

async function storages(runner: Runner, tables: readonly TableRef[]): Promise<(string | null)[]> {
  const found: (string | null)[] = []
  for (const table of tables) found.push(await runner.engine.storage(table))
  return found
}

/** Whether the catalogue shows it; false where only the ledger can tell. */
export async function isDone(runner: Pick<Runner, 'engine'>, probe: string | null): Promise<boolean> {
  if (probe === null) return false
  const { rows } = await runner.engine.session.query(probe)
  return isTrue(rows[0]?.['done'])
}

/** What the step left in the catalogue, so that somebody else's change shows up later. */
export async function remember(runner: Runner, program: Program): Promise<void> {
  const objects = await observe(runner, program)
  await writing(runner, (ledger) => ledger.objects(objects))
}

/** The watched objects as they are now. */
export async function observe(
  { engine }: Pick<Runner, 'engine'>,
  program: Program,
): Promise<Record<string, string>> {
  return describe(await engine.inspect({ tables: program.watch.map(({ table }) => table) }), program.watch)
}

/** What may have gone in a rollback that was cut off is looked for; all else is as the ledger says. */
async function stands(runner: Runner, step: Step): Promise<boolean> {
  for (const { action, written } of step.parts)
    if (factsOf(action).frail && !(await isDone(runner, written.probe))) return false
  return true
}

/** An error in one line for the ledger; one that is not ours may hold values. */
export const summaryOf = (error: unknown): string =>
  error instanceof PlanError ? `${error.code}: ${error.message}` : 'internal error'

/** The error goes to the ledger when it can still be reached; it is the first error that matters. */
export async function failed(runner: Runner, step: Step, error: unknown): Promise<void> {
  // To stand still is no failure.
  if (error instanceof PlanError && error.code === 'PLAN_PAUSED') return
  const message = summaryOf(error)
  await writing(runner, async (ledger) => {
    await ledger.step(step.id, { state: 'failed', error: message })
    await ledger.event('step failed', { step: step.id, error: message })
  }).catch(() => {})
}
