import type { Check } from './session.ts'

/** What must be as it should. */
export const check = (name: string, fine: boolean, says: string, hint: string): Check => ({
  name,
  outcome: fine ? 'ok' : 'failed',
  says,
  hint,
})

/** What a run can live with. */
export const warning = (name: string, fine: boolean, says: string, hint: string): Check => ({
  name,
  outcome: fine ? 'ok' : 'warning',
  says,
  hint,
})

/** The same from run to run: for doctor. */
export const lasting = (one: Check): Check => ({ ...one, lasting: true })
