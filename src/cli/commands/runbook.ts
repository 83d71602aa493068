import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { PlanError } from '../../errors.ts'
import { visible } from '../../text/words.ts'
import { readSettings, type Settings } from '../config.ts'
import { textOf, writeText } from '../files.ts'
import { databaseOf, findPlanFile, readPlanFile, readProgram } from '../find.ts'
import type { Io } from '../io.ts'
import { lazy } from '../lazy.ts'
import { open, programFor, whichPlan } from '../session.ts'
import { type Connecting, connecting } from './shared.ts'

type Options = Connecting & { readonly format: string; readonly out?: string; readonly check?: true }

/** `plan runbook`: the release checklist. With a database the ledger ticks its boxes. */
export const runbookCommand = (io: Io): Command =>
  connecting('runbook', 'render the release checklist, boxes ticked from the ledger')
    .argument('[plan]', 'name, plan file or compiled folder')
    .addOption(new Option('--format <format>', 'md').choices(['md', 'html']).default('md'))
    .option('--out <file>', 'write it here instead of printing it')
    .option('--check', 'with --out: write nothing; exit 5 when the file differs')
    .action(async (plan: string | undefined, options: Options) => {
      if (options.format === 'html')
        throw new PlanError('PLAN_NOT_BUILT', 'the runbook as HTML is not built yet', {
          hint: 'use --format md',
        })
      if (options.check && options.out === undefined)
        throw new PlanError('PLAN_USAGE', '--check needs --out', { hint: 'name the file to compare with' })
      const text = await render(io, plan, options)
      if (options.out === undefined) return io.out(text)
      const file = resolve(io.cwd, options.out)
      if (!options.check) return writeText(file, options.out, text)
      if (textOf(file) !== visible(text))
        throw new PlanError('PLAN_STALE', `${options.out} is not what the plan and its ledger say`, {
          hint: `plan runbook ${plan ?? ''} --out ${options.out}`,
        })
    })

async function render(io: Io, plan: string | undefined, options: Options): Promise<string> {
  const { runbook } = await lazy.runbook()
  const settings = readSettings(io, options, (plans) => databaseOf(plan, plans, io.cwd))
  const path = plan === undefined ? null : findPlanFile(plan, settings.plans, io.cwd)
  // Without a database the compiled program is enough.
  if (settings.url === null && path !== null) {
    const program = readProgram(readPlanFile(path, io.cwd).folder)
    if (program) return runbook(program, { ...places(settings), server: null })
  }
  await using opened = await open(io, options, 'runbook', plan)
  const which = await whichPlan(io, opened, plan)
  const { program } = await programFor(io, opened, which)
  const progress = await opened.store.progress(which.name)
  return runbook(program, {
    progress,
    ...places(settings),
    server: opened.engine.session.label,
  })
}

const places = ({ templates, environment, production }: Settings) => ({
  own: templates,
  environment,
  production,
})
