import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Asked, Bench } from './bench.ts'
import { mongodb } from './mongodb/bench.ts'
import { mysqlBench } from './mysql/bench.ts'
import { postgres } from './postgres/bench.ts'
import { keys } from './postgres/keys.ts'
import { memory } from './postgres/memory.ts'
import { say } from './screen.ts'

const ENGINES: Readonly<Record<string, Bench>> = {
  postgres,
  mysql: mysqlBench('mysql'),
  mariadb: mysqlBench('mariadb'),
  mongodb,
}
const NAMES = Object.keys(ENGINES)

/** What takes too long to be part of every run. */
const MORE: Readonly<Record<string, Bench>> = { keys, memory }
const USUAL = ENGINES['postgres']?.rows

const USAGE = `npm run bench -- [--engine ${NAMES.join('|')}|all]… [--rows N] [--rounds N] [--only PART]…
npm run bench -- keys [--rows N] [--rounds N]
npm run bench -- memory [--rows N]

  keys      PostgreSQL: keys of several kinds, narrow and wide rows, with an index (${keys.rows} rows, 1 round)
  memory    PostgreSQL: whether the runner's memory stays flat along a backfill (${memory.rows} rows)

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
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      engine: { type: 'string', multiple: true },
      rows: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const { engine = ['all'], only } = values
  const rows = values.rows === undefined ? null : Number(values.rows)
  const rounds = Number(values.rounds ?? (positionals.length > 0 ? 1 : 3))
  for (const name of engine) known('engine', [...NAMES, 'all'], name)
  for (const name of positionals) known('bench', Object.keys(MORE), name)
  const engines = positionals.length > 0 ? positionals : engine.includes('all') ? NAMES : engine
  const parts = new Set(engines.flatMap((name) => ENGINES[name]?.parts ?? []))
  for (const name of only ?? []) known('part', [...parts], name)
  if (rows !== null) whole('rows', rows, 1_000)
  whole('rounds', rounds, 1)
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

function whole(what: string, value: number, least: number): void {
  if (!(Number.isInteger(value) && value >= least))
    throw new Error(`--${what}: a whole number, ${least} at least`)
}

function known(what: string, names: readonly string[], name: string): void {
  if (!names.includes(name)) throw new Error(`there is no ${what} ${name}; there are ${names.join(', ')}`)
}

async function one(name: string, run: Run): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plan-bench-'))
  try {
    const bench = ENGINES[name] ?? MORE[name]
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
