import { attempt, isTrue } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import type { StepRecord } from '../ledger/records.ts'
import { lockedTables, sharesTransaction, statementParts, tablesOf } from '../program/actions.ts'
import { describe } from '../program/drift.ts'
import { factsOf, isRetirement } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { TableRef } from '../program/refs.ts'
import type { Step } from '../program/step.ts'
import type { Statements } from '../program/written.ts'
import { type Runner, writing } from './context.ts'
import { withSharing } from './duplicates.ts'
import { Others } from './others.ts'
import { requireFit, withEmpty } from './requires.ts'
import { interruptible, withLocks } from './retry.ts'
import { keepingOut, under, unsaid, unseen } from './under.ts'

/**
 * Runs one step that changes the schema, unless the ledger says it is done. `ours`: what is there already under its names
 * was there before the plan dropped it.
 */
export async function runStep(
  runner: Runner,
  program: Program,
  step: Step,
  records: readonly StepRecord[],
  { ours = false }: { readonly ours?: boolean } = {},
): Promise<void> {
  const record = records.find(({ id }) => id === step.id)
  if (record?.state === 'done' && (await stands(runner, step))) return
  if (!ours && (record === undefined || record.state === 'undone')) await refuseForeign(runner, step)
  runner.report({ event: 'step', step: step.id, title: step.title, state: 'started' })
  try {
    for (const part of statementParts(step)) {
      // A part that was done before the runner died has no requirement any more: what it asks about may be gone.
      const over = record !== undefined && !sharesTransaction(step) && !part.written.repeatable
      if (over && (await isDone(runner, part.written.probe))) continue
      await interruptible(runner, () => requireFit(runner, part))
    }
    if (sharesTransaction(step)) await together(runner, step)
    else await alone(runner, step)
  } catch (raw) {
    const error = await withEmpty(runner, step, await withSharing(runner, step, raw))
    await failed(runner, step, error)
    throw error
  }
  await remember(runner, program)
  runner.report({ event: 'step', step: step.id, title: step.title, state: 'done' })
}

/** All parts and the ledger's row in one transaction: the step is done exactly when the ledger says so. */
async function together(runner: Runner, step: Step): Promise<void> {
  const tables = tablesOf(step)
  await withLocks(runner, step.id, tables, () =>
    writing(
      runner,
      async (ledger) => {
        const before = await storages(runner, tables)
        await ledger.step(step.id, { state: 'running' })
        for (const { written } of statementParts(step)) {
          await tryOut(runner, step, written)
          for (const statement of written.statements) await runner.engine.session.query(statement)
        }
        await refuseRewrite(runner, step, tables, before)
        await ledger.step(step.id, { state: 'done' })
        await ledger.objects(null)
        if (isRetirement(step)) await ledger.retired(true)
        await ledger.event('step done', { step: step.id })
      },
      // With locks on several tables a wait could become a deadlock, and the server must never end the application's
      // transaction for it.
      { lockTimeout: tables.length > 1 ? Math.min(runner.lockTimeout, 500) : runner.lockTimeout },
    ),
  )
}

/**
 * For statements that cannot run in a transaction: the ledger records the intention, the statement runs, and the
 * catalogue shows that it is done.
 */
async function alone(runner: Runner, step: Step): Promise<void> {
  await writing(runner, async (ledger) => {
    await ledger.step(step.id, { state: 'running' })
    await ledger.objects(null)
  })
  const others = new Others(runner, step, 'act')
  const parts = statementParts(step)
  const first = parts.findIndex(({ written }) => written.alone !== undefined)
  const each = async (some: typeof parts, retries: number) => {
    for (const part of some) await onePart({ ...runner, retries }, step, part, others)
  }
  await each(first < 0 ? parts : parts.slice(0, first), runner.retries)
  const keepOut = parts[first]?.written.alone
  // The lock is already held, so it is not waited for a second time.
  if (keepOut !== undefined)
    await withLocks(runner, step.id, lockedTables(step), () =>
      keepingOut(runner, keepOut, `${step.id} is done`, () => each(parts.slice(first), 1)),
    )
  others.say()
  await writing(runner, async (ledger) => {
    await ledger.step(step.id, { state: 'done' })
    if (isRetirement(step)) await ledger.retired(true)
    await ledger.event('step done', { step: step.id })
  })
}

async function onePart(
  runner: Runner,
  step: Step,
  { action, written }: ReturnType<typeof statementParts>[number],
  others: Others,
): Promise<void> {
  if (!written.repeatable && (await isDone(runner, written.probe))) return
  await tryOut(runner, step, written)
  await others.orElse(written, () => act(runner, step, written))
  if (written.ifDenied || written.repeatable || (await isDone(runner, written.probe))) return
  throw factsOf(action).authored ? unsaid(step) : unseen(step)
}

/** Runs statements outside a transaction. An interrupt ends them on the server. */
const act = (runner: Runner, step: Step, written: Statements): Promise<void> =>
  written.transaction === 'autocommit'
    ? shortly(runner, step, written.statements, written)
    : under(runner, written.settings, () => patiently(runner, written))

