import type { LocalServer } from '../test/support/server.ts'
import { type Cost, connected, copy, costOf, median } from './database.ts'
import { offsetLoop, pgrollBatches, preparePgroll, singleUpdate } from './others.ts'
import { backfill, PLAN, plan } from './tool.ts'

/** Rows that the loop of the tutorials updates one by one; the rest is worked out. */
const SAMPLE = 3_000
/** pgroll's batches do one row in so many; the rest is worked out, in proportion. */
const SHARE = 4

export type Contender = {
  readonly name: string
  readonly cost: Cost
  /** Why the numbers are not all measured. */
  readonly note: string
}
export type Toolwork = Contender & { readonly peak: number; readonly batches: number }

/** The database with the tool's column and trigger in place, and its ledger. */
export async function expand(server: LocalServer, cwd: string, database: string): Promise<string> {
  const url = server.url(database)
  await plan(cwd, url, ['advance', PLAN, '--phase', 'expand'])
  return url
}

/** The tool and the single UPDATE take turns, so that what else the machine does hits both. */
export async function head2head(
  server: LocalServer,
  cwd: string,
  rounds: number,
): Promise<{ tool: Toolwork; update: Contender }> {
  const tools: { cost: Cost; peak: number; batches: number }[] = []
  const updates: Cost[] = []
  for (let round = 0; round < rounds; round++) {
    let peak = 0
    let batches = 0
    const cost = await onCopy(server, 'expanded', 'tool', async (url) => {
      const done = await backfill(cwd, url)
      peak = done.peak
      batches = done.batches
      return done.ms
    })
    tools.push({ cost, peak, batches })
    updates.push(await onCopy(server, 'expanded', 'update', (url) => connected(url, singleUpdate)))
  }
  return {
    tool: {
      name: 'plan advance --phase backfill',
      note: '',
      cost: middle(tools.map(({ cost }) => cost)),
      peak: Math.max(...tools.map(({ peak }) => peak)),
      batches: median(tools.map(({ batches }) => batches)),
    },
    update: { name: 'one single UPDATE', note: '', cost: middle(updates) },
  }
}

export async function pgroll(server: LocalServer, rows: number): Promise<Contender> {
  const some = Math.ceil(rows / SHARE)
  const prepare = (url: string) => connected(url, preparePgroll)
  const cost = await onCopy(
    server,
    'base',
    'pgroll',
    (url) => connected(url, (client) => pgrollBatches(client, some)),
    prepare,
  )
  return {
    name: "pgroll's batches of 1000",
    note: `${some.toLocaleString('en')} rows measured, the rest in proportion`,
    cost: { ms: cost.ms * SHARE, wal: cost.wal * SHARE, size: Number.NaN },
  }
}

export async function offset(server: LocalServer, rows: number): Promise<Contender> {
  const sample = Math.min(SAMPLE, rows)
  const cost = await onCopy(server, 'expanded', 'tutorial', (url) =>
    connected(url, (client) => offsetLoop(client, rows, sample)),
  )
  return {
    name: 'loop with OFFSET, row by row',
    note: `${sample.toLocaleString('en')} rows and the middle page measured; pages cost more and more`,
    cost: { ms: cost.ms, wal: Number.NaN, size: Number.NaN },
  }
}

async function onCopy(
  server: LocalServer,
  from: string,
  to: string,
  work: (url: string) => Promise<number>,
  prepare?: (url: string) => Promise<void>,
): Promise<Cost> {
  await copy(server, from, to)
  const url = server.url(to)
  await prepare?.(url)
  return costOf(url, () => work(url))
}

const middle = (costs: readonly Cost[]): Cost => ({
  ms: median(costs.map(({ ms }) => ms)),
  wal: median(costs.map(({ wal }) => wal)),
  size: median(costs.map(({ size }) => size)),
})
