import type { Session } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import { type Runner, writing } from '../execution/context.ts'
import { rowsAtFault } from '../execution/named.ts'
import { interruptible, withLocks } from '../execution/retry.ts'
import { tablesOf } from '../program/actions.ts'
import { undoKeyOf } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import type { ByKey, ByPages } from '../program/walk.ts'
import type { Written } from '../program/written.ts'
import { openUndoAdmission } from './admission.ts'
import { unwritable } from './offending-row.ts'
import { nextRows, rest } from './pace.ts'
import { pageOf } from './pages.ts'
import type { Slice } from './slice.ts'
import { at, keys, ROW_AT_FAULT } from './work.ts'

/** What one page or range undid: how many rows, and the last key of it; null when there is nothing left. */
type Undone = { readonly rows: number; readonly upto: readonly string[] } | null

type Place = Pick<Slice, 'end' | 'cursor'>

/** With so many rows locked by somebody else, fewer are tried. */
const SMALL = 50
const LOCK_TRIES = 4

/**
 * Undoes, page by page or range by range, what a walk wrote. The fence checks each of them. After an interruption it starts
 * again, because what is already restored is skipped. What fails because of one row is halved until that row can be named.
 */
export async function undoWalk(
  runner: Runner,
  program: Program,
  step: Step,
  { undoWalk }: Written,
): Promise<void> {
  if (undoWalk === undefined) return
  const { session } = runner.engine
  const { target, maxRows } = program.backfill.batch
  const last = (await session.query(undoWalk.along.end)).rows[0]
  if (!last) return
  const end = keys(last)
  const admission = openUndoAdmission(program, step)
  let cursor: string[] | null = null
  let size = Math.min(program.backfill.batch.rows, maxRows)
  for (;;) {
    await admission.admit(runner)
    const started = runner.clock()
    const place: Place = { end, cursor }
    const undone: Undone | 'smaller' = await interruptible(runner, () =>
      'mark' in undoWalk
        ? ofRange(runner, step, undoWalk, place, size)
        : ofPage(runner, undoWalk, place, size),
    ).catch(async (error: unknown) => {
      const locked = size > SMALL && error instanceof PlanError && error.code === 'PLAN_LOCK_TIMEOUT'
      const fault = error instanceof PlanError && ROW_AT_FAULT.includes(error.code)
      if (!locked && !fault) throw error
      if (size > 1) return 'smaller' as const
      const row = await rowAt(session, undoWalk.along, place)
      const [table = { schema: '', name: '' }] = tablesOf(step)
      const key = undoKeyOf(step)
      const said = row.map((value, place) => `${key[place]?.name ?? '_id'} ${value}`)
      throw unwritable(step, said.join(', '), error, rowsAtFault(runner.engine.language, table, key, [row]))
    })
    if (undone === 'smaller') {
      size = Math.max(1, Math.floor(size / 2))
      continue
    }
    if (undone === null || undone.upto.every((value, at) => value === end[at])) return
    const elapsed = runner.clock() - started
    size = nextRows(undone.rows, elapsed, { target, maxRows })
    cursor = [...undone.upto]
    const pause = rest(elapsed, program.backfill.duty)
    if (pause > 0) await runner.sleep(pause, runner.signal)
  }
}

/** Documents, by a page of their ids. */
const ofPage = (
  runner: Runner,
  { along, undo }: { readonly along: ByPages; readonly undo: readonly string[] },
  place: Place,
  size: number,
): Promise<Undone> =>
  writing(runner, async () => {
    const { session } = runner.engine
    const page = await pageOf(session, along, place, size)
    if (page.length > 0) for (const query of undo) await session.query(query, [page], { long: true })
    const id = page.at(-1)
    return id === undefined ? null : { rows: page.length, upto: [id] }
  })

/** Rows adjacent by their key. */
const ofRange = (
  runner: Runner,
  step: Step,
  { along, mark, lock, undo }: Extract<NonNullable<Written['undoWalk']>, { readonly mark: string }>,
  place: Place,
  size: number,
): Promise<Undone> =>
  withLocks(
    { ...runner, retries: size > SMALL ? Math.min(LOCK_TRIES, runner.retries) : runner.retries },
    step.id,
    tablesOf(step),
    () =>
      writing(
        runner,
        async () => {
          const { session } = runner.engine
          await session.query(mark)
          const end = place.end ?? []
          const cursor = place.cursor ?? []
          const found = await session.query(at(place, along.boundary), [size - 1, ...end, ...cursor], {
            long: true,
          })
          const upto = found.rows[0] ? keys(found.rows[0]) : end
          // No row lock is waited for after the first write.
          if (lock) await session.query(at(place, lock), [...upto, ...cursor], { long: true })
          for (const query of at(place, undo))
            await session.query(query, [...upto, ...cursor], { long: true })
          return { rows: size, upto }
        },
        { lockTimeout: Math.min(runner.lockTimeout, 100) },
      ),
  )

/** The key of the first row that is left. */
async function rowAt(session: Session, along: ByPages | ByKey, place: Place): Promise<string[]> {
  if (along.by === 'pages') return [(await pageOf(session, along, place, 1))[0] ?? '']
  const { rows } = await session.query(at(place, along.boundary), [
    ...[0, ...(place.end ?? [])],
    ...(place.cursor ?? []),
  ])
  return rows[0] ? keys(rows[0]) : [...(place.end ?? [])]
}
