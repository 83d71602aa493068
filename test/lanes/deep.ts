/**
 * Runs what `npm test` draws from (command line, lives and faults), then the migration
 * tools that are fetched for it, and the mutations: `npm run test:deep`. With
 * `--budget 20m` these begin no test any more after so long, those that waited longest come first, and what was not drawn
 * is counted. Without a budget all of them run, at every point where a run draws some otherwise.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseDuration } from '../../src/text/duration.ts'
import { DRAWN } from './setup.ts'

const HERE = fileURLToPath(new URL('../..', import.meta.url))
const { budget } = parseArgs({ options: { budget: { type: 'string' } } }).values

const tests = ['vitest', 'run', ...DRAWN.flatMap((name) => ['--project', name])]
const drawn = budget === undefined ? { PLAN_SOAK: '1' } : { PLAN_BUDGET: String(minutes(budget)) }
// What a tool is fetched for takes no part in a budget.
const heavy =
  budget === undefined ? [run('npx', ['vitest', 'run', 'test/lives/tools/heavy-tools.test.ts'], drawn)] : []
const statuses = [run('npx', tests, drawn), ...heavy, run('npx', ['tsx', 'test/mutations/main.ts'], {})]
process.exitCode = statuses.find((status) => status !== 0) ?? 0

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): number {
  const { status } = spawnSync(command, args, {
    cwd: HERE,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  return status ?? 1
}

function minutes(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new Error(`--budget ${text}: write a whole number and a unit, such as 20m`)
  return ms / 60_000
}
