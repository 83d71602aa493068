import { attempt } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import { tablesOf } from '../program/actions.ts'
import type { Step } from '../program/step.ts'
import { wordsOf } from '../program/words.ts'
import { qualified } from '../schema/lookup.ts'
import { counted as number } from '../text/words.ts'
import type { Loss, Runner } from './context.ts'

/** How many rows a person accepted to lose, by the query that counted them. */
export type Accepted = ReadonlyMap<string, number>

type Counted = Loss & { readonly query: string }

/** Counts what undoing these steps would lose, and asks for approval. */
export async function askAboutLosses(runner: Runner, steps: readonly Step[]): Promise<Accepted> {
  const counted = await losses(runner, steps, false)
  const found = counted.filter(({ rows }) => rows > 0)
  const row = rowOf(runner)
  const question = { about: 'rollback', plan: runner.plan, losses: found, held: false } as const
  if (found.length > 0 && !(await runner.approve(question)))
    throw new PlanError('PLAN_USAGE', `going back would lose ${listed(found, row)}`, {
      hint: 'save these values first, or give --yes to go back without them',
    })
  return new Map(counted.map(({ query, rows }) => [query, rows]))
}

/** Counts again once nobody else can write, and refuses when more would be lost than was approved. */
export async function refuseMore(
  runner: Runner,
  step: Step,
  accepted: Accepted,
  inTransaction: boolean,
): Promise<void> {
  const counted = await losses(runner, [step], inTransaction)
  const grown = counted.filter(({ query, rows }) => rows > (accepted.get(query) ?? 0))
  if (grown.length === 0) return
  if (await runner.approve({ about: 'rollback', plan: runner.plan, losses: grown, held: true })) return
  throw new PlanError(
    'PLAN_USAGE',
    `while ${step.id} waited to be undone, more was written that going back would lose: ${listed(grown, rowOf(runner))}`,
    {
      hint: `${step.id} stands as it was, and nothing is lost; run plan rollback again, which counts anew and asks, or give --yes to go back without these values`,
    },
  )
}

const rowOf = ({ progress }: Runner): string => wordsOf(progress.plan.program).row

const listed = (found: readonly Loss[], row: string): string =>
  found.map(({ rows, what, table }) => `${what} in ${number(rows, row)} of ${table}`).join(', ')

/** What undoing these steps would lose, counted now. It only reads. */
async function losses(runner: Runner, steps: readonly Step[], inTransaction: boolean): Promise<Counted[]> {
  const parts = steps.flatMap((step) =>
    step.parts.flatMap(({ written }) =>
      (written.losses ?? []).map((loss) => ({ ...loss, tables: tablesOf(step) })),
    ),
  )
  // Steps with the same query lose the same rows.
  const different = [...new Map(parts.map((part) => [part.query, part])).values()]
  const found: Counted[] = []
  for (const { what, query, most, tables } of different) {
    const rows = await count(runner, { query, most }, inTransaction)
    found.push({ table: tables.map(qualified).join(', '), what, rows, query })
  }
  return found
}

/** An expression that fails here must not prevent a rollback. */
async function count(
  { engine }: Pick<Runner, 'engine'>,
  { query, most }: { readonly query: string; readonly most: string | undefined },
  inTransaction: boolean,
): Promise<number> {
  try {
    const { rows } = await attempt(engine.session, query, inTransaction, { long: true })
    return Number(rows[0]?.['rows'] ?? 0)
  } catch (error) {
    // What no longer exists cannot be lost by a rollback.
    if (engine.failures.missing(error)) return 0
    const unfit = error instanceof PlanError && ['PLAN_DATABASE', 'PLAN_POISON'].includes(error.code)
    if (!unfit || most === undefined) throw error
    return count({ engine }, { query: most, most: undefined }, inTransaction)
  }
}
