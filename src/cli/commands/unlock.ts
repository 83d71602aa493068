import type { Command } from 'commander'
import { unlock } from '../../operations/unlock.ts'
import { approvals } from '../approve.ts'
import type { Shell } from '../io.ts'
import { type Connecting, connecting, placeOf, quietly, show } from './shared.ts'

/** `plan unlock`: takes a plan from a runner that is dead or must stop. */
export const unlockCommand = (io: Shell): Command =>
  connecting('unlock', 'take a plan over from a dead runner')
    .argument('[plan]', 'name, plan file or compiled folder')
    .option('--yes', 'do not ask when its session is still there')
    .action(async (asked: string | undefined, options: Connecting & { yes?: true }) => {
      const { plan, takenFrom } = await unlock(
        { ...placeOf(options), plan: asked },
        quietly(io, approvals(io, options)),
      )
      show(
        io,
        options.json,
        { taken_from: takenFrom },
        () => `${plan} is free; plan advance ${plan} goes on\n`,
      )
    })
