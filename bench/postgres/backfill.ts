import type { LocalServer } from '../../test/support/server.ts'
import { type Contender, type Cost, median, middle, type Toolwork } from '../measure.ts'
import { backfill } from '../tool.ts'
import { offsetName } from '../tutorial.ts'
import { connected, copy, costOf } from './database.ts'
import { pgrollBatches, preparePgroll, singleUpdate, tutorial } from './others.ts'

/** pgroll's batches do one row in so many; the rest is worked out, in proportion. */
const SHARE = 4

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
    cost: { ms: cost.ms * SHARE, log: cost.log * SHARE, size: Number.NaN },
  }
}

export async function offset(server: LocalServer, rows: number): Promise<Contender> {
  const { ms } = await onCopy(server, 'expanded', 'tutorial', (url) =>
    connected(url, (client) => tutorial(client, rows)),
  )
  return { ...offsetName, cost: { ms, log: Number.NaN, size: Number.NaN } }
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
