import { migrationScriptOf } from '../../dialects/scripts.ts'
import { PlanError } from '../../errors.ts'
import { type Release, releaseOf } from '../../export/release.ts'
import { piecesOf, type Tool } from '../../export/tool.ts'
import type { Program } from '../../program/program.ts'
import type { Phase } from '../../program/step.ts'
import type { Settings } from '../place/config.ts'
import { writeFolder } from '../place/files.ts'
import type { Context } from '../place/outside.ts'
import { toolFiles } from './files.ts'

export type ReleaseRequest = {
  /** The folder of the tool's files; otherwise where that tool usually has them. */
  readonly out?: string | undefined
  /** `pre-post`: contract goes into `post-deploy`, all other phases into `pre-deploy`. */
  readonly layout?: 'staged' | 'pre-post' | undefined
  /** The files fill the rows themselves, instead of asking whether that is done. For small tables. */
  readonly inlineBackfill?: boolean | undefined
  /** Files ask whether they may run also where one that fails blocks the tool. */
  readonly ask?: boolean | undefined
  /** Compares the files that are there, and writes none. */
  readonly check?: boolean | undefined
  /** The time in the names of the files; otherwise now. */
  readonly at?: Date | undefined
}

/** What is exported: phases of a program, to a tool. */
type Exporting = {
  readonly program: Program
  readonly settings: Pick<Settings, 'ledgerSchema' | 'templates' | 'production'>
  readonly tool: Tool
  readonly phases: readonly Phase[]
}

type Files = ReturnType<typeof toolFiles>

/**
 * Writes the files that are missing, and the tool's lists of them. Throws PLAN_STALE, before anything is written, for a file
 * that differs, and with `check` for one that is missing.
 */
export function exportRelease(
  context: Pick<Context, 'cwd'>,
  { program, settings, tool, phases }: Exporting,
  request: ReleaseRequest,
): { readonly files: Files['files']; readonly left: Release['left'] } {
  const script = migrationScriptOf(program)
  if (script === null)
    throw new PlanError('PLAN_NOT_BUILT', `${tool.title} is not built yet for this database`, {
      hint: 'plan advance runs the plan itself',
    })
  const { migrations, left } = releaseOf(program, script, {
    ...{ ledger: settings.ledgerSchema, phases, inline: request.inlineBackfill ?? false },
    guarded: request.ask === true || tool.unguarded !== true,
    apart: tool.skips === true,
    hold: settings.production ? (program.holdInProduction ?? program.hold) : program.hold,
  })
  const pieces = migrations.flatMap((migration) => piecesOf(tool, migration, script.nothing))
  const exported = { tool, script, program, own: settings.templates }
  const { files, lists } = toolFiles(context, request, exported, pieces)
  refuseStale({ files, lists }, request.check ?? false)
  const absent = files.filter(({ state }) => state === 'missing')
  for (const { folder, shown, name, text } of [...absent, ...lists])
    writeFolder(folder, shown, { [name]: text })
  return { files, left }
}

function refuseStale({ files, lists }: Files, check: boolean): void {
  const differing = files.filter(({ state }) => state === 'differs')
  const absent = check ? files.filter(({ state }) => state === 'missing') : []
  const wrong = [
    ...differing.map(({ path }) => `${path} differs from what the plan exports`),
    ...absent.map(({ path }) => `${path} is not there`),
    ...(check ? lists.map(({ path }) => `${path} does not say what is there`) : []),
  ]
  if (wrong.length === 0) return
  throw new PlanError('PLAN_STALE', wrong.join('; '), {
    hint: check
      ? 'put the files back as they were exported; one that is applied nowhere may be deleted and exported anew'
      : 'nothing was written: the file may be applied somewhere; put it back as it was, or delete it when it is applied nowhere, then export again',
  })
}
