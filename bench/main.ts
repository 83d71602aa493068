import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Asked, Bench } from './bench.ts'
import { mongodb } from './mongodb/bench.ts'
import { mysqlBench } from './mysql/bench.ts'
import { postgres } from './postgres/bench.ts'
import { say } from './screen.ts'

const ENGINES: Readonly<Record<string, Bench>> = {
  postgres,
  mysql: mysqlBench('mysql'),
  mariadb: mysqlBench('mariadb'),
  mongodb,
}
const NAMES = Object.keys(ENGINES)
const USUAL = ENGINES['postgres']?.rows

const USAGE = `npm run bench -- [--engine ${NAMES.join('|')}|all]… [--rows N] [--rounds N] [--only PART]…

  --engine  which server; without it, every one that can be had here
  --rows    of the table (${defaults()}); with few, how a run begins and ends is most of it
  --rounds  of the backfills that take turns; the median counts (3)
  --only    one part of it, or several:
${NAMES.map((name) => `            ${name}: ${ENGINES[name]?.parts.join(', ')}`).join('\n')}`

/** How many rows there are where nobody says it. */
function defaults(): string {
  const others = NAMES.filter((name) => ENGINES[name]?.rows !== USUAL)
  return [String(USUAL), ...others.map((name) => `${name}: ${ENGINES[name]?.rows}`)].join('; ')
}

type Run = Omit<Asked, 'rows'> & {
  readonly rows: number | null
  readonly engines: readonly string[]
  readonly lenient: boolean
}

/** Null when only the usage is wanted; throws when it makes no sense. */
function asked(): Run | null {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string', multiple: true },
      rows: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const { engine = ['all'], only } = values
  const rows = values.rows === undefined ? null : Number(values.rows)
  const rounds = Number(values.rounds)
  for (const name of engine) known('engine', [...NAMES, 'all'], name)
  const engines = engine.includes('all') ? NAMES : engine
  const parts = new Set(engines.flatMap((name) => ENGINES[name]?.parts ?? []))
  for (const name of only ?? []) known('part', [...parts], name)
  if (rows !== null && !(Number.isInteger(rows) && rows >= 1_000))
    throw new Error('--rows: a whole number, 1000 at least')
  if (!(Number.isInteger(rounds) && rounds >= 1)) throw new Error('--rounds: a whole number, 1 at least')
  return values.help
    ? null
    : {
        rows,
        rounds,
        wants: (name) => only?.includes(name) ?? true,
        engines,
        lenient: values.engine === undefined,
      }
}

function known(what: string, names: readonly string[], name: string): void {
  if (!names.includes(name)) throw new Error(`there is no ${what} ${name}; there are ${names.join(', ')}`)
}

async function one(name: string, run: Run): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plan-bench-'))
  try {
    const bench = ENGINES[name]
    await bench?.run({ ...run, rows: run.rows ?? bench.rows }, folder)
  } catch (error) {
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n')
    if (!line.startsWith('no private')) throw error
    say(line)
    if (!run.lenient) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

let run: Run | null = null
try {
  run = asked()
  if (run === null) say(USAGE)
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  process.exitCode = 2
}
if (run !== null) {
  say(`Node ${process.versions.node}, ${availableParallelism()} cores`)
  for (const name of run.engines) {
    say('')
    await one(name, run)
  }
}
