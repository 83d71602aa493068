import { attempt } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import { statementParts } from '../program/actions.ts'
import type { Step } from '../program/step.ts'
import { counted } from '../text/words.ts'
import type { Runner } from './context.ts'
import { isDone } from './steps.ts'

/** How many keys a report names. */
const NAMED = 5

/** Refuses before anything is undone when rows stand in the way of the old shape. It only reads. */
export async function refuseStuck(runner: Runner, steps: readonly Step[]): Promise<void> {
  for (const { written } of steps.flatMap(statementParts)) {
    const { undoRequires, undoNeeded } = written
    if (undoRequires === undefined || (undoNeeded !== undefined && !(await isDone(runner, undoNeeded))))
      continue
    const { rows } = await attempt(runner.engine.session, undoRequires.query, false, { long: true })
    const found = Number(rows[0]?.['violations'] ?? 0)
    if (found === 0) continue
    const { code, says, sample, hint } = undoRequires
    const keys = sample === undefined ? '' : ` (${await keysOf(runner, sample)})`
    const rowsHave = `${counted(found, 'row')} ${found === 1 ? 'has' : 'have'}`
    throw new PlanError(
      code,
      `${says.replace('# rows have', rowsHave).replace('#', found.toLocaleString('en'))}${keys}`,
      { hint },
    )
  }
}

/** Some keys, each as the server prints it. */
async function keysOf({ engine }: Pick<Runner, 'engine'>, sample: string): Promise<string> {
  const { rows } = await engine.session.query(sample, [NAMED], { long: true })
  return rows.map((row) => Object.values(row).map(String).join('/')).join(', ')
}
