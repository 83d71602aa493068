import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import type { Progress } from '../../ledger/records.ts'
import type { Io } from '../io.ts'
import { lazy } from '../lazy.ts'
import { open, whichPlan } from '../session.ts'
import { type Connecting, connecting, show } from './shared.ts'

/** `plan status`: where every plan stands. Reads only. */
export const statusCommand = (io: Io): Command =>
  connecting('status', 'show where every plan stands, or one of them')
    .argument('[plan]', 'name, plan file or compiled folder')
    .option('--exit-code', 'exit 3 while a plan waits, 4 when one failed')
    .action(async (plan: string | undefined, options: Connecting & { exitCode?: true }) => {
      await using opened = await open(io, options, 'status', plan)
      const names =
        plan === undefined
          ? (await opened.store.plans()).map(({ name }) => name)
          : [(await whichPlan(io, opened, plan)).name]
      const all: Progress[] = []
      for (const name of names) {
        const progress = await opened.store.progress(name)
        if (progress) all.push(progress)
      }
      const [{ statusText }, { statusJson }] = await Promise.all([lazy.terminal(), lazy.json()])
      const none =
        plan === undefined
          ? 'no plan has been started on this database\n'
          : `${names[0]} has not been started on this database\n`
      show(io, options.json, statusJson(all), () =>
        all.length === 0
          ? none
          : all.map((progress) => statusText(progress, { color: io.color, width: io.width })).join('\n'),
      )
      if (options.exitCode) refuseUnfinished(all)
    })

function refuseUnfinished(all: readonly Progress[]): void {
  const bad = all.find(({ plan }) => plan.state === 'failed')
  if (bad)
    throw new PlanError('PLAN_INVARIANT', `${bad.plan.name} failed`, { hint: `plan log ${bad.plan.name}` })
  const waits = all.find(({ plan }) => plan.state !== 'done' && plan.state !== 'rolled-back')
  if (waits)
    throw new PlanError('PLAN_WAITING', `${waits.plan.name} is ${waits.plan.state}`, {
      hint: `plan advance ${waits.plan.name}`,
    })
}
