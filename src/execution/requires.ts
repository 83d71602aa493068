import { PlanError, type RowsAtFault } from '../errors.ts'
import { type StatementPart, statementParts } from '../program/actions.ts'
import type { Step } from '../program/step.ts'
import type { Statements } from '../program/written.ts'
import type { Runner } from './context.ts'

/** Keys of rows that a message names. */
const NAMED = 5

/** Checks what rows must be like before the action begins. */
export async function requireFit(runner: Runner, part: StatementPart): Promise<void> {
  const { requires } = part.written
  const violations = await violationsOf(runner, requires)
  if (requires === undefined || violations === 0) return
  const rows = await emptyRows(runner, part).catch(() => undefined)
  throw new PlanError(requires.code, requires.says.replace('#', violations.toLocaleString('en')), {
    hint: requires.hint,
    rows,
  })
}

/** How many rows are not what the action requires. */
export async function violationsOf(
  { engine }: Pick<Runner, 'engine'>,
  requires: Statements['requires'],
): Promise<number> {
  if (requires === undefined) return 0
  const { rows } = await engine.session.query(requires.query, [], { long: true })
  return Number(rows[0]?.['violations'] ?? 0)
}

/** The same failure with the rows: one without a value may have come after the check, and a server names only the column. */
export async function withEmpty(runner: Runner, step: Step, error: unknown): Promise<unknown> {
  if (!(error instanceof PlanError) || error.code !== 'PLAN_NULL' || error.rows !== undefined) return error
  const { code, message, hint, cause } = error
  for (const part of statementParts(step)) {
    const rows = await emptyRows(runner, part).catch(() => undefined)
    if (rows !== undefined) return new PlanError(code, message, { hint, rows, cause })
  }
  return error
}

/** The rows that the action does not allow; of their values only those of the primary key are said. */
async function emptyRows(
  { engine }: Runner,
  { action, written: { requires } }: StatementPart,
): Promise<RowsAtFault | undefined> {
  if (requires?.look === undefined || !('table' in action)) return
  const query = requires.look
  const { tables } = await engine.inspect({ tables: [action.table] })
  const key = tables[0]?.constraints.find(({ kind }) => kind === 'primary')?.columns ?? []
  const { rows } = await engine.session.query(`${query} LIMIT ${NAMED}`, [], { long: true })
  const one = (row: (typeof rows)[number]) => key.map((name) => `${name} ${textOf(row[name])}`).join(', ')
  return { keys: key.length === 0 ? [] : rows.map(one), query }
}

const textOf = (value: unknown): string =>
  Buffer.isBuffer(value) ? value.toString('hex').toUpperCase() : String(value)
