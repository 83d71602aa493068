import type { Row } from '../dialects/interface/session.ts'
import { isTrue } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import type { FillByBlocks, FillByKey, Guard } from '../program/walk.ts'
import type { Slice } from './slice.ts'
import { at, ROW_AT_FAULT, type Work } from './work.ts'

/** The texts for one range. */
type Texts = Pick<FillByBlocks, 'triggers' | 'batch' | 'guard'>

/** The texts for the range where a slice is. */
export const textsAt = (slice: Slice, { triggers, batch, guard }: FillByKey): Texts => ({
  triggers,
  batch: at(slice, batch),
  guard:
    guard.by === 'statement'
      ? { ...guard, guarded: at(slice, guard.guarded), left: at(slice, guard.left) }
      : { by: guard.by, before: at(slice, guard.before), after: at(slice, guard.after) },
})

/** A user's trigger that a batch fires. `early`: it can change the row or prevent the write. */
type Trigger = { readonly name: string; readonly function: string; readonly early: boolean }

/**
 * Writes one range and returns the number of rows. Where users' triggers may change these rows, it checks whether they
 * did: no batch may change a column that it does not fill. Tables without such triggers pay for one look at the
 * catalogue.
 */
export async function writeRows(work: Work, texts: Texts, values: readonly string[]): Promise<number> {
  const triggers = await triggersOf(work, texts.triggers)
  const early = triggers.filter((one) => one.early)
  const range = { work, texts, values, early }
  const { guard } = texts
  try {
    if (early.length === 0) return await plainly(range)
    return guard.by === 'statement' ? await comparing(range, guard) : await byImages(range, guard)
  } catch (error) {
    throw blamed(work, triggers, error)
  }
}

type Range = {
  readonly work: Work
  readonly texts: Texts
  readonly values: readonly string[]
  readonly early: readonly Trigger[]
}

async function triggersOf({ runner }: Work, query: string): Promise<readonly Trigger[]> {
  const { rows } = await runner.engine.session.query(query)
  return rows.map((row) => ({
    name: String(row['name']),
    function: String(row['function']),
    early: isTrue(row['early']),
  }))
}

async function plainly({ work, texts, values }: Range): Promise<number> {
  let count = 0
  for (const query of texts.batch)
    count += (await work.runner.engine.session.query(query, values, { long: true })).count
  return count
}

const ask = async ({ work, values }: Range, query: string): Promise<readonly Row[]> =>
  (await work.runner.engine.session.query(query, values, { long: true })).rows

type Way<By> = Extract<Guard<string>, { readonly by: By }>

/** Lets the statement itself compare. */
async function comparing(range: Range, guard: Way<'statement'>): Promise<number> {
  let written = 0
  for (const last of [false, true]) {
    const [row = {}] = await ask(range, guard.guarded)
    const changed = JSON.parse(String(row['changed'])) as string[]
    if (changed.length > 0) throw changing(range, changed)
    written += Number(row['written'])
    if (Number(row['written']) === Number(row['due']) && Number(row['unfilled']) === 0) return written
    // Another session may have written them at that moment. From here on our transaction has locked them, so a row that
    // is still left was held back by a trigger.
    const [left] = await ask(range, guard.left)
    if (Number(left?.['left_over']) === 0) return written
    if (last || guard.once) break
  }
  throw swallowed(range)
}

/** The rows are locked, so the difference before and after the batch is only what the batch did. */
async function byImages(range: Range, images: Way<'images'>): Promise<number> {
  const before = new Map((await ask(range, images.before)).map((row) => [keyOf(row), String(row['image'])]))
  const written = await plainly(range)
  const after = new Map((await ask(range, images.after)).map((row) => [keyOf(row), row]))
  const changed = new Set<string>()
  let unfilled = false
  for (const [key, image] of before) {
    const now = after.get(key)
    for (const column of differing(range.work, image, now)) changed.add(column)
    unfilled ||= isTrue(now?.['unfilled'])
  }
  if (changed.size > 0) throw changing(range, [...changed])
  if (unfilled) throw swallowed(range)
  return written
}

/** A row that is not found again has got another key. */
function differing({ others, key }: Work, image: string, now: Row | undefined): readonly string[] {
  if (now === undefined) return key
  if (String(now['image']) === image) return []
  const [was, is] = [image.split(','), String(now['image']).split(',')]
  return others.filter((_, index) => was[index] !== is[index])
}

const keyOf = ({ image: _, unfilled: __, ...key }: Row): string => JSON.stringify(key)

const names = (triggers: readonly Trigger[]): string[] => triggers.map(({ name }) => name)

/** Triggers as the subject of a sentence. */
const named = (triggers: readonly string[]): string =>
  `${triggers.length === 1 ? 'the trigger' : 'one of the triggers'} ${triggers.join(', ')}`

const changing = ({ work, early }: Range, columns: readonly string[]): PlanError =>
  new PlanError(
    'PLAN_TRIGGER',
    `${work.step.id}: ${named(names(early))} changes ${columns.join(', ')} of ${work.table.name} in rows that the backfill writes; this batch was rolled back`,
    { hint: `${work.sparing(names(early))}; then advance again` },
  )

const swallowed = ({ work, early }: Range): PlanError =>
  new PlanError('PLAN_POISON', `${work.step.id}: ${named(names(early))} keeps rows from being filled`, {
    hint: work.sparing(names(early)),
    cause: { triggers: names(early) },
  })

/** An error that a trigger raised is about a row, whatever its code. It names the trigger where the server tells. */
function blamed({ runner }: Work, triggers: readonly Trigger[], error: unknown): unknown {
  const raised = runner.engine.failures.raised(error)
  if (raised === null || !(error instanceof PlanError)) return error
  const known = ROW_AT_FAULT.includes(error.code)
  if (!known && error.code !== 'PLAN_DATABASE') return error
  const by = raised.by === null ? triggers : triggers.filter((one) => raised.by?.includes(one.function))
  return new PlanError(known ? error.code : 'PLAN_POISON', error.message, {
    hint: error.hint,
    cause: { ...(error.cause as object), triggers: names(by) },
  })
}

/** The triggers that caused an error of a batch, as the subject of a sentence; null when there are none. */
export function triggersBehind(
  error: PlanError,
): { readonly names: readonly string[]; readonly said: string } | null {
  const { triggers = [] } = (error.cause ?? {}) as { readonly triggers?: readonly string[] }
  return triggers.length === 0 ? null : { names: triggers, said: named(triggers) }
}
