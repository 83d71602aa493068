import type { Outline } from '../intents/outline.ts'
import type { Plan } from '../plan/plan.ts'
import type { Checkpoint, Program } from './program.ts'

/** Before rows are filled every writer keeps both shapes; who has no backfill needs it before whatever comes next. */
export function dualWrite(plan: Plan, outlines: readonly Outline[], phases: Program['phases']): Checkpoint[] {
  const before = phases.find(({ phase }) => phase !== 'expand')?.phase
  const versions = [...new Set(outlines.flatMap((outline) => outline.dualWrite ?? []))]
  if (before === undefined || versions.length === 0) return []
  return [checkpoint(plan, 'dual-write', before, `Deploy ${versions.join('; ')}`)]
}

/** Only the new shape is read and written. */
export function switchApp(plan: Plan, outlines: readonly Outline[]): Checkpoint {
  const deploys = [...new Set(outlines.flatMap(({ deploy }) => deploy ?? []))]
  return checkpoint(plan, 'switch-app', 'contract', `Deploy ${deploys.join('; ')}`)
}

/** A checkpoint, with what the plan itself says of it. */
export function checkpoint(
  plan: Plan,
  id: string,
  before: Checkpoint['before'],
  describe: string,
): Checkpoint {
  const wish = plan.checkpoints[id]
  return {
    id,
    before,
    describe: wish?.describe ?? describe,
    soak: wish?.soak ?? 0,
    require: wish?.require ?? [],
    probes: wish?.probes ?? [],
  }
}
