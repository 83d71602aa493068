import { type Finding, PlanError, type Position } from '../errors.ts'
import type { Plan, PlanSource, Wish } from '../plan/plan.ts'

/** What every intent is told, of whatever kind its database is. */
export type Told = Pick<Plan, 'onConflict' | 'sync'> & {
  readonly plan: string
  readonly at: (...path: (string | number)[]) => Position
}

/** The outline of each intent; every intent that fails adds its findings. */
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
      if (!(error instanceof PlanError)) throw error
      findings.push(...error.findings)
      return []
    }
  })
  return { outlines, findings }
}

/** Throws all of them at once, if there are any. */
export function refuseAll([first, ...rest]: readonly Finding[]): void {
  if (first) throw PlanError.of([first, ...rest])
}
