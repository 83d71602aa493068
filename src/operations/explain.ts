import { insteadOf } from '../compiler/instead.ts'
import { CODES, type Code, PlanError } from '../errors.ts'
import type { Program } from '../program/program.ts'
import { type AppStory, appOf } from '../render/explain/app.ts'
import { CODE_WORDS } from '../render/explain/codes.ts'
import { type Story, storyOf } from '../render/explain/story.ts'
import { nearest } from '../text/nearest.ts'
import { own } from '../text/own.ts'
import { compile } from './compile.ts'
import { readSettings } from './place/config.ts'
import { open } from './place/database.ts'
import { type Context, contextOf, type Outside } from './place/outside.ts'
import { databaseOf, findPlanFile, readPlanFile, readProgram } from './place/plan-files.ts'
import { programFor } from './place/program.ts'
import { type PlanRequest, whichPlan } from './place/which.ts'

export type ExplainRequest = PlanRequest & {
  /** The path of a snapshot to compile from; otherwise the compiled program or the database is read. */
  readonly snapshot?: string | undefined
}

/** The program as a story, and what it means for the code of the application. */
export type ExplainResult = { readonly plan: string; readonly story: Story; readonly app: AppStory }

/** What a plan does, step by step, and why in this way. Nothing is written and nothing is run. */
export async function explain(request: ExplainRequest, outside: Outside = {}): Promise<ExplainResult> {
  const context = contextOf(outside)
  const { plan } = request
  // With a snapshot no database is asked, so none has to be configured.
  const place = request.snapshot === undefined ? request : { ...request, url: request.url ?? OFFLINE }
  const settings = readSettings(context, place, (plans) => databaseOf(plan, plans, context.cwd))
  const path = plan === undefined ? null : findPlanFile(plan, settings.plans, context.cwd)
  const offline = await offlineProgram(context, request, path, settings.url)
  const program = offline ?? (await onlineProgram(context, request))
  return {
    plan: program.plan.name,
    story: storyOf(program, (step) => insteadOf(step, program.engine), settings.production),
    app: appOf(program),
  }
}

const OFFLINE = 'postgres://unused'

/** From a snapshot, or, without a database, as it was compiled; null when neither is there. */
async function offlineProgram(
  context: Context,
  { plan, snapshot, ...place }: ExplainRequest,
  path: string | null,
  url: string | null,
): Promise<Program | null> {
  if (snapshot !== undefined) {
    if (path === null)
      throw new PlanError(
        'PLAN_USAGE',
        plan === undefined ? 'no plan is named' : `there is no plan ${plan}`,
        {
          hint: 'with --snapshot give a plan file, or a name from the folder of plans',
        },
      )
    const [compiled] = await compile({ ...place, files: [path], snapshot, disk: 'none' }, context)
    return compiled?.program ?? null
  }
  return url === null && path !== null ? readProgram(readPlanFile(path, context.cwd).folder) : null
}

async function onlineProgram(context: Context, request: ExplainRequest): Promise<Program> {
  await using opened = await open(context, request, 'explain', request.plan)
  const which = await whichPlan(context, opened, request.plan)
  return (await programFor(context, opened, which)).program
}

export type ExplainCodeResult = {
  readonly code: Code
  /** The process's exit status. */
  readonly exit: number
  readonly title: string
  readonly cause: string
  /** What the tool did when it met this. */
  readonly did: string
  readonly fix: string
}

/** The cause of an error code, and how to fix it. */
export function explainCode(written: string): ExplainCodeResult {
  const code = written.toUpperCase()
  const words = own(CODE_WORDS, code)
  const known = own(CODES, code)
  if (words && known) return { code: code as Code, exit: known.exit, title: known.title, ...words }
  const near = nearest(code, Object.keys(CODES))
  throw new PlanError('PLAN_USAGE', `there is no error code ${written}`, {
    hint: near === undefined ? `there are: ${Object.keys(CODES).join(', ')}` : `did you mean ${near}?`,
  })
}
