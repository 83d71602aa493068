import type { Plan } from '../plan/plan.ts'
import type { Program } from '../program/program.ts'

/** A plan's settings for its backfill. Defaults are left out, so that programs of earlier versions stay the same. */
export const backfillOf = ({
  backfill: { batch, workers, duty, limits, window, onError },
}: Plan): Program['backfill'] => ({
  batch,
  ...(workers > 1 && { workers }),
  duty,
  limits,
  ...(onError === 'quarantine' && { onError }),
  ...(window.length > 0 && { window }),
})

/** One day: long enough to see a whole daily cycle of an application. */
const HOLD_IN_PRODUCTION = 86_400_000

/** How long the retired shape is kept. When the plan does not say, that depends on the environment. */
export const holdOf = ({
  contract: { hold },
}: Pick<Plan, 'contract'>): Pick<Program, 'hold' | 'holdInProduction'> =>
  hold === null ? { hold: 0, holdInProduction: HOLD_IN_PRODUCTION } : { hold }
