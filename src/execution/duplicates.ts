import { PlanError } from '../errors.ts'
import { statementParts } from '../program/actions.ts'
import type { Step } from '../program/step.ts'
import type { Runner } from './context.ts'

/** Keys that share a value, in pairs; null when none do. */
export async function sharing({ engine }: Pick<Runner, 'engine'>, query: string): Promise<string | null> {
  const { rows } = await engine.session.query(query, [], { long: true })
  return rows.length === 0 ? null : rows.map(({ k0, k1 }) => `${k0} and ${k1}`).join(' | ')
}

/** The same failure, with the keys of the rows that share a value. Servers name only the value, or nothing. */
export async function withSharing(runner: Runner, step: Step, error: unknown): Promise<unknown> {
  if (!(error instanceof PlanError) || error.code !== 'PLAN_DUPLICATE') return error
  for (const { written } of statementParts(step)) {
    const found =
      written.duplicates === undefined ? null : await sharing(runner, written.duplicates).catch(() => null)
    if (found !== null)
      return new PlanError(error.code, `${error.message} (${found})`, {
        hint: error.hint,
        cause: error.cause,
      })
  }
  return error
}
