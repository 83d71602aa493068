/**
 * Runs what is random in the tests over and over, each time with another seed, for so long: `npm run test:soak -- --minutes 10`.
 * `--seed N` begins with that one. Ends with 1, and the seed, when a round failed.
 */
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const HERE = fileURLToPath(new URL('..', import.meta.url))

const FILES = [
  'test/faults/often.test.ts',
  'test/faults/mongo-killed.test.ts',
  'test/lives/crash-chains.test.ts',
  'test/lives/workers.test.ts',
  'test/dialects/mysql/quote.test.ts',
  'test/dialects/postgres/quote.test.ts',
]

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
})

type Counts = Map<string, number>

/** What the tests of one round counted. */
function counted(file: string): Counts {
  const counts: Counts = new Map()
  const lines = readFileSync(file, { encoding: 'utf8', flag: 'a+' }).split('\n').slice(0, -1)
  for (const line of lines) {
    const { what, number } = JSON.parse(line) as { what: string; number: number }
    counts.set(what, (counts.get(what) ?? 0) + number)
  }
  return counts
}

const words = (counts: Counts): string =>
  [...counts].map(([what, number]) => `${number} ${what}`).join(', ') || 'nothing counted'

/** One round; gives whether all went well. What the tests say is shown only when not. */
async function round(seed: number, counts: string): Promise<boolean> {
  const vitest = join(HERE, 'node_modules', 'vitest', 'vitest.mjs')
  const env = { ...process.env, PLAN_SEED: String(seed), PLAN_SOAK: '1', PLAN_SOAK_COUNTS: counts }
  const child = spawn(process.execPath, [vitest, 'run', ...FILES], { cwd: HERE, env })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(String(chunk)))
  const code = await new Promise((done) => child.once('close', done))
  if (code !== 0) console.log(said.join(''))
  return code === 0
}

const until = performance.now() + Number(values.minutes) * 60_000
const first = Number(values.seed ?? randomInt(1, 2 ** 31))
const totals: Counts = new Map()
const failed: number[] = []
let rounds = 0
for (; rounds === 0 || performance.now() < until; rounds++) {
  const seed = first + rounds
  const dir = mkdtempSync(join(tmpdir(), 'soak-'))
  const fine = await round(seed, join(dir, 'counts'))
  const counts = counted(join(dir, 'counts'))
  rmSync(dir, { recursive: true })
  for (const [what, number] of counts) totals.set(what, (totals.get(what) ?? 0) + number)
  if (!fine) failed.push(seed)
  console.log(`seed ${seed}: ${fine ? 'fine' : 'FAILED'}; ${words(counts)}`)
}
console.log(`${rounds} rounds: ${words(totals)}`)
for (const seed of failed) console.log(`failed: npm run test:soak -- --minutes 0 --seed ${seed}`)
process.exitCode = failed.length === 0 ? 0 : 1
