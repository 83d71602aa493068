import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import { verify } from '../../operations/verify.ts'
import type { Shell } from '../io.ts'
import { outsideOf } from '../io.ts'
import { lazy } from '../lazy.ts'
import { watcher } from '../watch.ts'
import { type Connecting, connecting, placeOf, show } from './shared.ts'

/** `plan verify`: checks every invariant now. It only reads, and does not even write the ledger. */
export const verifyCommand = (io: Shell): Command =>
  connecting('verify', 'check the invariants of a plan now; reads only')
    .argument('[plan]', 'name, plan file or compiled folder')
    .action(async (asked: string | undefined, options: Connecting) => {
      const watch = watcher(io, false)
      const found = await verify({ ...placeOf(options), plan: asked }, outsideOf(io, watch.report))
      const { phase, invariants, holds } = found
      const row = watch.row()
      const [{ verifyJson }, { verifyText }] = await Promise.all([lazy.json(), lazy.terminal()])
      show(io, options.json, verifyJson(invariants), () => verifyText(invariants, row))
      if (holds) return
      const broken = invariants.filter((one) => !one.holds)
      throw new PlanError(
        'PLAN_INVARIANT',
        `${broken.length} of ${invariants.length} invariants do not hold`,
        {
          hint:
            phase === null || phase === 'expand'
              ? 'the backfill is not done yet: plan advance'
              : `fix these ${row}s, then verify again`,
        },
      )
    })
