import { PlanError } from '../../errors.ts'
import { type Runner, writing } from '../../execution/context.ts'
import { interruptible, stopIfAsked } from '../../execution/retry.ts'
import { failed } from '../../execution/steps.ts'
import { walkOf } from '../../program/facts.ts'
import type { Program } from '../../program/program.ts'
import type { Step } from '../../program/step.ts'
import type { ByPages, TryDocuments } from '../../program/walk.ts'
import { counted } from '../../text/words.ts'
import { pageOf } from '../pages.ts'
import { keys } from '../work.ts'
import { halving } from './halving.ts'
import { documents, failing, requireRoom } from './room.ts'
import { type DryRunResult, tryRows } from './rows.ts'

/** Documents that one query checks. */
const PAGE = 5_000

/** Keys of documents that a message names. */
const NAMED = 5

/** What the documents are like, counted before anything is written. */
type Found = {
  documents: number
  /** Documents for which the new fields have no value, and the plan does not allow that. */
  unparsed: number
  /** The same, where the plan says what happens to them. */
  answered: number
  /** Documents that already have the new fields with other values. */
  taken: number
  /** Documents on which the expression itself fails. */
  broken: number
  /** Why the server refused one of them. */
  cause: unknown
  readonly sample: string[]
}

/** Tries the plan's expressions on every row or document, and changes none. */
export async function runDryRun(runner: Runner, _: Program, step: Step): Promise<void> {
  if (runner.progress.steps.find(({ id }) => id === step.id)?.state === 'done') return
  runner.report({ event: 'step', step: step.id, title: step.title, state: 'started' })
  const dryRun = walkOf(step) === 'try rows' ? tryRows : tryDocuments
  try {
    const { notes, ...tally } = await interruptible(runner, () => dryRun(runner, step))
    for (const text of notes) runner.report({ event: 'note', text: `${step.id}: ${text}` })
    await writing(runner, async (ledger) => {
      await ledger.step(step.id, { state: 'done' })
      await ledger.event('dry run done', { step: step.id, ...tally })
      await ledger.event('step done', { step: step.id })
    })
  } catch (error) {
    await failed(runner, step, error)
    throw error
  }
  runner.report({ event: 'step', step: step.id, title: step.title, state: 'done' })
}

/** Checks all documents before it records anything. */
async function tryDocuments(runner: Runner, step: Step): Promise<DryRunResult> {
  const walk = step.parts[0]?.written
  if (walk?.run !== 'try documents') throw new Error(`${step.id} tries no documents`)
  const found: Found = {
    documents: 0,
    unparsed: 0,
    answered: 0,
    taken: 0,
    broken: 0,
    cause: undefined,
    sample: [],
  }
  await eachPage(runner, walk.along, (ids) => count(runner, walk, ids, found))
  const refusal = refusalOf(runner, step, found)
  if (refusal) throw refusal
  await requireRoom(runner, step, walk, (work) => eachPage(runner, walk.along, work))
  await note(runner, walk)
  const { documents, answered } = found
  const notes =
    answered > 0
      ? [`${counted(answered, 'document')} cannot be converted; the plan says what happens to them`]
      : []
  return { documents, unconverted: answered, notes }
}

/** Records which documents already have the wanted type. This may be repeated until the first one is converted. */
async function note(runner: Runner, { along, note: notes }: TryDocuments): Promise<void> {
  if (notes.length === 0) return
  await eachPage(runner, along, (ids) =>
    writing(runner, async () => {
      for (const query of notes) await runner.engine.session.query(query, [ids], { long: true })
    }),
  )
}

async function eachPage(
  runner: Runner,
  along: ByPages,
  work: (ids: readonly string[]) => Promise<void>,
): Promise<void> {
  const { session } = runner.engine
  const last = (await session.query(along.end)).rows[0]
  if (!last) return
  const end = keys(last)
  let cursor: string[] | null = null
  for (;;) {
    stopIfAsked(runner)
    const ids: string[] = await pageOf(session, along, { end, cursor }, PAGE)
    const id = ids.at(-1)
    if (id === undefined) return
    await work(ids)
    if (id === end[0]) return
    cursor = [id]
  }
}

/** Counts one page, and the documents in it on which the expression fails. */
async function count(
  { engine: { session } }: Runner,
  walk: TryDocuments,
  page: readonly string[],
  found: Found,
): Promise<void> {
  const name = (id: string) => found.sample.length < NAMED && found.sample.push(id)
  const look = async (ids: readonly string[]) => {
    const { rows } = await session.query(walk.count, [ids], { long: true })
    const number = (column: string) => Number(rows[0]?.[column] ?? 0)
    found.documents += ids.length
    found.unparsed += number('unparsed')
    found.answered += number('answered')
    found.taken += number('taken')
    if (number('unparsed') + number('taken') === 0 || found.sample.length >= NAMED) return
    const sample = await session.query(walk.sample, [ids], { long: true })
    for (const row of sample.rows) name(String(row['key']))
  }
  await halving(page, look, (id, { cause }) => {
    found.documents++
    found.broken++
    found.cause = cause
    name(id)
  })
}

function refusalOf(
  runner: Runner,
  step: Step,
  { unparsed, taken, broken, cause, sample }: Found,
): PlanError | null {
  const rows = documents(runner, step, sample)
  const keys = sample.join(' | ')
  if (broken > 0) return failing(step, counted(broken, 'document'), rows, cause)
  if (unparsed > 0)
    return new PlanError(
      'PLAN_POISON',
      `${step.id}: ${counted(unparsed, 'document')} cannot be converted (${keys})`,
      {
        hint: 'fix these documents, or say in `unparsed` whether they keep their value or get a default; nothing was changed',
        rows,
      },
    )
  if (taken > 0)
    return new PlanError(
      'PLAN_COLUMN_EXISTS',
      `${step.id}: ${counted(taken, 'document')} already have a new field with another value, or something else on its way: a value that is no document, a list where none was seen or within a list (${keys})`,
      {
        hint: 'choose another name, or fix these documents first; where the field lies in a list, compile the plan anew now that the documents have it; nothing was changed',
        rows,
      },
    )
  return null
}
