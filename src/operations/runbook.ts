import { readSettings, type Settings } from './place/config.ts'
import { open } from './place/database.ts'
import { lazy } from './place/lazy.ts'
import { contextOf, type Outside } from './place/outside.ts'
import { databaseOf, findPlanFile, readPlanFile, readProgram } from './place/plan-files.ts'
import { programFor } from './place/program.ts'
import { type PlanRequest, whichPlan } from './place/which.ts'

export type RunbookRequest = PlanRequest

/** `text` is Markdown. */
export type RunbookResult = { readonly plan: string; readonly text: string }

/** The release checklist of a plan. The ledger ticks its boxes; without a database the compiled program is enough. */
export async function runbook(request: RunbookRequest, outside: Outside = {}): Promise<RunbookResult> {
  const context = contextOf(outside)
  const { cwd } = context
  const { plan } = request
  const { runbook: render } = await lazy.runbook()
  const settings = readSettings(context, request, (plans) => databaseOf(plan, plans, cwd))
  const path = plan === undefined ? null : findPlanFile(plan, settings.plans, cwd)
  if (settings.url === null && path !== null) {
    const program = readProgram(readPlanFile(path, cwd).folder)
    if (program)
      return { plan: program.plan.name, text: render(program, { ...optionsOf(settings), server: null }) }
  }
  await using opened = await open(context, request, 'runbook', plan)
  const which = await whichPlan(context, opened, plan)
  const { program } = await programFor(context, opened, which)
  const progress = await opened.store.progress(which.name)
  const server = opened.engine.session.label
  return { plan: which.name, text: render(program, { progress, ...optionsOf(settings), server }) }
}

const optionsOf = ({ templates, environment, production }: Settings) => ({
  own: templates,
  environment,
  production,
})
