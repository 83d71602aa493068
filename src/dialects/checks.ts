import type { Code } from '../errors.ts'
import type { Check } from './interface/check.ts'

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

/** What is about something else than privileges fails with a code of its own. */
export const coded = (code: Code, one: Check): Check => ({ ...one, code })

/** The same from run to run: for doctor. */
export const lasting = (one: Check): Check => ({ ...one, lasting: true })
