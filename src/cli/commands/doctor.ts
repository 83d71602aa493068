import type { Command } from 'commander'
import type { TableRef } from '../../compiler/step.ts'
import { PlanError } from '../../errors.ts'
import { findPlanFile, readPlanFile } from '../find.ts'
import type { Io } from '../io.ts'
import { type Opened, open, programFor, whichPlan } from '../session.ts'
import { type Connecting, connecting, show } from './shared.ts'

/** `plan doctor`: privileges, version and settings, before they stop a run. Reads only. */
export const doctorCommand = (io: Io): Command =>
  connecting('doctor', 'check privileges, version and settings')
    .argument('[plan]', 'look at the tables of this plan too')
    .action(async (plan: string | undefined, options: Connecting) => {
      await using opened = await open(io, options, 'doctor', plan)
      const checks = await opened.engine.preflight(
        await tablesOf(io, opened, plan),
        opened.settings.ledgerSchema,
      )
      const mark = { ok: '✓', warning: '!', failed: '✗' }
      const text = () =>
        checks
          .map(
            ({ name, outcome, says, hint }) =>
              `${mark[outcome]} ${name}: ${says}\n${outcome === 'ok' ? '' : `    ${hint}\n`}`,
          )
          .join('')
      show(io, options.json, { format_version: '1.0', checks }, text)
      const failed = checks.filter(({ outcome }) => outcome === 'failed')
      const [first] = failed
      if (first)
        throw new PlanError(
          first.name === 'version' ? 'PLAN_VERSION' : 'PLAN_PRIVILEGE',
          `${failed.length} of ${checks.length} checks failed`,
          { hint: first.hint },
        )
    })

async function tablesOf(io: Io, opened: Opened, plan: string | undefined): Promise<TableRef[]> {
  if (plan === undefined)
    return (await opened.store.plans())
      .filter(({ state }) => state !== 'done')
      .flatMap(({ program }) => program.watch.map(({ table }) => table))
  const path = findPlanFile(plan, opened.settings.plans, io.cwd)
  if (path) readPlanFile(path, io.cwd)
  const { program } = await programFor(io, opened, await whichPlan(io, opened, plan))
  return program.watch.map(({ table }) => table)
}
