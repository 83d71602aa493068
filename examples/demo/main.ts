import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startServer } from '../../test/support/server.ts'
import { catalogue, difference } from './catalogue.ts'
import { type Shell, shell } from './cli.ts'
import { type Client, startClient } from './client.ts'
import { AFTER, BEFORE, LOAD, ROWS } from './schema.ts'
import { bad, good, heading, number, say, table } from './screen.ts'
import type { Tally } from './tally.ts'

/** How long each version of the application runs with no plan, and how long both run together. */
const ALONE = 5_000
const TOGETHER = 5_000

const PLAN = 'rename-last-name'
const OLD = 'last_name'
const NEW = 'family_name'

const WHY = {
  expand: `adds ${NEW}, empty, and a trigger that carries every write from one column to the other`,
  backfill: `copies ${OLD} of the rows that were there before`,
  enforce: `gives ${NEW} the indexes and constraints that ${OLD} has; nobody waits for them`,
  verify: 'proves on every row that both columns agree',
}

const interrupt = new AbortController()
const { signal } = interrupt

/** The first one cleans up; the second one ends at once, and the server still ends with us. */
function stop(): void {
  if (signal.aborted) process.exit(130)
  say('\ncleaning up')
  interrupt.abort()
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)

const wait = (ms: number): Promise<void> => sleep(ms, undefined, { signal })

/** What runs while the demo does, to end it whatever happens. */
const clients: Client[] = []

async function started(url: string, column: string): Promise<Client> {
  const client = await startClient(url, column)
  clients.push(client)
  signal.throwIfAborted()
  return client
}

async function execute(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

type Found = { readonly old: Tally; readonly new: Tally; readonly seconds: number }

/** The whole way of the plan, with the applications around it. */
async function journey({ plan }: Shell, url: string): Promise<Found> {
  heading(`The old application runs; it knows only users.${OLD}`)
  const before = await started(url, OLD)
  say(`  ${ALONE / 1_000} seconds without any plan, to see what is normal`)
  await wait(ALONE)

  heading(`users.${OLD} becomes users.${NEW}, while it goes on`)
  const since = performance.now()
  before.period('compile')
  await plan('what will be done, to be reviewed like code', ['compile', `plans/${PLAN}.yaml`])
  for (const phase of ['expand', 'backfill', 'enforce', 'verify'] as const) {
    before.period(phase)
    await plan(WHY[phase], ['advance', PLAN, '--phase', phase])
  }

  heading(`The new application is deployed; it knows only users.${NEW}`)
  const after = await started(url, NEW)
  for (const client of clients) client.period('together')
  say(`  ${TOGETHER / 1_000} seconds of both, side by side on the same rows`)
  await wait(TOGETHER)
  await plan('what is next?', ['advance', PLAN], 3)
  heading('The old application is stopped, and somebody says so')
  const old = await before.stop()
  after.period('contract')
  await plan('a fact that no database can know', ['confirm', 'switch-app', '--by', 'demo'])
  await plan(`proves it all again, then drops ${OLD}`, ['advance', PLAN, '--phase', 'contract', '--yes'])
  const seconds = (performance.now() - since) / 1_000

  heading(`The new application goes on; users.${OLD} is gone`)
  after.period('idle')
  say(`  ${ALONE / 1_000} seconds without any plan, to compare`)
  await wait(ALONE)
  return { old, new: await after.stop(), seconds }
}

type Status = {
  readonly plans: readonly {
    readonly backfills: readonly { readonly rows_done: number; readonly batches: number }[]
  }[]
}

/** What came of it. True when it is what was promised. */
async function verdict(found: Found, { json }: Shell, urls: { found: string; expected: string }) {
  const status = (await json(['status', PLAN])) as Status
  const [backfill] = status.plans[0]?.backfills ?? []
  heading('What the applications saw')
  table(
    [
      { name: 'old application', tally: found.old },
      { name: 'new application', tally: found.new },
    ],
    process.argv.includes('--detail'),
  )
  say('')
  say(
    `  ${number(backfill?.rows_done ?? 0)} rows were there before, carried over in ${number(backfill?.batches ?? 0)} batches;`,
  )
  say(`  ${number(found.seconds)} seconds from the first command to the last\n`)
  const tallies = [found.old, found.new]
  const wrongs = tallies.reduce((sum, { failed, wrong }) => sum + failed + wrong, 0)
  if (wrongs === 0)
    good('no statement failed, and every row read back what was written, through either column')
  else bad('not as promised:')
  for (const error of tallies.flatMap(({ errors }) => errors)) say(`    ${error}`)
  const expected = await catalogue(urls.expected)
  const differs = difference(expected, await catalogue(urls.found))
  if (differs.length === 0)
    good(`the schema is what one would have written by hand (${expected.length} things compared)`)
  else bad('the schema is not what one would have written by hand (- missing, + too much):')
  for (const line of differs) say(`    ${line}`)
  return wrongs === 0 && differs.length === 0
}

/** A temporary folder with a copy of the plan, as it would lie in a repository. */
function workplace(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plan-demo-'))
  mkdirSync(join(folder, 'plans'))
  const file = `plans/${PLAN}.yaml`
  copyFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), join(folder, file))
  return folder
}

async function demo(): Promise<boolean> {
  say('A column of a busy table is renamed while two versions of an application use it.\n')
  await using server = await startServer({ durable: true })
  const folder = workplace()
  try {
    await execute(server.url(), 'CREATE DATABASE app', 'CREATE DATABASE by_hand')
    const url = server.url('app')
    await execute(url, BEFORE, ...LOAD)
    await execute(server.url('by_hand'), AFTER)
    good(`PostgreSQL ${server.version} of our own, with ${number(ROWS)} users; it is gone afterwards`)
    signal.throwIfAborted()
    const commands = shell(folder, url, signal)
    const found = await journey(commands, url)
    return await verdict(found, commands, { found: url, expected: server.url('by_hand') })
  } finally {
    for (const client of clients) client.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

try {
  process.exitCode = (await demo()) ? 0 : 1
} catch (error) {
  if (signal.aborted) process.exitCode = 130
  else {
    bad(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}
