import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { shell } from './cli.ts'
import { type Client, startClient } from './client.ts'
import { type Engine, engine, NAMES, type Server } from './engine.ts'
import { journey, PLAN } from './journey.ts'
import { bad, good, number, say } from './screen.ts'
import { verdict } from './verdict.ts'
import type { Version } from './way.ts'

const USAGE = `npm run demo -- [--engine ${NAMES.join('|')}] [--detail]

  --engine  which database to show it on (${NAMES[0]})
  --detail  what the applications saw in each phase`

type Asked = { readonly engine: string; readonly detail: boolean }

const interrupt = new AbortController()
const { signal } = interrupt

/** The first one cleans up; the second one ends at once, and the server still ends with us. */
function stop(): void {
  if (signal.aborted) process.exit(130)
  say('\ncleaning up')
  interrupt.abort()
}

/** Null when only the usage is wanted. */
function arguments_(): Asked | null {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string', default: NAMES[0] ?? '' },
      detail: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (!NAMES.includes(values.engine))
    throw new Error(`there is no engine ${values.engine}; there are ${NAMES.join(', ')}`)
  return values.help ? null : values
}

/** A temporary folder with a copy of the plan, as it would lie in a repository. */
function workplace(plan: URL): string {
  const folder = mkdtempSync(join(tmpdir(), 'plan-demo-'))
  mkdirSync(join(folder, 'plans'))
  copyFileSync(fileURLToPath(plan), join(folder, 'plans', `${PLAN}.yaml`))
  return folder
}

async function demo({ engine: name, detail }: Asked): Promise<boolean> {
  const database = await engine(name)
  say(`${database.way.about} is renamed while one version of an application after the other uses it.\n`)
  await using server = await database.start()
  const folder = workplace(database.plan)
  /** What runs while the demo does, to end it whatever happens. */
  const clients: Client[] = []
  try {
    await prepare(database, server)
    const url = server.url('app')
    const commands = shell(folder, url, signal)
    const start = async (version: Version): Promise<Client> => {
      const client = await startClient(name, url, version)
      clients.push(client)
      signal.throwIfAborted()
      return client
    }
    const seen = await journey(commands, database.way, start, signal)
    const expected = await database.catalogue(server.url('by_hand'))
    const catalogues = { expected, found: await database.catalogue(url) }
    return await verdict(seen, commands, catalogues, { detail, note: server.note })
  } finally {
    for (const client of clients) client.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function prepare(database: Engine, server: Server): Promise<void> {
  signal.throwIfAborted()
  await database.load(server, 'app', 'by_hand')
  signal.throwIfAborted()
  good(`${server.name}, with ${number(database.rows)} users; it is gone afterwards`)
}

/** What a server that does not start says may be its whole log. */
function line(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n')
  return lines.find((text) => /\b(ERROR|FATAL)\b/.test(text)) ?? lines[0] ?? ''
}

async function main(): Promise<number> {
  let asked: Asked | null
  try {
    asked = arguments_()
  } catch (error) {
    console.error(`${line(error)}\n\n${USAGE}`)
    return 2
  }
  if (asked === null) {
    say(USAGE)
    return 0
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    return (await demo(asked)) ? 0 : 1
  } catch (error) {
    if (signal.aborted) return 130
    bad(line(error))
    return 1
  }
}

process.exitCode = await main()
