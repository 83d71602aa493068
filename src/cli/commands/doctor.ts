import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import { doctor } from '../../operations/doctor.ts'
import { doctorText } from '../../render/doctor.ts'
import type { Shell } from '../io.ts'
import { type Connecting, connecting, placeOf, quietly, show } from './shared.ts'

/** `plan doctor`: checks privileges, version and settings before they stop a run. It only reads. */
export const doctorCommand = (io: Shell): Command =>
  connecting('doctor', 'check privileges, version and settings')
    .argument('[plan]', 'look at the tables of this plan too')
    .action(async (plan: string | undefined, options: Connecting) => {
      const { checks, edited } = await doctor({ ...placeOf(options), plan }, quietly(io))
      const data = checks.map(({ name, outcome, says, hint }) => ({ name, outcome, says, hint }))
      show(io, options.json, { checks: data }, () => doctorText(checks))
      if (edited !== null) throw edited
      const failed = checks.filter(({ outcome }) => outcome === 'failed')
      const [first] = failed
      if (first)
        throw new PlanError(
          first.code ?? 'PLAN_PRIVILEGE',
          `${failed.length} of ${checks.length} checks failed`,
          { hint: first.hint },
        )
    })
