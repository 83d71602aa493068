import { PlanError } from '../errors.ts'
import { type Runner, writing } from '../execution/context.ts'
import { rowsAtFault } from '../execution/named.ts'
import { interruptible } from '../execution/retry.ts'
import { tablesOf } from '../program/actions.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import type { Written } from '../program/written.ts'
import { openUndoAdmission } from './admission.ts'
import { unwritable } from './offending-row.ts'
import { nextRows, rest } from './pace.ts'
import { pageOf } from './pages.ts'
import { keys, ROW_AT_FAULT } from './work.ts'

/**
 * Undoes, page by page, what a walk wrote. The fence checks each page. After an interruption it starts again, because a
 * document that is already restored is skipped. A page that fails because of one document is halved until that document
 * can be named.
 */
export async function undoWalk(
  runner: Runner,
  program: Program,
  step: Step,
  { undoWalk }: Written,
): Promise<void> {
  if (undoWalk === undefined) return
  const { along, undo } = undoWalk
  const { session } = runner.engine
  const { target, maxRows } = program.backfill.batch
  const last = (await session.query(along.end)).rows[0]
  if (!last) return
  const end = keys(last)
  const admission = openUndoAdmission(program, step)
  let cursor: string[] | null = null
  let size = Math.min(program.backfill.batch.rows, maxRows)
  for (;;) {
    await admission.admit(runner)
    const started = runner.clock()
    const slice = { end, cursor }
    const ids = await interruptible(runner, () =>
      writing(runner, async () => {
        const page = await pageOf(session, along, slice, size)
        if (page.length > 0) for (const query of undo) await session.query(query, [page], { long: true })
        return page
      }),
    ).catch(async (error: unknown) => {
      if (!(error instanceof PlanError) || !ROW_AT_FAULT.includes(error.code)) throw error
      if (size > 1) return null
      const [key = ''] = await pageOf(session, along, slice, 1)
      const [table = { schema: '', name: '' }] = tablesOf(step)
      throw unwritable(step, `_id ${key}`, error, rowsAtFault(runner.engine.language, table, [], [[key]]))
    })
    if (ids === null) {
      size = Math.max(1, Math.floor(size / 2))
      continue
    }
    const id = ids.at(-1)
    if (id === undefined || id === end[0]) return
    const elapsed = runner.clock() - started
    size = nextRows(ids.length, elapsed, { target, maxRows })
    cursor = [id]
    const pause = rest(elapsed, program.backfill.duty)
    if (pause > 0) await runner.sleep(pause, runner.signal)
  }
}
