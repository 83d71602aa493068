import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import { flawOf } from '../../ledger/chain.ts'
import type { Io } from '../io.ts'
import { lazy } from '../lazy.ts'
import { type Opened, open, whichPlan } from '../session.ts'
import { type Connecting, connecting, show } from './shared.ts'

/** `plan log`: prints the audit trail, and reports when somebody tampered with it. */
export const logCommand = (io: Io): Command =>
  connecting('log', 'show what was done, when and by whom')
    .argument('[plan]', 'name, plan file or compiled folder; all plans when left out')
    .action(async (plan: string | undefined, options: Connecting) => {
      await using opened = await open(io, options, 'log', plan)
      const name = plan === undefined ? undefined : await nameOf(io, opened, plan)
      const ends = await opened.store.ends(name)
      const events = await opened.store.events(name)
      if (events.length === 0) await opened.store.requireSeen()
      const [{ logText }, { logJson }] = await Promise.all([lazy.terminal(), lazy.json()])
      show(io, options.json, logJson(events), () =>
        events.length === 0 ? 'nothing has been done on this database\n' : logText(events),
      )
      const flaw = flawOf(ends, events)
      if (flaw !== null)
        throw new PlanError('PLAN_CHANGED', `the trail ${flaw}`, {
          hint: 'compare with a backup of the ledger',
        })
    })

/** The plan's name, even when its ledger was edited: that trail is exactly what must be seen. */
const nameOf = async (io: Io, opened: Opened, plan: string): Promise<string> => {
  try {
    return (await whichPlan(io, opened, plan)).name
  } catch (error) {
    if (error instanceof PlanError && error.code === 'PLAN_DRIFT') return plan
    throw error
  }
}