/** Each statement commits by itself, so a lock timeout costs only this one try. */
export async function shortly(
  runner: Runner,
  step: Step,
  statements: readonly string[],
  {
    settings,
    doneEach = [],
    isOver,
  }: Pick<Statements, 'doneEach'> & {
    readonly settings?: Statements['settings'] | undefined
    /** Whether a single statement has nothing left to do. */
    readonly isOver?: (() => Promise<boolean>) | undefined
  },
): Promise<void> {
  const { session } = runner.engine
  await under(runner, statements.length > 0 ? settings : undefined, async () => {
    for (const [index, text] of statements.entries())
      await withLocks(runner, step.id, lockedTables(step), async () => {
        // Checked again with each try: a statement whose answer was lost may have been done all the same.
        if ((await isDone(runner, doneEach[index] ?? null)) || (await isOver?.())) return
        await interruptible(runner, () => session.autonomous(text, { lockTimeout: runner.lockTimeout }))
      })
  })
}

/** Statements that may take long and wait for others. What a failed try left is removed first. */
async function patiently(runner: Runner, { repair = [], statements }: Statements): Promise<void> {
  const { session } = runner.engine
  const each = async (texts: readonly string[], lockTimeout = 0) => {
    for (const text of texts) await session.autonomous(text, { lockTimeout, statementTimeout: 0 })
  }
  try {
    // Under a lock timeout an index build would give up while it waits for old transactions, and leave an INVALID index.
    await interruptible(runner, () => each([...repair, ...statements]))
  } catch (error) {
    if (runner.engine.failures.sessionLost(error)) throw error
    // After a request to stop, the repair must not wait for the same transactions again. The next try begins with the
    // repair.
    await each(repair, runner.signal.aborted ? runner.lockTimeout : 0).catch(() => {})
    throw error
  }
}

/**
 * Refuses objects of others that already have the step's names, before the ledger records the try. Otherwise a rollback
 * would drop them as ours.
 */
async function refuseForeign(runner: Runner, step: Step): Promise<void> {
  for (const { action, written } of statementParts(step))
    if (factsOf(action).creates && (await isDone(runner, written.probe)))
      throw new PlanError(
        'PLAN_DRIFT',
        `${step.id}: what it makes is in the database already, and not by this plan`,
        {
          hint: `look who made it; when somebody ran the plan's own statements by hand: plan adopt ${runner.plan}; otherwise rename or drop it, or choose another name in the plan`,
        },
      )
  for (const { written } of statementParts(step))
    if (written.namesTaken) await refuseNamesTaken(runner, step, written.namesTaken)
}

/**
 * Refuses an object that somebody else owns: its owner could change it at any time, and every writer of the table would
 * run it.
 */
async function refuseNamesTaken(runner: Runner, step: Step, query: string): Promise<void> {
  const { rows } = await runner.engine.session.query(query)
  if (rows.length === 0) return
  const found = rows.map(({ what, owner }) => `${what} (of ${owner})`).join(', ')
  throw new PlanError('PLAN_DRIFT', `${step.id}: its names are taken, and not by this plan: ${found}`, {
    hint: 'look who made that, and drop it; then run the same command again',
  })
}

/** Tries the author's expressions here before a trigger relies on them. */
async function tryOut(
  runner: Runner,
  step: Step,
  { mustSucceed = [], transaction }: Statements,
): Promise<void> {
  for (const query of mustSucceed)
    await attempt(runner.engine.session, query, transaction === 'step').catch((error: unknown) => {
      if (runner.engine.failures.ofRow?.(error)) return
      // The trial reads no row, so a value that cannot be converted comes from the expression itself.
      throw unworkable(runner, step, error, ['PLAN_DATABASE', 'PLAN_POISON'])
    })
}

/** The error for an expression that the server cannot evaluate for any row. Other errors are returned unchanged. */
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
      hint: 'roll back, fix the expression in the plan (is every function there, with these arguments, and all that its own body names?), and compile it again',
      cause: error.cause,
    },
  )
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

/** Whether the catalogue shows that it is done; false when only the ledger can tell. */
export async function isDone(runner: Pick<Runner, 'engine'>, probe: string | null): Promise<boolean> {
  if (probe === null) return false
  const { rows } = await runner.engine.session.query(probe)
  return isTrue(rows[0]?.['done'])
}

/** Stores the watched objects as the step left them, so that a later change by somebody else shows. */
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

/** Whether a step that the ledger has as done still is. Only what an interrupted rollback may have removed is looked up. */
async function stands(runner: Runner, step: Step): Promise<boolean> {
  for (const { action, written } of statementParts(step))
    if (factsOf(action).frail && !(await isDone(runner, written.probe))) return false
  return true
}

/** An error in one line for the ledger. The text of foreign errors is left out, because it may hold values. */
export const summaryOf = (error: unknown): string =>
  error instanceof PlanError ? `${error.code}: ${error.message}` : 'internal error'

/** Writes the error to the ledger if that can still be reached. A failure to do so never hides the error itself. */
export async function failed(runner: Runner, step: Step, error: unknown): Promise<void> {
  // A pause is not a failure.
  if (error instanceof PlanError && error.code === 'PLAN_PAUSED') return
  const message = summaryOf(error)
  await writing(runner, async (ledger) => {
    await ledger.step(step.id, { state: 'failed', error: message })
    await ledger.event('step failed', { step: step.id, error: message })
  }).catch(() => {})
}
