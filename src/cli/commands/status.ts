import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import { type Deserted, type PlanStatus, type StatusResult, status } from '../../operations/status.ts'
import { nextOf, stateOf } from '../../render/standing.ts'
import type { Shell } from '../io.ts'
import { lazy } from '../lazy.ts'
import { type Connecting, connecting, placeOf, quietly, show } from './shared.ts'

/** `plan status`: where every plan stands. It only reads. */
export const statusCommand = (io: Shell): Command =>
  connecting('status', 'show where every plan stands, or one of them')
    .argument('[plan]', 'name, plan file or compiled folder')
    .option('--exit-code', 'exit 3 while a plan waits, 4 when one failed')
    .action(async (plan: string | undefined, options: Connecting & { exitCode?: true }) => {
      const found = await status({ ...placeOf(options), plan }, quietly(io))
      const { asked, plans, deserted } = found
      const [{ statusLines, statusText }, { statusJson }] = await Promise.all([lazy.status(), lazy.json()])
      const none =
        asked === null
          ? 'no plan has been started on this database\n'
          : `${asked} has not been started on this database\n`
      const look = { color: io.color, width: io.width }
      show(io, options.json, statusJson(plans), () =>
        plans.length > 1 ? statusLines(plans, look) : (plans.map((one) => statusText(one, look))[0] ?? none),
      )
      for (const one of deserted) io.say(textOf(one))
      if (options.exitCode) refuseUnfinished(found)
    })

const textOf = ({ plan, what }: Deserted): string => `${plan}: ${what}; plan doctor ${plan} says what to do`

function refuseUnfinished({ plans, deserted: [broken] }: StatusResult): void {
  if (broken)
    throw new PlanError('PLAN_INVARIANT', textOf(broken), {
      hint: `plan rollback ${broken.plan} puts it right`,
    })
  const bad = plans.find(({ plan }) => plan.state === 'failed')
  if (bad) throw failed(bad)
  const waits = plans.find(({ plan }) => plan.state !== 'done' && plan.state !== 'rolled-back')
  if (waits)
    throw new PlanError('PLAN_WAITING', `${waits.plan.name} is ${stateOf(waits)}`, {
      hint: nextOf(waits.plan.program, waits)?.command ?? `plan status ${waits.plan.name}`,
    })
}

function failed({ plan: { name }, refusal }: PlanStatus): PlanError {
  if (refusal === null) return new PlanError('PLAN_INVARIANT', `${name} failed`, { hint: `plan log ${name}` })
  const { code, message, hint } = refusal
  return new PlanError('PLAN_INVARIANT', `${name} failed: ${message} (${code})`, { hint })
}
