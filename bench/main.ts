import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Asked, Bench } from './bench.ts'
import { mysqlBench } from './mysql/bench.ts'
import { postgres } from './postgres/bench.ts'
import { say } from './screen.ts'

const ENGINES: Readonly<Record<string, Bench>> = {
  postgres,
  mysql: mysqlBench('mysql'),
  mariadb: mysqlBench('mariadb'),
}
const NAMES = Object.keys(ENGINES)
const PARTS = [...new Set(Object.values(ENGINES).flatMap(({ parts }) => parts))]

const USAGE = `npm run bench -- [--engine ${NAMES.join('|')}|all]… [--rows N] [--rounds N] [--only PART]…

  parts: ${PARTS.join(', ')}
  Without --engine all of them, but those whose server cannot be had here are left out.`

type Run = Asked & { readonly engines: readonly string[]; readonly lenient: boolean }

/** Null when only the usage is wanted; throws when it makes no sense. */
function asked(): Run | null {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string', multiple: true },
      rows: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const { engine = ['all'], only } = values
  const [rows, rounds] = [Number(values.rows), Number(values.rounds)]
  for (const name of engine) known('engine', [...NAMES, 'all'], name)
  for (const name of only ?? []) known('part', PARTS, name)
  if (!(rows >= 1_000)) throw new Error('--rows: a thousand at least')
  if (!(rounds >= 1)) throw new Error('--rounds: one at least')
  return values.help
    ? null
    : {
        rows,
        rounds,
        wants: (name) => only?.includes(name) ?? true,
        engines: engine.includes('all') ? NAMES : engine,
        lenient: values.engine === undefined,
      }
}

function known(what: string, names: readonly string[], name: string): void {
  if (!names.includes(name)) throw new Error(`there is no ${what} ${name}; there are ${names.join(', ')}`)
}

async function one(name: string, run: Run): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plan-bench-'))
  try {
    await ENGINES[name]?.run(run, folder)
  } catch (error) {
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n')
    if (!run.lenient || !line.startsWith('no private')) throw error
    say(line)
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
