import { type Command, Option } from 'commander'
import { type ExportResult, exportPlan, TOOL_NAMES } from '../../operations/export.ts'
import type { Phase } from '../../program/step.ts'
import type { Shell } from '../io.ts'
import { type Connecting, connecting, phaseOption, placeOf, quietly, show } from './shared.ts'

type Options = Connecting & {
  readonly to: string
  readonly phase?: Phase
  readonly all?: true
  readonly out?: string
  readonly layout?: 'staged' | 'pre-post'
  readonly inlineBackfill?: true
  readonly ask?: true
  readonly check?: true
}

/** `plan export`: files for the team's migration tool. */
export const exportCommand = (io: Shell): Command =>
  connecting('export', "write a plan's phases as files of your migration tool")
    .argument('[plan]', 'name, plan file or compiled folder')
    .requiredOption('--to <tool>', `the migration tool: ${TOOL_NAMES.join(', ')}`)
    .addOption(
      phaseOption('--phase <phase>', 'this phase, which must be free to begin (default: the next one)'),
    )
    .addOption(
      new Option('--all', 'all phases at once, each file with the question whether it may run').conflicts(
        'phase',
      ),
    )
    .option('--out <folder>', "the tool's folder of migrations (default: where the tool usually has it)")
    .addOption(
      new Option(
        '--layout <layout>',
        'pre-post: contract into post-deploy, the rest into pre-deploy',
      ).choices(['staged', 'pre-post']),
    )
    .option('--inline-backfill', 'the files fill the rows themselves: for small tables')
    .option('--ask', 'files ask whether they may run also where one that fails blocks the tool (prisma)')
    .option(
      '--check',
      'compare the files that are there and write none; exit 5 when one differs or is missing',
    )
    .action(async (plan: string | undefined, { all, ...options }: Options) => {
      const { to, phase, out, layout, inlineBackfill, ask, check } = options
      const result = await exportPlan(
        {
          ...placeOf(options),
          plan,
          to,
          phase: all ? 'all' : phase,
          out,
          layout,
          inlineBackfill,
          ask,
          check,
        },
        quietly(io),
      )
      const { plan: name, tool, files, left, run, notes } = result
      io.said.plan = name
      show(io, options.json, { tool, files, left, run, notes }, () => text(result, check === true))
    })

function text({ files, left, run, notes }: ExportResult, checking: boolean): string {
  const lines = [
    ...files.map(({ path, state }) =>
      state === 'written' ? `wrote ${path}` : `${path} is as it was exported`,
    ),
    ...left.map(({ id, why }) => `${id} has no file: ${why}`),
    ...(files.length === 0 || checking
      ? []
      : ['', `apply with: ${run}`, ...notes.map((note) => `note: ${note}`)]),
  ]
  return `${lines.join('\n')}\n`
}
