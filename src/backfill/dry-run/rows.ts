import { PlanError } from '../../errors.ts'
import type { Runner } from '../../execution/context.ts'
import { stopIfAsked } from '../../execution/retry.ts'
import { unworkable } from '../../execution/steps.ts'
import type { Trial } from '../../program/column.ts'
import type { Step } from '../../program/step.ts'
import type { ByKey, Ranged, TryRows } from '../../program/walk.ts'
import { keys, ROW_AT_FAULT } from '../work.ts'
import {
  brokenRules,
  counts,
  type Found,
  lookAt,
  NAMED,
  number,
  rowsOf,
  type TryRowsAction,
  UNCHANGED,
  unmadeOf,
} from './problems.ts'

/** Rows that one statement tries. */
const PAGE = 20_000

/** How many rows at fault are searched for one by one. With more of them a person has to look anyway. */
const MOST = 100

/** The result of a dry run: numbers for the trail, and sentences for people. */
export type DryRunResult = Readonly<Record<string, unknown>> & { readonly notes: readonly string[] }

/** A walk along a key, and the texts of one value for its ranges. */
type Along = { readonly along: ByKey; readonly range: Ranged<readonly string[]> }

/** The value that is tried, and what was found so far. */
type Trying = {
  readonly runner: Runner
  readonly found: Found
}

/** Computes the plan's values for every row, discards them, and reports what would stop the plan. */
export async function tryRows(runner: Runner, step: Step): Promise<DryRunResult> {
  const [part] = step.parts
  const action = part?.action as TryRowsAction
  const walk = part?.written
  if (walk?.run !== 'try rows') throw new Error(`${step.id} tries no rows`)
  const place = { runner, action, walk }
  const { prepare = [], grant = '', finish } = walk.aside ?? {}
  const { session } = runner.engine
  for (const query of prepare)
    await session.query(query).catch((error: unknown) => {
      throw unprepared(runner, step, action, grant, error)
    })
  const problems: PlanError[] = []
  const notes: string[] = []
  let rows = 0
  try {
    for (const [n, trial] of action.trials.entries()) {
      const found = await tryAll(runner, walk, n, trial).catch((error: unknown) => {
        throw unworkable(runner, step, error)
      })
      rows = Math.max(rows, found.rows)
      const unmade = unmadeOf(place, trial, found)
      if (unmade && action.passes) notes.push(unmade.message)
      else if (unmade) problems.push(unmade)
      else if (found.failing > 0)
        notes.push(
          `${number(found)} of ${action.table.name} cannot be converted for ${trial.column}; the plan says what happens to them${lookAt(rowsOf(place, found.sample))}`,
        )
      problems.push(...(await brokenRules(place, trial, n, found)))
    }
  } finally {
    if (finish !== undefined) await session.query(finish).catch(() => {})
  }
  const [first, ...rest] = problems
  if (first === undefined) return { rows, notes }
  const more = rest.length === 0 ? '' : `; ${rest.map(({ message }) => message).join('; ')}`
  throw new PlanError(first.code, `${step.id}: ${first.message}${more}`, {
    hint: [...new Set(problems.map(({ hint }) => hint))].join('; '),
    rows: first.rows,
    cause: first.cause,
  })
}

/** The error for a missing right to create a temporary table. Some servers report that like a failed login. */
function unprepared(
  { engine }: Runner,
  step: Step,
  { table }: TryRowsAction,
  grant: string,
  error: unknown,
): unknown {
  const denied = error instanceof PlanError && ['PLAN_PRIVILEGE', 'PLAN_CONNECT'].includes(error.code)
  if (!denied || engine.failures.sessionLost(error)) return error
  return new PlanError(
    'PLAN_PRIVILEGE',
    `${step.id}: this user may make no temporary table in ${table.schema}, in which the values of all rows are tried`,
    {
      hint: `${grant}, then advance again; ${UNCHANGED}`,
      cause: error,
    },
  )
}

