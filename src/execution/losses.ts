import { attempt } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import { tablesOf } from '../program/actions.ts'
import type { Step } from '../program/step.ts'
import { wordsOf } from '../program/words.ts'
import type { LostRows } from '../program/written.ts'
import { qualified } from '../schema/lookup.ts'
import { counted as number } from '../text/words.ts'
import type { Loss, Runner } from './context.ts'

/** How many rows a person accepted to lose, by the query that counted them. */
export type Accepted = ReadonlyMap<string, number>

type Counted = Loss & { readonly query: string; readonly lost: LostRows | undefined }

/** A row that loses something by going back: its key and the lost values, as text. */
export type LostRow = {
  readonly table: string
  readonly key: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, string | null>>
}

/** Keeps such rows somewhere, before anybody is asked. */
export type Save = (row: LostRow) => void

/** Counts what undoing these steps would lose, and asks for approval. */
export async function askAboutLosses(runner: Runner, steps: readonly Step[], save?: Save): Promise<Accepted> {
  const counted = await losses(runner, steps, false)
  if (save) await saveAll(runner, counted, save)
  const found = await named(
    runner,
    counted.filter(({ rows }) => rows > 0),
  )
  const row = rowOf(runner)
  const question = { about: 'rollback', plan: runner.plan, losses: found, held: false } as const
  if (found.length > 0 && !(await runner.approve(question)))
    throw new PlanError('PLAN_USAGE', `going back would lose ${listed(found, row)}`, {
      hint: `save these values first (plan rollback ${runner.plan} --export ${runner.plan}-lost.ndjson writes them to that file), or give --yes to go back without them`,
    })
  return new Map(counted.map(({ query, rows }) => [query, rows]))
}

/** Counts again once nobody else can write, and refuses when more would be lost than was approved. */
export async function refuseMore(
  runner: Runner,
  step: Step,
  accepted: Accepted,
  inTransaction: boolean,
): Promise<void> {
  const counted = await losses(runner, [step], inTransaction)
  const grown = counted.filter(({ query, rows }) => rows > (accepted.get(query) ?? 0))
  if (grown.length === 0) return
  if (await runner.approve({ about: 'rollback', plan: runner.plan, losses: grown, held: true })) return
  throw new PlanError(
    'PLAN_USAGE',
    `while ${step.id} waited to be undone, more was written that going back would lose: ${listed(grown, rowOf(runner))}`,
    {
      hint: `${step.id} stands as it was, and nothing is lost; run plan rollback again, which counts anew and asks, or give --yes to go back without these values`,
    },
  )
}

const rowOf = ({ progress }: Runner): string => wordsOf(progress.plan.program).row

const listed = (found: readonly Loss[], row: string): string =>
  found
    .map(({ rows, what, table, keys }) => `${what} in ${number(rows, row)} of ${table}${among(keys)}`)
    .join(', ')

/** What undoing these steps would lose, counted now. It only reads. */
async function losses(runner: Runner, steps: readonly Step[], inTransaction: boolean): Promise<Counted[]> {
  const parts = steps.flatMap((step) =>
    step.parts.flatMap(({ written }) =>
      (written.losses ?? []).map((loss) => ({ ...loss, tables: tablesOf(step) })),
    ),
  )
  // Steps with the same query lose the same rows.
  const different = [...new Map(parts.map((part) => [part.query, part])).values()]
  const found: Counted[] = []
  for (const { what, query, most, tables, rows: lost } of different) {
    const rows = await count(runner, { query, most }, inTransaction)
    found.push({ table: tables.map(qualified).join(', '), what, rows, query, keys: [], lost })
  }
  return found
}

/** How many keys a report names, and how many rows are read at once. */
const [NAMED, PAGE] = [5, 1000]

/** The same with some of their keys. */
async function named(runner: Runner, found: readonly Counted[]): Promise<Counted[]> {
  const told: Counted[] = []
  for (const one of found) {
    const rows = one.lost ? await pageOf(runner, one.lost.first, [NAMED]) : []
    told.push({ ...one, keys: rows.map((row) => keyOf(row, one.lost).join('/')) })
  }
  return told
}

/** Hands over every row, page by page. */
async function saveAll(runner: Runner, found: readonly Counted[], save: Save): Promise<void> {
  for (const { table, what, rows, lost } of found) {
    if (rows === 0) continue
    if (!lost)
      throw new PlanError('PLAN_USAGE', `${what} cannot be exported: ${table} has no primary key`, {
        hint: 'nothing was undone; copy these values by hand, or leave out --export',
      })
    let page = await pageOf(runner, lost.first, [PAGE])
    while (page.length > 0) {
      for (const row of page)
        save({
          table,
          key: record(lost.key, 'k', row) as Record<string, string>,
          values: record(lost.columns, 'v', row),
        })
      page = await pageOf(runner, lost.next, [PAGE, ...keyOf(page.at(-1) ?? {}, lost)])
    }
  }
}

type Row = Readonly<Record<string, unknown>>

const textOf = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value)

const record = (names: readonly string[], prefix: 'k' | 'v', row: Row): Record<string, string | null> =>
  Object.fromEntries(names.map((name, place) => [name, textOf(row[`${prefix}${place}`])]))

const keyOf = (row: Row, lost: LostRows | undefined): string[] =>
  (lost?.key ?? []).map((_, place) => String(row[`k${place}`]))

/** A value that cannot be compared here was counted by other means; its rows are not named. */
async function pageOf(
  { engine }: Runner,
  query: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  try {
    return (await engine.session.query(query, values, { long: true })).rows
  } catch (error) {
    const unfit = error instanceof PlanError && ['PLAN_DATABASE', 'PLAN_POISON'].includes(error.code)
    if (unfit || engine.failures.missing(error)) return []
    throw error
  }
}

/** Some keys of many, for a report. */
const among = (keys: readonly string[]): string => (keys.length === 0 ? '' : ` (${keys.join(', ')})`)

/** An expression that fails here must not prevent a rollback. */
async function count(
  { engine }: Pick<Runner, 'engine'>,
  { query, most }: { readonly query: string; readonly most: string | undefined },
  inTransaction: boolean,
): Promise<number> {
  try {
    const { rows } = await attempt(engine.session, query, inTransaction, { long: true })
    return Number(rows[0]?.['rows'] ?? 0)
  } catch (error) {
    // What no longer exists cannot be lost by a rollback.
    if (engine.failures.missing(error)) return 0
    const unfit = error instanceof PlanError && ['PLAN_DATABASE', 'PLAN_POISON'].includes(error.code)
    if (!unfit || most === undefined) throw error
    return count({ engine }, { query: most, most: undefined }, inTransaction)
  }
}
