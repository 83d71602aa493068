import { hostname } from 'node:os'
import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import { holderOf, unlock } from '../../runner/unlock.ts'
import type { Io } from '../io.ts'
import { actorOf, open, whichPlan } from '../session.ts'
import { type Connecting, confirmed, connecting, show } from './shared.ts'

/** `plan unlock`: takes a plan from a runner that is dead or must stop. */
export const unlockCommand = (io: Io): Command =>
  connecting('unlock', 'take a plan over from a dead runner')
    .argument('[plan]', 'name, plan file or compiled folder')
    .option('--yes', 'do not ask when its session is still there')
    .action(async (plan: string | undefined, options: Connecting & { yes?: true }) => {
      await using opened = await open(io, options, 'unlock', plan)
      const { name } = await whichPlan(io, opened, plan)
      const holder = await holderOf(opened.engine, opened.store, name)
      const { runner } = holder.plan
      const who = runner ? `${runner.by} on ${runner.host} since ${runner.since}` : 'nobody'
      if (holder.alive || holder.lock) {
        const sure = await confirmed(
          io,
          options.yes === true,
          `${name} is held by ${who}, and its session is still there; it will be ended.`,
          name,
        )
        if (!sure)
          throw new PlanError('PLAN_LOCKED', `${name} is held by ${who}, and its session is still there`, {
            hint: 'if that process is dead or must stop: plan unlock --yes',
          })
      }
      const gone = await unlock(opened.engine, opened.store, holder, actorOf(io), hostname())
      if (!gone)
        throw new PlanError(
          'PLAN_LOCKED',
          `the session of ${who} does not end, but it can write nothing more`,
          { hint: 'end it on the server' },
        )
      show(
        io,
        options.json,
        { format_version: '1.0', plan: name, taken_from: runner },
        () => `${name} is free; plan advance ${name} goes on\n`,
      )
    })
