import type { Deploy } from '../../../intents/tables/outline.ts'
import type { Plan } from '../../../plan/plan.ts'
import type { Checkpoint, Program } from '../../../program/program.ts'
import { checkpoint } from '../../checkpoints.ts'

/** What has to be deployed, and when. `synced`: triggers keep both shapes in step. */
export function checkpointsOf(
  plan: Plan,
  deploys: readonly Deploy[],
  phases: Program['phases'],
  synced: boolean,
): Checkpoint[] {
  const contract = phases.some(({ phase }) => phase === 'contract')
  if (synced) return contract ? [switchApp(plan, deploys)] : []
  return [...dualWrite(plan, deploys, phases), ...(contract ? switchReads(plan, deploys) : [])]
}

/** Before the backfill every writer must keep both shapes. Without a backfill, before the first phase after expand. */
function dualWrite(plan: Plan, deploys: readonly Deploy[], phases: Program['phases']): Checkpoint[] {
  const before = phases.find(({ phase }) => phase !== 'expand')?.phase
  const versions = deploys.flatMap((one) => one.dualWrite ?? [])
  if (before === undefined || versions.length === 0) return []
  return [checkpoint(plan, 'dual-write', before, deploying(versions))]
}

/** From here on the application reads and writes only the new shape. */
const switchApp = (plan: Plan, deploys: readonly Deploy[]): Checkpoint =>
  checkpoint(plan, 'switch-app', 'contract', deploying(deploys.map(({ onlyNew }) => onlyNew)))

/**
 * Without triggers the application writes the old shape until contract has proven it. A version that stops earlier would
 * break the proof.
 */
function switchReads(plan: Plan, deploys: readonly Deploy[]): Checkpoint[] {
  const retiring = deploys.filter(({ readsNew }) => readsNew !== null)
  if (retiring.length === 0) return [switchApp(plan, deploys)]
  const reads = deploys.map(({ readsNew, onlyNew }) => readsNew ?? onlyNew)
  return [
    checkpoint(plan, 'switch-app', 'contract', deploying(reads)),
    checkpoint(plan, 'stop-writes', 'retire', deploying(retiring.map(({ onlyNew }) => onlyNew))),
  ]
}

const deploying = (versions: readonly string[]): string => `Deploy ${[...new Set(versions)].join('; ')}`
