import { PlanError } from '../errors.ts'
import { reading, writing } from '../execution/context.ts'
import { isFill, writesOnce } from '../program/facts.ts'
import { byPages } from '../program/walk.ts'
import { counted, firstOf } from '../text/words.ts'
import { triggersBehind } from './guard.ts'
import { type Offender, offendingRow, poisoned } from './offending-row.ts'
import type { Slice } from './slice.ts'
import { after, type Work } from './work.ts'

/** With so many rows at fault the expression is wrong, not the rows. */
const MOST = 1_000

/** How many of them a message names. */
const NAMED = 10

/**
 * Whether rows at fault are skipped. Only a backfill does that, where its rows can be tried again by another pass: the
 * steps after it need every row.
 */
async function passesOver({ program, step, runner }: Work): Promise<boolean> {
  if (!isFill(step) || step.parts.some(({ action }) => writesOnce(action))) return false
  const { plan, run } = runner
  const { settings } = await reading(runner, (store) => store.controls(plan, run))
  return (settings.onError ?? program.backfill.onError) === 'quarantine'
}

/** The quarantined rows of this step, in words. */
async function quarantined(work: Work): Promise<readonly string[]> {
  const { runner, step } = work
  if (!isFill(step)) return []
  const progress = await reading(runner, (store) => store.progress(runner.plan))
  return (progress?.quarantine ?? []).filter((one) => one.step === step.id).map(({ row }) => row)
}

/** Handles a row that fails a batch of one: the slice continues after it, or PLAN_POISON names it. */
export async function atFault(work: Work, slice: Slice, error: PlanError, known?: Offender): Promise<Slice> {
  const { runner, step } = work
  const { row, ...place } = known ?? (await offendingRow(work, slice))
  if (!(await passesOver(work))) throw poisoned(work, row, error)
  const before = await quarantined(work)
  if (before.length >= MOST) throw tooMany(work, before)
  const next = after(slice, { ...slice, ...place, walked: 1, written: 0, batchRows: 1 })
  await writing(runner, async (ledger) => {
    await ledger.slice(next, work.epoch)
    await ledger.quarantine({ step: step.id, row, code: error.code })
    await ledger.event('row into quarantine', { step: step.id, row, code: error.code })
  })
  const behind = triggersBehind(error)
  const why = behind ? `is kept from being filled by ${behind.said}` : 'cannot be converted'
  runner.report({ event: 'note', text: `${step.id}: ${row} ${why}: into quarantine` })
  return next
}

/** Throws PLAN_POISON when a pass left rows in quarantine. */
export async function refuseQuarantined(work: Work): Promise<void> {
  const rows = await quarantined(work)
  if (rows.length === 0) return
  const { step, table, runner } = work
  const count = counted(rows.length, rowOf(work))
  throw new PlanError(
    'PLAN_POISON',
    `${step.id}: ${count} of ${table.name} cannot be converted: ${firstOf(rows, NAMED)}`,
    {
      hint: `all others are filled; fix these (plan status ${runner.plan} --json lists them), or roll back; then advance again`,
      rows: work.named(rows),
    },
  )
}

/** Whether a finished pass left rows in quarantine, which are then tried again. */
export const leftSome = async (work: Work): Promise<boolean> => (await quarantined(work)).length > 0

const rowOf = (work: Work): string => (byPages(work.walk) ? 'document' : 'row')

const tooMany = (work: Work, rows: readonly string[]): PlanError =>
  new PlanError(
    'PLAN_POISON',
    `${work.step.id}: more than ${counted(MOST, rowOf(work))} of ${work.table.name} cannot be converted`,
    {
      hint: `roll back and make the expression total: so many ${rowOf(work)}s are not exceptions`,
      rows: work.named(rows),
    },
  )
