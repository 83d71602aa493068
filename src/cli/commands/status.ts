import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import type { Progress } from '../../ledger/records.ts'
import type { Io } from '../io.ts'
import { lazy } from '../lazy.ts'
import { type Opened, open, whichPlan } from '../session.ts'
import { type Connecting, connecting, show } from './shared.ts'

/** `plan status`: where every plan stands. It only reads. */
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
      if (all.length === 0) await opened.store.requireSeen()
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
      const broken = await desertedOf(opened, all)
      for (const { text } of broken) io.say(text)
      if (options.exitCode) refuseUnfinished(all, broken)
    })

type Broken = { readonly plan: string; readonly text: string }

/** What the ledger cannot know: the sync of a plan under way makes every write fail. */
async function desertedOf({ engine }: Opened, all: readonly Progress[]): Promise<Broken[]> {
  const found: Broken[] = []
  for (const { plan } of all) {
    if (plan.state === 'done' || plan.state === 'rolled-back') continue
    for (const { table } of plan.program.watch)
      for (const what of await engine.deserted(table))
        found.push({
          plan: plan.name,
          text: `${plan.name}: ${what}; plan doctor ${plan.name} says what to do`,
        })
  }
  return found
}

function refuseUnfinished(all: readonly Progress[], [broken]: readonly Broken[]): void {
  if (broken)
    throw new PlanError('PLAN_INVARIANT', broken.text, { hint: `plan rollback ${broken.plan} puts it right` })
  const bad = all.find(({ plan }) => plan.state === 'failed')
  if (bad)
    throw new PlanError('PLAN_INVARIANT', `${bad.plan.name} failed`, { hint: `plan log ${bad.plan.name}` })
  const waits = all.find(({ plan }) => plan.state !== 'done' && plan.state !== 'rolled-back')
  if (waits)
    throw new PlanError('PLAN_WAITING', `${waits.plan.name} is ${waits.plan.state}`, {
      hint: `plan advance ${waits.plan.name}`,
    })
}
