import { PlanError } from '../errors.ts'
import { canonical, fingerprintOf, sha256 } from '../program/fingerprint.ts'
import { readable } from '../program/format.ts'
import type { Program } from '../program/program.ts'
import { flawOf } from './chain.ts'
import type { EventRecord, PlanRecord, TrailEnd } from './records.ts'
import type { Store } from './store.ts'

/**
 * The same ledger, but it returns no program that was changed since it was pinned. Every read hashes the whole
 * program. What the trail says about a hash is read once, because the hash cannot change unnoticed afterwards.
 */
export function unedited(store: Store): Store {
  const shown = new Map<string, string>()
  const check = async (plan: PlanRecord): Promise<void> => {
    // Nothing of this program runs any more, and the next run pins its own.
    if (plan.state === 'rolled-back') return
    const found = JSON.stringify([plan.run, fingerprintOf(plan.program), sha256(plan.source)])
    if (shown.get(plan.name) === found) return
    const ends = await store.ends(plan.name)
    const edit = editOf(plan, ends, await store.events(plan.name))
    if (edit !== null) throw edited(plan.name, edit)
    shown.set(plan.name, found)
  }
  return {
    ...store,
    plans: async () => {
      const plans = await store.plans()
      for (const plan of plans) await check(plan)
      return plans.map(forReading)
    },
    progress: async (name) => {
      const progress = await store.progress(name)
      if (progress === null) return null
      await check(progress.plan)
      return { ...progress, plan: forReading(progress.plan) }
    },
  }
}

/** Another version may have pinned the program. */
const forReading = (plan: PlanRecord): PlanRecord => ({ ...plan, program: readable(plan.program) })

/** Where two programs differ: ids of steps, otherwise the names of their other parts. */
export function partsThatDiffer(one: Program, other: Program): string[] {
  const parts = ({ phases, fingerprint: _, estimates: __, ...rest }: Program) => [
    ...phases.flatMap(({ steps }) => steps.map((step) => [step.id, canonical(step)] as const)),
    ...Object.entries(rest).map(([name, part]) => [name, canonical(part)] as const),
  ]
  const [left, right] = [new Map(parts(one)), new Map(parts(other))]
  return [...new Set([...left.keys(), ...right.keys()])].filter((id) => left.get(id) !== right.get(id))
}

/** What in a plan's record was changed since it was pinned, in words; null when nothing was. */
function editOf(plan: PlanRecord, ends: readonly TrailEnd[], events: readonly EventRecord[]): string | null {
  const { program, source, run } = plan
  if (fingerprintOf(program) !== program.fingerprint)
    return 'its program does not fit the fingerprint that was made of it'
  if (sha256(source) !== program.plan?.source)
    return 'the text of its plan file is not the one it was compiled from'
  const flaw = flawOf(ends, events)
  if (flaw !== null) return `its trail ${flaw}`
  const pin = events.findLast((event) => event.kind === 'pinned' && event.run === run)
  if (!pin) return `its trail does not say with which program run ${run} was begun`
  if (pin.data['fingerprint'] === program.fingerprint) return null
  return `its program is ${program.fingerprint.slice(0, 12)}, and ${String(pin.data['fingerprint']).slice(0, 12)} was pinned`
}

const edited = (plan: string, what: string): PlanError =>
  new PlanError('PLAN_DRIFT', `somebody edited the ledger of ${plan}: ${what}`, {
    hint: `nothing was run; plan doctor says who may write the ledger, plan log what was done; put back its rows of ${plan} from a backup, then run the same command again`,
  })
