import { PlanError, type RowsAtFault } from '../../errors.ts'
import type { Runner } from '../../execution/context.ts'
import { rowsAtFault } from '../../execution/named.ts'
import type { Action } from '../../program/action.ts'
import type { Trial } from '../../program/column.ts'
import type { TryRows } from '../../program/walk.ts'
import { counted } from '../../text/words.ts'
import { keys } from '../work.ts'

/** Keys of rows that a message names. */
export const NAMED = 5

export type TryRowsAction = Extract<Action, { do: 'try_rows' }>

/** The result for one value over all rows. */
export type Found = {
  rows: number
  made: number
  /** Rows from which the value cannot be computed. */
  failing: number
  /** There may be more such rows. */
  more: boolean
  /** Why the server refused one of them. */
  cause: unknown
  readonly sample: string[][]
}

/** Whether the expression itself tells for which rows it has no value. */
export const counts = ({ fails }: Trial): boolean => fails !== undefined

export type Place = {
  readonly runner: Runner
  readonly action: TryRowsAction
  readonly walk: TryRows
}

export const UNCHANGED = 'nothing was changed'

/** The error for rows without a computable value, when the plan does not say what happens to them. */
export function unmadeOf(place: Place, trial: Trial, found: Found): PlanError | null {
  const { action } = place
  if (found.failing === 0 || trial.answered) return null
  const rows = rowsOf(place, found.sample)
  return new PlanError(
    'PLAN_POISON',
    `${number(found)} of ${action.table.name} cannot be converted for ${trial.column}${named(rows)}`,
    {
      hint: `fix these rows, or say in \`unparsed\` what happens to them${lookAt(rows)}; ${UNCHANGED}`,
      rows,
      cause: found.cause,
    },
  )
}

/** Rules of the column that the new values would break. */
export async function brokenRules(place: Place, trial: Trial, n: number, found: Found): Promise<PlanError[]> {
  const { action, walk } = place
  const { required, unique } = walk.trials[n] ?? {}
  const of = `${action.table.name}.${trial.column}`
  // A query over all rows fails when the value cannot be computed for one of them.
  const whole = found.failing === 0 || counts(trial)
  const problems: PlanError[] = []
  const empty = found.rows - found.made - found.failing
  if (required && empty > 0) {
    const query = whole ? required.look_empty : null
    const rows = { ...rowsOf(place, whole ? await sampled(place, required.empty) : []), query }
    const see = query === null ? '' : look(query)
    problems.push(
      new PlanError(
        'PLAN_NULL',
        `${of} is required, but ${counted(empty, 'row')} would have no value${named(rows)}`,
        {
          hint: `fix these rows, make the expression give a value for them, or leave out required${see}; ${UNCHANGED}`,
          rows,
        },
      ),
    )
  }
  const groups = unique && whole ? await groupsOf(place, unique.groups) : 0
  if (unique && groups > 0) {
    const rows = { ...rowsOf(place, await sampled(place, unique.twice)), query: unique.look_twice }
    problems.push(
      new PlanError(
        'PLAN_DUPLICATE',
        `${of} is to be unique, but ${counted(groups, 'value')} would stand in several rows${named(rows)}`,
        {
          hint: `make what it comes from unique, or leave out unique${look(unique.look_twice)}; ${UNCHANGED}`,
          rows,
        },
      ),
    )
  }
  return problems
}

async function groupsOf({ runner }: Place, query: string): Promise<number> {
  const { rows } = await runner.engine.session.query(query, [], { long: true })
  return Number(rows[0]?.['groups'] ?? 0)
}

async function sampled({ runner }: Place, query: string): Promise<string[][]> {
  const { rows } = await runner.engine.session.query(query, [NAMED], { long: true })
  return rows.map(keys)
}

export const number = ({ failing, more }: Found): string =>
  `${more ? 'at least ' : ''}${counted(failing, 'row')}`

/** Keys are not secret: a person needs them to find the rows. */
export const rowsOf = ({ runner, action }: Place, sample: readonly (readonly string[])[]): RowsAtFault =>
  rowsAtFault(runner.engine.language, action.table, action.key, sample)

const named = ({ keys }: RowsAtFault): string => (keys.length === 0 ? '' : ` (${keys.join(' | ')})`)

const look = (query: string): string => `; to see them: ${query}`

export const lookAt = ({ query }: RowsAtFault): string => (query === null ? '' : `; to see some: ${query}`)
