import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import { brokenEvents } from '../../ledger/chain.ts'
import type { Io } from '../io.ts'
import { lazy } from '../lazy.ts'
import { open, whichPlan } from '../session.ts'
import { type Connecting, connecting, show } from './shared.ts'

/** `plan log`: the audit trail, and whether anybody tampered with it. */
export const logCommand = (io: Io): Command =>
  connecting('log', 'show what was done, when and by whom')
    .argument('[plan]', 'name, plan file or compiled folder; all plans when left out')
    .action(async (plan: string | undefined, options: Connecting) => {
      await using opened = await open(io, options, 'log', plan)
      const events = await opened.store.events(
        plan === undefined ? undefined : (await whichPlan(io, opened, plan)).name,
      )
      const [{ logText }, { logJson }] = await Promise.all([lazy.terminal(), lazy.json()])
      show(io, options.json, logJson(events), () =>
        events.length === 0 ? 'nothing has been done on this database\n' : logText(events),
      )
      const broken = brokenEvents(events)
      if (broken.length > 0)
        throw new PlanError('PLAN_CHANGED', `the trail was changed at event ${broken.join(', ')}`, {
          hint: 'compare with a backup of the ledger',
        })
    })
