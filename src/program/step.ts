import type { Action } from './action.ts'
import type { DocumentAction } from './document-action.ts'
import type { Written } from './written.ts'

/**
 * The vocabulary of a compiled plan. It is plain data that survives a JSON round trip, so a program can be reviewed,
 * diffed, signed and resumed.
 */

export const PHASES = ['expand', 'backfill', 'enforce', 'verify', 'contract'] as const
export type Phase = (typeof PHASES)[number]

export type Step = {
  /** `expand.1`: stable across compilations of the same plan. */
  readonly id: string
  readonly phase: Phase
  readonly title: string
  readonly reason: string
  readonly reversible: boolean
  readonly parts: readonly Part[]
}
export type Part = { readonly action: Action | DocumentAction; readonly written: Written }
