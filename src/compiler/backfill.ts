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
