import { PlanError } from '../../errors.ts'
import { toolFor } from '../../export/tools.ts'
import { writeToolRows } from '../../ledger/sql/tool-rows.ts'
import type { Program } from '../../program/program.ts'
import type { Opened } from '../place/database.ts'
import type { Context } from '../place/outside.ts'
import { exportRelease } from './release.ts'

/** The tool, when its rows can be written on this database. Throws otherwise. */
export function recordingTool(program: Program, { ledgerBackend }: Opened['engine'], wanted: string) {
  const tool = toolFor(wanted, program.engine.dialect)
  const { row } = tool
  if (row !== undefined && 'client' in ledgerBackend) return { tool, home: ledgerBackend }
  throw new PlanError('PLAN_NOT_BUILT', `the rows of ${tool.title} are not written yet`, {
    hint: `nothing was run; leave out --ledger, and write the files of what is done with plan export ${program.plan.name} --to ${tool.name} --phase PHASE: when the tool applies them it leaves alone what is there`,
  })
}

/**
 * Tells a migration tool that the phases which are done are done: their files are written where they are missing, and
 * the tool's own table gets a row for each. Can be repeated at any time.
 */
export async function recordInTool(
  context: Context,
  { engine, store, settings }: Opened,
  program: Program,
  { tool: to, out }: { readonly tool: string; readonly out: string | undefined },
): Promise<void> {
  const { name } = program.plan
  const done = (await store.progress(name))?.plan.phase ?? null
  const all = program.phases.map(({ phase }) => phase)
  const phases = done === null ? [] : all.slice(0, all.indexOf(done) + 1)
  const { tool, home } = recordingTool(program, engine, to)
  const { files } = exportRelease(context, { program, settings, tool, phases }, { out })
  // A file may have others beside it.
  const rows = [
    ...new Map(files.flatMap(({ row }) => (row ? [[JSON.stringify(row.key), row] as const] : []))).values(),
  ]
  const result = await writeToolRows(engine.session, home, rows)
  if (typeof result !== 'number')
    throw new PlanError('PLAN_USAGE', `${tool.title} has no table ${result.missing} in this database`, {
      hint: `the plan itself went on, and its files are written; let the tool create its table (${tool.run}), then run the same command again`,
    })
  const written = files.filter(({ state }) => state === 'missing').length
  context.report({
    event: 'note',
    text: `${tool.title}: ${written} files written, ${result} rows added to its own table`,
  })
}
