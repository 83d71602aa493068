import type { Program } from '../compiler/program.ts'
import type { Step, Written } from '../compiler/step.ts'
import { interruptible, stopIfAsked } from '../runner/retry.ts'
import { type Runner, writing } from '../runner/runner.ts'
import { keys, pageOf, text, texts } from './batch.ts'
import { calm } from './calm.ts'
import { nextRows, rest } from './pace.ts'

/**
 * Takes back, page by page, what a walk wrote. Each page goes past the fence; where it was cut off it begins anew, since a
 * document that is as it was is passed over.
 */
export async function undoWalk(
  runner: Runner,
  program: Program,
  step: Step,
  written: Written,
): Promise<void> {
  const { queries = {} } = written
  const undo = texts(queries, 'undo')
  if (undo.length === 0) return
  const { session } = runner.engine
  const { target, maxRows } = program.backfill.batch
  const last = (await session.query(text(queries, 'end'))).rows[0]
  if (!last) return
  const end = keys(last)
  let cursor: string[] | null = null
  let size = Math.min(program.backfill.batch.rows, maxRows)
  for (;;) {
    stopIfAsked(runner)
    await calm(runner, program, step)
    const started = runner.clock()
    const ids: readonly string[] = await interruptible(runner, () =>
      writing(runner, async () => {
        const page = await pageOf(session, queries, { end, cursor }, size)
        if (page.length > 0) for (const query of undo) await session.query(query, [page], { long: true })
        return page
      }),
    )
    const id = ids.at(-1)
    if (id === undefined || id === end[0]) return
    const elapsed = runner.clock() - started
    size = nextRows(ids.length, elapsed, { target, maxRows })
    cursor = [id]
    const pause = rest(elapsed, program.backfill.duty)
    if (pause > 0) await runner.sleep(pause, runner.signal)
  }
}
