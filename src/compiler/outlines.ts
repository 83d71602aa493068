import type { Refusal } from '../dialects/interface/refusal.ts'
import { type Finding, PlanError, type Position } from '../errors.ts'
import type { Plan, PlanSource, Wish } from '../plan/plan.ts'

/** What every intent is told, in every kind of database. */
export type Told = Pick<Plan, 'onConflict' | 'sync'> & {
  readonly plan: string
  readonly at: (...path: (string | number)[]) => Position
}

/** The outline of each intent. Every intent that fails adds its findings. */
export function outlinesBy<T>(
  plan: Plan,
  source: PlanSource,
  outline: (wish: Wish, told: Told) => T | undefined,
): { readonly outlines: T[]; readonly findings: Finding[] } {
  const findings: Finding[] = []
  const outlines = plan.intents.flatMap((wish) => {
    const at: Told['at'] = (...inner) => source.at([...wish.path, ...inner])
    try {
      return outline(wish, { plan: plan.name, onConflict: plan.onConflict, sync: plan.sync, at }) ?? []
    } catch (error) {
      if (isTooDeep(error)) findings.push({ code: 'PLAN_EXPRESSION', ...TOO_DEEP, at: at() })
      else if (error instanceof PlanError) findings.push(...error.findings)
      else throw error
      return []
    }
  })
  return { outlines, findings }
}

/** Whether a parser failed on an expression with thousands of nested terms. */
const isTooDeep = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError')

const TOO_DEEP = {
  message: 'an expression is too long, or nested too deeply, to be read',
  hint: 'make it shorter: put its lists into a table, or its cases into a map or a function of the database',
}

/** What a language reads in an author's text, or a refusal when it cannot read it to its end. */
export function readOrRefuse<T>(read: () => T | Refusal): T | Refusal {
  try {
    return read()
  } catch (error) {
    if (isTooDeep(error)) return { refused: TOO_DEEP.message, hint: TOO_DEEP.hint }
    throw error
  }
}

/** Throws all findings at once, if there are any. */
export function refuseAll([first, ...rest]: readonly Finding[]): void {
  if (first) throw PlanError.of([first, ...rest])
}
