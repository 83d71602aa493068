import type { Refusal } from '../dialects/interface/refusal.ts'
import { type Finding, PlanError, type Position } from '../errors.ts'
import type { Wish } from '../intents/define.ts'
import type { Plan, PlanSource } from '../plan/plan.ts'
import type { TableRef } from '../program/refs.ts'

/** What every intent is told, in every kind of database. */
export type Told = Pick<Plan, 'onConflict' | 'sync'> & {
  readonly plan: string
  /** Values that are dropped or overwritten are kept (`contract.archive`). */
  readonly archives: boolean
  readonly modules: NonNullable<PlanSource['modules']>
  readonly at: (...path: (string | number)[]) => Position
}

/** What one intent asks of one table or collection, and the intent's place in the plan. */
export type Asked<Outline> = { readonly outline: Outline; readonly at: Position }

/** What all intents ask, in their order. Every intent that fails adds its findings. */
export function gather<Outline>(
  plan: Plan<Wish>,
  source: PlanSource,
  outlinesOf: (wish: Wish, told: Told) => readonly Outline[],
): { readonly asked: Asked<Outline>[]; readonly findings: Finding[] } {
  const findings: Finding[] = []
  const { modules = {} } = source
  const asked = plan.intents.flatMap((wish) => {
    const at: Told['at'] = (...inner) => source.at([...wish.path, ...inner])
    try {
      const { name, onConflict, sync, contract } = plan
      const told = { plan: name, onConflict, sync, archives: contract.archive, modules, at }
      return outlinesOf(wish, told).map((outline) => ({ outline, at: at() }))
    } catch (error) {
      if (isTooDeep(error)) findings.push({ code: 'PLAN_EXPRESSION', ...TOO_DEEP, at: at() })
      else if (error instanceof PlanError) findings.push(...error.findings)
      else throw error
      return []
    }
  })
  return { asked, findings }
}

/** What is asked of each table or collection, in the order in which the plan first names them. */
export function byTable<Outline extends { readonly table: TableRef }>(
  asked: readonly Asked<Outline>[],
): readonly (readonly [Asked<Outline>, ...Asked<Outline>[]])[] {
  const found = new Map<string, [Asked<Outline>, ...Asked<Outline>[]]>()
  for (const one of asked) {
    const { schema, name } = one.outline.table
    const key = JSON.stringify([schema, name])
    found.set(key, [...(found.get(key) ?? []), one] as [Asked<Outline>, ...Asked<Outline>[]])
  }
  return [...found.values()]
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
