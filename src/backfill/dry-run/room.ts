import { PlanError, type RowsAtFault } from '../../errors.ts'
import type { Runner } from '../../execution/context.ts'
import { sharing } from '../../execution/duplicates.ts'
import { rowsAtFault } from '../../execution/named.ts'
import { tablesOf } from '../../program/actions.ts'
import type { Step } from '../../program/step.ts'
import type { TryDocuments } from '../../program/walk.ts'
import { counted } from '../../text/words.ts'
import { halving } from './halving.ts'

type EachPage = (work: (ids: readonly string[]) => Promise<void>) => Promise<void>

/** Keys of documents that a message names. */
const NAMED = 5

/** Refuses when converted documents would be too large, or would share a value that must be unique. */
export async function requireRoom(
  runner: Runner,
  step: Step,
  { large: weigh, unique }: TryDocuments,
  eachPage: EachPage,
): Promise<void> {
  const found: Weighed = { large: [], broken: [], cause: undefined }
  if (weigh !== undefined) await eachPage((ids) => weighed(runner, weigh, ids, found))
  const { large, broken, cause } = found
  if (broken.length > 0) {
    const many = counted(broken.length, 'document')
    const all = broken.length < NAMED ? many : `at least ${many}`
    throw failing(step, all, documents(runner, step, broken), cause)
  }
  if (large.length > 0)
    throw new PlanError(
      'PLAN_POISON',
      `${step.id}: documents would be larger than 16 MB while they have both shapes (${large.slice(0, NAMED).join(' | ')})`,
      {
        hint: 'make these documents smaller, then advance again; nothing was changed',
        rows: documents(runner, step, large),
      },
    )
  for (const query of unique) {
    const shared = await sharing(runner, query)
    if (shared === null) continue
    throw new PlanError(
      'PLAN_DUPLICATE',
      `${step.id}: documents would share a value that must be unique (${shared})`,
      { hint: 'make the values of these documents unique, then advance again; nothing was changed' },
    )
  }
}

/** Documents by their ids, as an error carries them. */
export function documents({ engine }: Runner, step: Step, ids: readonly string[]): RowsAtFault | undefined {
  const [table] = tablesOf(step)
  const some = ids.slice(0, NAMED).map((id) => [id])
  return table && rowsAtFault(engine.language, table, [], some)
}

/** Documents that would be too large, and those on which the expression itself fails. */
type Weighed = { readonly large: string[]; readonly broken: string[]; cause: unknown }

/** Looks through one page, unless enough documents are known by now. */
async function weighed(
  runner: Runner,
  query: string,
  page: readonly string[],
  found: Weighed,
): Promise<void> {
  const { large, broken } = found
  const weigh = async (ids: readonly string[]) => {
    if (large.length >= NAMED || broken.length >= NAMED) return
    const { rows } = await runner.engine.session.query(query, [ids], { long: true })
    large.push(...rows.map(({ key }) => String(key)))
  }
  await halving(page, weigh, (id, { cause }) => {
    broken.push(id)
    found.cause = cause
  })
}

/** The error for documents on which the expression itself fails. */
export const failing = (step: Step, many: string, rows: RowsAtFault | undefined, cause: unknown): PlanError =>
  new PlanError(
    'PLAN_POISON',
    `${step.id}: the expression fails on ${many} (${rows?.keys.map((key) => key.slice('_id '.length)).join(' | ')})`,
    {
      hint: 'make it give null for such a value ($convert with onError, $cond on $type), and say in `unparsed` what happens to it; nothing was changed',
      ...{ rows, cause },
    },
  )
