import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import type { Budget } from './drawing-runner.ts'
import { onceARun } from './once-a-run.ts'

/** Projects whose tests are drawn when a run has a budget. */
export const DRAWN: readonly string[] = ['cli', 'lives', 'faults']

/** Says what chance is drawn from, and how long the drawn tests may take. */
export default function setup(project: TestProject): () => void {
  const shared = common()
  project.provide('seed', shared.seed)
  project.provide('budget', budgetOf(project))
  return () => rmSync(shared.folder, { recursive: true, force: true })
}

const common = () =>
  onceARun('lanes', () => {
    const seed = Number(process.env['PLAN_SEED'] || randomInt(1, 2 ** 31))
    console.log(`PLAN_SEED=${seed}`)
    return { seed, folder: mkdtempSync(join(tmpdir(), 'plan-run-')) }
  })

export const seedOf = (): number => common().seed

/** Where it is kept when each test was last run: beside the packages, for this machine alone. */
export const recordOf = (root: string): string =>
  join(root, 'node_modules', '.cache', 'expand-contract', 'last-runs.jsonl')

/** Where the files of a run tell each other what they use. */
export const toldOf = (): string => join(common().folder, 'told.jsonl')

function budgetOf({ vitest }: TestProject): Budget | null {
  const minutes = process.env['PLAN_BUDGET']
  if (!minutes) return null
  const ms = Number(minutes) * 60_000 * Number(vitest.config.maxWorkers)
  return { ms, told: toldOf(), record: recordOf(vitest.config.root) }
}
