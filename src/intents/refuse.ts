import { type Code, PlanError, type Position } from '../errors.ts'

/** Throws an error about an intent, at the field concerned. */
export const refuse = (code: Code, message: string, hint: string, at: Position): never => {
  throw new PlanError(code, message, { hint, at })
}
