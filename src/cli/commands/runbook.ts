import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { PlanError } from '../../errors.ts'
import { textOf, writeText } from '../../operations/place/files.ts'
import { runbook } from '../../operations/runbook.ts'
import { visible } from '../../text/words.ts'
import type { Shell } from '../io.ts'
import { type Connecting, connecting, placeOf, quietly, show } from './shared.ts'

type Options = Connecting & { readonly format: string; readonly out?: string; readonly check?: true }

/** `plan runbook`: the release checklist. With a database the ledger ticks its boxes. */
export const runbookCommand = (io: Shell): Command =>
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
      const { text } = await runbook({ ...placeOf(options), plan }, quietly(io))
      if (options.out === undefined) return show(io, options.json, { text }, () => text)
      const file = resolve(io.cwd, options.out)
      const differs = options.check === true && textOf(file) !== visible(text)
      if (options.json) io.said.document = { file: options.out, differs }
      if (!options.check) return writeText(file, options.out, text)
      if (differs)
        throw new PlanError('PLAN_STALE', `${options.out} is not what the plan and its ledger say`, {
          hint: `plan runbook ${plan ?? ''} --out ${options.out}`,
        })
    })
