import type { Phase } from '../program/step.ts'
import { rollback as goBack } from '../runner/rollback.ts'
import { open } from './place/database.ts'
import { openExport } from './place/export-file.ts'
import { contextOf, type Outside } from './place/outside.ts'
import { requireLocal } from './place/program.ts'
import { runRequest } from './place/run.ts'
import { type PlanRequest, whichPlan } from './place/which.ts'

export type RollbackRequest = PlanRequest & {
  /** Undo back to before this phase; otherwise everything. */
  readonly to?: Phase | undefined
  /** Writes what going back loses to this file, before anything is undone: CSV when it ends so, else one JSON a line. */
  readonly export?: string | undefined
}

export type RollbackResult = {
  readonly plan: string
  /** False when there was nothing to undo. */
  readonly begun: boolean
  /** The steps that were undone, in that order. */
  readonly undone: readonly string[]
  /** The schema is as the plan found it. */
  readonly complete: boolean
}

/**
 * Undoes a plan, newest step first. Asks for approval when values would be lost, or when a deployed application may need
 * what goes away.
 */
export async function rollback(request: RollbackRequest, outside: Outside = {}): Promise<RollbackResult> {
  const context = contextOf(outside)
  await using opened = await open(context, request, 'rollback', request.plan)
  const { name: plan, file } = await whichPlan(context, opened, request.plan)
  // The pinned program is undone, whatever the files contain now.
  const pinned = (await opened.store.progress(plan))?.plan
  if (!pinned || pinned.state === 'rolled-back') {
    await opened.store.requireSeen()
    return { plan, begun: false, undone: [], complete: true }
  }
  requireLocal(pinned, file)
  const { program, source } = pinned
  const saved = request.export === undefined ? null : openExport(context.cwd, request.export)
  try {
    const wanted = runRequest(context, opened, { program, source, file })
    const outcome = await goBack(wanted, request.to ?? null, saved?.save)
    return { plan, begun: true, ...outcome }
  } finally {
    saved?.close()
  }
}
