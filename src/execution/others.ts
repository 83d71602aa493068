import { PlanError } from '../errors.ts'
import type { Step } from '../program/step.ts'
import type { Statements } from '../program/written.ts'
import type { Runner } from './context.ts'

/** Codes of errors that mean that this user lacks a right. */
const MAY_NOT: ReadonlySet<string> = new Set(['PLAN_PRIVILEGE', 'PLAN_CONNECT'])

type Way = 'act' | 'undo'
type Left = { readonly statements: readonly string[]; readonly means: string; readonly why: string }

/** Statements of one step that this user may not run, and for which the plan does not stop. */
export class Others {
  readonly #runner: Runner
  readonly #step: Step
  readonly #way: Way
  readonly #left: Left[] = []

  constructor(runner: Runner, step: Step, way: Way) {
    this.#runner = runner
    this.#step = step
    this.#way = way
  }

  /** Does the work of one part, or notes that somebody else has to do it. */
  async orElse(written: Statements, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!written.ifDenied || !(error instanceof PlanError) || !MAY_NOT.has(error.code)) throw error
      // The object it names does not exist, so nothing is left to do. A try before a crash may have removed it.
      if (this.#runner.engine.failures.missing(error)) return
      this.#left.push({
        statements: this.#way === 'act' ? written.statements : written.undo,
        means: written.ifDenied[this.#way],
        why: error.message,
      })
    }
  }

  /** Reports all of them at once, complete. */
  say(): void {
    if (this.#left.length === 0) return
    const unique = (pick: (one: Left) => readonly string[]) => [...new Set(this.#left.flatMap(pick))]
    const statements = unique((one) => one.statements).join('; ')
    const why = unique(({ why: said }) => [said]).join(', ')
    const means = unique((one) => [one.means]).join('; ')
    const text = `${this.#step.id}: this user could not run ${statements} (${why}); ${means}`
    this.#runner.report({ event: 'note', text })
  }
}
