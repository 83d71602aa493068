import { PlanError } from '../errors.ts'
import type { Step } from '../program/step.ts'
import type { Statements } from '../program/written.ts'
import type { Runner } from './context.ts'

/** With settings of the session, which are always put back. */
export async function under(
  { engine: { session } }: Pick<Runner, 'engine'>,
  settings: Statements['settings'],
  work: () => Promise<void>,
): Promise<void> {
  if (settings) await session.query(settings.before)
  try {
    await work()
  } finally {
    if (settings) await session.query(settings.after).catch(() => {})
  }
}

/** The author's own query contradicts what the statement did. */
export const unsaid = ({ id }: Step): PlanError =>
  new PlanError('PLAN_EXPRESSION', `${id} ran, but its query done does not say that it did`, {
    hint: 'look what the statement did; when the query is right, make true what it asks for, and advance again (a name within a text, as in to_regclass, needs its schema); when it is wrong, roll back, correct the plan and compile it again',
  })
