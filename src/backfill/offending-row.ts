import type { Session } from '../dialects/interface/session.ts'
import { PlanError, type RowsAtFault } from '../errors.ts'
import { inWords } from '../execution/named.ts'
import { isFill } from '../program/facts.ts'
import type { Step } from '../program/step.ts'
import { byBlocks, byPages } from '../program/walk.ts'
import { endAt, rowAt } from './blocks.ts'
import { triggersBehind } from './guard.ts'
import { pageOf } from './pages.ts'
import type { Slice } from './slice.ts'
import { at, keys, type Work } from './work.ts'

/** The row that fails a batch of one: in words, and where the slice continues after it. */
export type Offender = {
  readonly row: string
  readonly cursor: readonly string[] | null
  readonly done: boolean
}

/** The next row of a slice. */
export async function offendingRow(work: Work, slice: Slice): Promise<Offender> {
  const { runner, key, walk } = work
  const { session } = runner.engine
  if (byPages(walk)) {
    const [id = ''] = await pageOf(session, walk.along, slice, 1)
    return { row: `_id ${id}`, cursor: [id], done: id === slice.end?.[0] }
  }
  if (byBlocks(walk)) return { row: `ctid ${await rowAt(work, walk, slice)}`, ...endAt(slice) }
  const found = await nextRow(session, at(slice, walk.along.boundary), slice)
  const row = found ?? slice.end ?? []
  return {
    row: inWords(key, row),
    cursor: row,
    done: found === null,
  }
}

async function nextRow(
  session: Session,
  boundary: string,
  { end, cursor }: Slice,
): Promise<readonly string[] | null> {
  const { rows } = await session.query(boundary, [0, ...(end ?? []), ...(cursor ?? [])])
  return rows[0] ? keys(rows[0]) : null
}

/** The way on that leaves the rows at fault for later. */
const allAtOnce = ({ runner }: Work): string =>
  `plan throttle ${runner.plan} --on-error quarantine, which passes over such rows and names them all at once`

/** The error that names the row. */
export function poisoned(work: Work, row: string, error: PlanError): PlanError {
  const { step, table } = work
  // A function of a module: the error names the row already.
  if (error.rows !== undefined) return error
  const rows = work.named([row])
  if (byPages(work.walk)) {
    const { code, message, hint, cause } = error
    const told = isFill(step) ? `${hint}; or ${allAtOnce(work)}, then advance again` : hint
    return unwritable(step, row, new PlanError(code, message, { hint: told, cause }), rows)
  }
  const behind = triggersBehind(error)
  if (behind)
    return new PlanError(
      'PLAN_POISON',
      `${step.id}: ${behind.said} keeps the row with ${row} from being filled`,
      {
        hint: `fix this row of ${table.name} so that it is let through (or ${allAtOnce(work)}), or ${work.sparing(behind.names)}; then advance again`,
        rows,
        cause: error.cause,
      },
    )
  // Which check or foreign key it is only the server knows; this may be one that has nothing to do with the plan.
  if (error.code === 'PLAN_INVARIANT')
    return new PlanError(
      'PLAN_POISON',
      `${step.id}: the row with ${row} cannot be written: ${error.message}`,
      {
        hint: `fix this row of ${table.name} so that it satisfies the rule, or drop the rule (or ${allAtOnce(work)}); then advance again`,
        rows,
        cause: error.cause,
      },
    )
  return new PlanError('PLAN_POISON', `${step.id}: the row with ${row} cannot be converted`, {
    hint: `fix this row of ${table.name}, or roll back and make the expression total (or ${allAtOnce(work)}); then advance again`,
    rows,
    cause: error.cause,
  })
}

/** A document can fail for several reasons: it is too large, breaks a rule, or cannot be converted. */
export const unwritable = (
  step: Step,
  row: string,
  { message, hint, cause }: PlanError,
  rows: RowsAtFault,
): PlanError =>
  new PlanError('PLAN_POISON', `${step.id}: the document with ${row} stays as it is: ${message}`, {
    ...{ hint, rows, cause },
  })
