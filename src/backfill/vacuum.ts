import { PlanError } from '../errors.ts'
import { interruptible } from '../execution/retry.ts'
import { byPages } from '../program/walk.ts'
import { formatDuration } from '../text/duration.ts'
import type { Vacuum, Work } from './work.ts'

/** The share of the table's rows that may be rewritten before a vacuum removes their old versions; autovacuum's default. */
const SHARE = 0.2

/** Smaller tables may double: a vacuum costs more than it gains. Bytes. */
const LARGE = 256 * 1024 * 1024

export function openVacuum(): Vacuum {
  let cleared = 0
  return async (work, slice) => {
    // Processes that joined leave this to the runner.
    const { walk, joined } = work
    if (byPages(walk) || walk.vacuum === undefined || joined !== null) return
    const { written, estimate } = work.progress.count(slice)
    if (written - cleared < estimate * SHARE || (await sizeOf(work, walk.vacuum.size)) < LARGE) return
    cleared = written
    await clear(work, walk.vacuum.vacuum)
  }
}

async function sizeOf({ runner }: Work, query: string): Promise<number> {
  const { rows } = await runner.engine.session.query(query)
  return Number(rows[0]?.['bytes'] ?? 0)
}

/**
 * The tool cannot know whether a vacuum is possible: it may lack the right, or another session may already be running
 * one.
 */
async function clear({ runner, table, step }: Work, statement: string): Promise<void> {
  const { session, failures } = runner.engine
  const started = runner.clock()
  const tell = (how: string) => runner.report({ event: 'note', text: `${step.id}: ${how}` })
  try {
    const limits = { lockTimeout: runner.lockTimeout, statementTimeout: 0 }
    await interruptible(runner, () => session.autonomous(statement, limits))
    const took = formatDuration(Math.max(1, runner.clock() - started))
    tell(`old row versions of ${table.name} are cleared (VACUUM, ${took})`)
  } catch (error) {
    const stopped = error instanceof PlanError && error.code === 'PLAN_INTERRUPTED'
    if (stopped || failures.sessionLost(error) || !(error instanceof PlanError)) throw error
    tell(`old row versions of ${table.name} are left to autovacuum: ${error.message}`)
  }
}