async function tryAll(runner: Runner, walk: TryRows, n: number, trial: Trial): Promise<Found> {
  const { session } = runner.engine
  const found: Found = { rows: 0, made: 0, failing: 0, more: false, cause: undefined, sample: [] }
  const trying = { runner, found }
  if (walk.along === null) return tryTable(trying, walk.trials[n]?.try.all ?? [])
  const range = walk.trials[n]?.try
  if (range === undefined) throw new Error(`the program does not try ${trial.column}`)
  const last = (await session.query(walk.along.end, [], { long: true })).rows[0]
  if (!last) return found
  const end = keys(last)
  const key = { along: walk.along, range }
  let cursor: readonly string[] = []
  for (;;) {
    stopIfAsked(runner)
    const to = await boundary(trying, key, PAGE, end, cursor)
    await tryRange(trying, key, cursor, to ?? end, PAGE)
    // A statement that counts finds all rows at fault. A statement that fails on them is repeated to find them one by
    // one.
    found.more = !counts(trial) && found.failing >= MOST
    if (found.more || to === null) return found
    cursor = to
  }
}

/** For a table without a key a row at fault could not be named. */
async function tryTable(trying: Trying, queries: readonly string[]): Promise<Found> {
  try {
    await count(trying, queries, [])
  } catch (error) {
    if (!atFault(trying, error)) throw error
    Object.assign(trying.found, { failing: 1, more: true, cause: causeOf(error) })
  }
  return trying.found
}

/** The key of the last of so many rows; null when there are fewer. */
async function boundary(
  { runner }: Trying,
  { along: { boundary: texts } }: Along,
  rows: number,
  end: readonly string[],
  cursor: readonly string[],
): Promise<string[] | null> {
  const query = cursor.length === 0 ? texts.first : texts.next
  const { rows: found } = await runner.engine.session.query(query, [rows - 1, ...end, ...cursor], {
    long: true,
  })
  return found[0] ? keys(found[0]) : null
}

/** `most`: the most rows that the range can have. A range that fails is halved until only the failing row is left. */
async function tryRange(
  trying: Trying,
  key: Along,
  cursor: readonly string[],
  to: readonly string[],
  most: number,
): Promise<void> {
  const { found } = trying
  try {
    await count(trying, cursor.length === 0 ? key.range.first : key.range.next, [...to, ...cursor])
  } catch (error) {
    if (!atFault(trying, error)) throw error
    if (most <= 1) {
      found.rows++
      found.failing++
      found.cause = causeOf(error)
      if (found.sample.length < NAMED) found.sample.push([...to])
      return
    }
    if (found.failing >= MOST) return
    const half = Math.ceil(most / 2)
    const middle = await boundary(trying, key, half, to, cursor)
    if (middle === null) return tryRange(trying, key, cursor, to, half)
    await tryRange(trying, key, cursor, middle, half)
    if (middle.join('\0') !== to.join('\0')) await tryRange(trying, key, middle, to, most - half)
  }
}

async function count(
  { runner, found }: Trying,
  queries: readonly string[],
  bound: readonly string[],
): Promise<void> {
  let counts: Readonly<Record<string, unknown>> = {}
  for (const query of queries) {
    // The statement that empties the temporary table has no parameters; only those for a range have.
    const parameters = query.includes('$1') ? bound : []
    counts = (await runner.engine.session.query(query, parameters, { long: true })).rows[0] ?? {}
  }
  found.rows += Number(counts['all'] ?? 0)
  found.made += Number(counts['made'] ?? 0)
  found.failing += Number(counts['failing'] ?? 0)
}

/** An error that the author's function raises is about the row, too. */
const atFault = ({ runner }: Trying, error: unknown): boolean => {
  const { ofRow, raised } = runner.engine.failures
  const known = error instanceof PlanError && ROW_AT_FAULT.includes(error.code)
  return known || ofRow?.(error) === true || raised(error) !== null
}

const causeOf = (error: unknown): unknown => (error instanceof PlanError ? error.cause : undefined)
