import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import { log } from '../../operations/log.ts'
import type { Shell } from '../io.ts'
import { lazy } from '../lazy.ts'
import { type Connecting, connecting, placeOf, quietly, show } from './shared.ts'

/** `plan log`: prints the audit trail, and reports when somebody tampered with it. */
export const logCommand = (io: Shell): Command =>
  connecting('log', 'show what was done, when and by whom')
    .argument('[plan]', 'name, plan file or compiled folder; all plans when left out')
    .action(async (plan: string | undefined, options: Connecting) => {
      const { events, flaw } = await log({ ...placeOf(options), plan }, quietly(io))
      const { logText } = await lazy.terminal()
      show(io, options.json, { events, flaw }, () =>
        events.length === 0 ? 'nothing has been done on this database\n' : logText(events),
      )
      if (flaw !== null)
        throw new PlanError('PLAN_CHANGED', `the trail ${flaw}`, {
          hint: 'compare with a backup of the ledger',
        })
    })
