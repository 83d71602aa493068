import type { Plan } from '../plan/plan.ts'
import type { Checkpoint } from '../program/program.ts'

/** A checkpoint, with what the plan itself says about it. */
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
