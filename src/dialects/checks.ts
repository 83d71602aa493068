import type { Code } from '../errors.ts'
import type { Check } from './interface/check.ts'

/** A check that must hold for a run. */
export const check = (name: string, fine: boolean, says: string, hint: string): Check => ({
  name,
  outcome: fine ? 'ok' : 'failed',
  says,
  hint,
})

/** A check whose failure is only a warning. */
export const warning = (name: string, fine: boolean, says: string, hint: string): Check => ({
  name,
  outcome: fine ? 'ok' : 'warning',
  says,
  hint,
})

/** The check with its own error code, for checks that are not about privileges. */
export const coded = (code: Code, one: Check): Check => ({ ...one, code })

/** The check as one that does not change between runs: only `doctor` reports it. */
export const lasting = (one: Check): Check => ({ ...one, lasting: true })
