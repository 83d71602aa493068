import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import { sentence, verifyNow } from '../../execution/verify.ts'
import { counted } from '../../text/words.ts'
import type { Io } from '../io.ts'
import { lazy } from '../lazy.ts'
import { open, requireLocal, rowOf, whichPlan } from '../session.ts'
import { type Connecting, connecting, show } from './shared.ts'

/** `plan verify`: checks every invariant now. It only reads, and does not even write the ledger. */
export const verifyCommand = (io: Io): Command =>
  connecting('verify', 'check the invariants of a plan now; reads only')
    .argument('[plan]', 'name, plan file or compiled folder')
    .action(async (plan: string | undefined, options: Connecting) => {
      await using opened = await open(io, options, 'verify', plan)
      const { name, file } = await whichPlan(io, opened, plan)
      const progress = await opened.store.progress(name)
      if (!progress) await opened.store.requireSeen()
      if (!progress || progress.plan.state === 'rolled-back')
        throw new PlanError('PLAN_WAITING', `${name} has not started`, {
          hint: `run plan advance ${name} first`,
        })
      requireLocal(progress.plan, file)
      if (progress.plan.retiredAt !== null)
        throw new PlanError(
          'PLAN_WAITING',
          `${name} has retired the old shape: there are no two shapes left to compare`,
          { hint: 'plan status shows what was proven before' },
        )
      const found = await verifyNow(opened.engine, progress.plan.program)
      const checkedAt = new Date(await opened.engine.now()).toISOString()
      const row = rowOf(opened.engine)
      const broken = found.filter(({ holds }) => !holds)
      const { verifyJson } = await lazy.json()
      const text = () =>
        found
          .map(
            (one) =>
              `${one.holds ? `✓ ${one.name}${one.checked === null ? '' : ` (${counted(one.checked, row)})`}` : `✗ ${sentence(one, row)}`}\n`,
          )
          .join('') || 'the plan has no invariants\n'
      show(
        io,
        options.json,
        verifyJson(
          name,
          found.map((one) => ({ ...one, checkedAt })),
        ),
        text,
      )
      if (broken.length > 0)
        throw new PlanError('PLAN_INVARIANT', `${broken.length} of ${found.length} invariants do not hold`, {
          hint:
            progress.plan.phase === null || progress.plan.phase === 'expand'
              ? 'the backfill is not done yet: plan advance'
              : `fix these ${row}s, then verify again`,
        })
    })
