import { PlanError } from '../../errors.ts'
import type { Runner } from '../../execution/context.ts'
import { sharing } from '../../execution/duplicates.ts'
import type { Step } from '../../program/step.ts'
import type { TryDocuments } from '../../program/walk.ts'

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
  const { session } = runner.engine
  const large: string[] = []
  if (weigh !== undefined)
    await eachPage(async (ids) => {
      if (large.length >= NAMED) return
      const { rows } = await session.query(weigh, [ids], { long: true })
      large.push(...rows.map(({ key }) => String(key)))
    })
  if (large.length > 0)
    throw new PlanError(
      'PLAN_POISON',
      `${step.id}: documents would be larger than 16 MB while they have both shapes (${large.slice(0, NAMED).join(' | ')})`,
      { hint: 'make these documents smaller, then advance again; nothing was changed' },
    )
  for (const query of unique) {
    const found = await sharing(runner, query)
    if (found === null) continue
    throw new PlanError(
      'PLAN_DUPLICATE',
      `${step.id}: documents would share a value that must be unique (${found})`,
      { hint: 'make the values of these documents unique, then advance again; nothing was changed' },
    )
  }
}
