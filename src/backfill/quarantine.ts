import { PlanError } from '../errors.ts'
import { reading, writing } from '../runner/runner.ts'
import { culprit, poisoned } from './culprit.ts'
import { after, hasPages, type Slice, type Work } from './work.ts'

/** So many rows at fault are no exceptions any more: the expression is. */
const MOST = 1_000

/** So many of them a message names. */
const NAMED = 10

const rowsOf = async ({ runner, step }: Work): Promise<readonly { readonly row: string }[]> => {
  const progress = await reading(runner, (store) => store.progress(runner.plan))
  return (progress?.quarantine ?? []).filter((one) => one.step === step.id)
}

/** Whether rows at fault are passed over. Only a backfill does that: what comes later needs every row. */
const passesOver = ({ program, step }: Pick<Work, 'program' | 'step'>): boolean =>
  program.backfill.onError === 'quarantine' &&
  step.parts.some(({ action }) => action.do === 'fill' || action.do === 'fill_fields')

/** What becomes of a row that spoils a batch of one: the slice goes on behind it, or PLAN_POISON names it. */
export async function atFault(work: Work, slice: Slice, error: PlanError): Promise<Slice> {
  const { runner, step } = work
  const { row, ...place } = await culprit(work, slice)
  if (!passesOver(work)) throw poisoned(work, { row, ...place }, error)
  if ((await rowsOf(work)).length >= MOST) throw tooMany(work)
  const next = after(slice, { ...slice, ...place, walked: 1, written: 0, batchRows: 1 })
  await writing(runner, async (ledger) => {
    await ledger.slice(next, work.epoch)
    await ledger.quarantine({ step: step.id, row, code: error.code })
    await ledger.event('row into quarantine', { step: step.id, row, code: error.code })
  })
  runner.report({ event: 'note', text: `${step.id}: ${row} cannot be converted: into quarantine` })
  return next
}

/** Throws PLAN_POISON when a pass left rows in quarantine. */
export async function refuseQuarantined(work: Work): Promise<void> {
  const rows = await rowsOf(work)
  if (rows.length === 0) return
  const { step, table, runner } = work
  const named = rows.slice(0, NAMED).map(({ row }) => row)
  const more = rows.length > NAMED ? ` | and ${(rows.length - NAMED).toLocaleString('en')} more` : ''
  const one = hasPages(work) ? 'document' : 'row'
  const count = rows.length === 1 ? `1 ${one}` : `${rows.length.toLocaleString('en')} ${one}s`
  throw new PlanError(
    'PLAN_POISON',
    `${step.id}: ${count} of ${table.name} cannot be converted: ${named.join(' | ')}${more}`,
    {
      hint: `all others are filled; mend these (plan status ${runner.plan} --json lists them), or roll back; then advance again`,
    },
  )
}

/** Whether a pass is over that left rows in quarantine: they are tried again. */
export const leftSome = async (work: Work): Promise<boolean> =>
  passesOver(work) && (await rowsOf(work)).length > 0

const tooMany = ({ step, table }: Work): PlanError =>
  new PlanError(
    'PLAN_POISON',
    `${step.id}: more than ${MOST.toLocaleString('en')} rows of ${table.name} cannot be converted`,
    { hint: 'roll back and make the expression total: so many rows are not exceptions' },
  )
