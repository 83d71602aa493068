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

/**
 * Does the work while the table is locked. Without the right to lock it, it is done all the same, and that is said. `what`:
 * the beginning of that sentence.
 */
export async function keepingOut(
  { engine: { session }, lockTimeout, report }: Pick<Runner, 'engine' | 'lockTimeout' | 'report'>,
  { before, after }: NonNullable<Statements['blockWrites']>,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await session.autonomous(before, { lockTimeout })
  } catch (error) {
    if (!(error instanceof PlanError) || !['PLAN_PRIVILEGE', 'PLAN_CONNECT'].includes(error.code)) throw error
    const text = `${what} without keeping writers out: ${error.message}; what they write at this moment is lost`
    report({ event: 'note', text })
    return work()
  }
  try {
    await work()
  } finally {
    if (after !== undefined) await session.query(after).catch(() => {})
  }
}

/** The author's own query contradicts what the statement did. */
export const unsaid = ({ id }: Step): PlanError =>
  new PlanError('PLAN_EXPRESSION', `${id} ran, but its query done does not say that it did`, {
    hint: 'look what the statement did; when the query is right, make true what it asks for, and advance again (a name within a text, as in to_regclass, needs its schema); when it is wrong, roll back, correct the plan and compile it again',
  })

export const unseen = ({ id }: Step): PlanError =>
  new PlanError('PLAN_INTERNAL', `${id} ran, but the catalogue does not show it`, {
    hint: 'look at the table, then run plan advance again',
  })
