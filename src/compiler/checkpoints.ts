import type { Language } from '../dialects/interface/language.ts'
import type { Finding } from '../errors.ts'
import type { Deploy } from '../intents/tables/outline.ts'
import type { Plan, PlanSource, Probe } from '../plan/plan.ts'
import type { Checkpoint, Program } from '../program/program.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import { readOrRefuse } from './gather.ts'

/** Before the backfill every writer must keep both shapes. Without a backfill, before the first phase after expand. */
export function dualWrite(plan: Plan, deploys: readonly Deploy[], phases: Program['phases']): Checkpoint[] {
  const before = phases.find(({ phase }) => phase !== 'expand')?.phase
  if (before === undefined || deploys.length === 0) return []
  return [checkpoint(plan, 'dual-write', before, deploying(deploys.map((one) => one.dualWrite)))]
}

/** From here on the application reads and writes only the new shape. */
export const switchApp = (plan: Plan, deploys: readonly Deploy[]): Checkpoint =>
  checkpoint(plan, 'switch-app', 'contract', deploying(deploys.map(({ onlyNew }) => onlyNew)))

/**
 * Without triggers the application writes the old shape until contract has proven it. A version that stops earlier would
 * break the proof.
 */
export function switchReads(plan: Plan, deploys: readonly Deploy[]): Checkpoint[] {
  const retiring = deploys.filter(({ readsNew }) => readsNew !== null)
  if (retiring.length === 0) return [switchApp(plan, deploys)]
  const reads = deploys.map(({ readsNew, onlyNew }) => readsNew ?? onlyNew)
  return [
    checkpoint(plan, 'switch-app', 'contract', deploying(reads)),
    checkpoint(plan, 'stop-writes', 'retire', deploying(retiring.map(({ onlyNew }) => onlyNew))),
  ]
}

const deploying = (versions: readonly string[]): string => `Deploy ${[...new Set(versions)].join('; ')}`

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

/** The same checkpoint with its queries as they are sent. */
export const sendable = (one: Checkpoint, { answer, query }: Language, snapshot: Snapshot): Checkpoint => ({
  ...one,
  probes: (one.probes as readonly Probe[]).map((probe) => {
    if (!('sql' in probe)) return probe
    const resolved = query(probe.sql.query, snapshot, true)
    return { sql: { ...probe.sql, runs: answer(typeof resolved === 'string' ? resolved : probe.sql.query) } }
  }),
})

/** Findings for probes whose queries cannot run. */
export const unreadable = (
  plan: Plan,
  source: PlanSource,
  { query }: Language,
  snapshot: Snapshot,
): Finding[] =>
  Object.entries(plan.checkpoints).flatMap(([id, { probes }]) =>
    probes.flatMap((probe, index): Finding[] => {
      const refusal = 'sql' in probe ? readOrRefuse(() => query(probe.sql.query, snapshot, true)) : ''
      return typeof refusal === 'object'
        ? [
            {
              code: 'PLAN_EXPRESSION',
              message: `${id}: ${refusal.refused}`,
              // An invariant has to return keys, a probe does not.
              hint: refusal.noQuery
                ? 'a probe is one SELECT of one value, which changes nothing'
                : refusal.hint,
              at: source.at(['checkpoints', id, 'probes', index, 'sql', 'query']),
            },
          ]
        : []
    }),
  )

/** One day: long enough to see a whole daily cycle of an application. */
const HOLD_IN_PRODUCTION = 86_400_000

/** How long the retired shape is kept. When the plan does not say, that depends on the environment. */
export const holdOf = ({
  contract: { hold },
}: Pick<Plan, 'contract'>): Pick<Program, 'hold' | 'holdInProduction'> =>
  hold === null ? { hold: 0, holdInProduction: HOLD_IN_PRODUCTION } : { hold }
