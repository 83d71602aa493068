import { join } from 'node:path'
import type pg from 'pg'
import type { LocalServer } from '../../test/support/server.ts'
import { type Contender, type Cost, median, middle, type Toolwork } from '../measure.ts'
import { backfill, expand, workplace } from '../tool.ts'
import { offsetName } from '../tutorial.ts'
import { connected, copy, costOf } from './database.ts'
import { pgrollBatches, preparePgroll, rangeLoop, singleUpdate, tutorial } from './others.ts'

/** pgroll's batches do one row in so many; the rest is worked out, in proportion. */
const SHARE = 4

type Way = {
  readonly name: string
  readonly note: string
  readonly fill: (client: pg.Client, rows: number) => Promise<number>
}

/** With the sync trigger in place, and told to stay out, as the backfill does. */
const WAYS: readonly Way[] = [
  { name: 'one single UPDATE', note: '', fill: singleUpdate },
  { name: 'loop over ranges of 1000 keys', note: 'a commit each', fill: rangeLoop },
]

type Measured = { readonly tool: Toolwork; readonly two: Toolwork; readonly others: readonly Contender[] }

/** The tool and the others take turns, so that what else the machine does hits all. */
export async function head2head(
  server: LocalServer,
  cwd: string,
  { rows, rounds }: { readonly rows: number; readonly rounds: number },
): Promise<Measured> {
  const tools: { cost: Cost; peak: number; batches: number }[] = []
  const pairs: { cost: Cost; peak: number; batches: number }[] = []
  const two = workplace(join(cwd, 'two'), 1, {}, undefined, 2)
  await copy(server, 'base', 'expanded2')
  await expand(two, server.url('expanded2'))
  const costs = WAYS.map((): Cost[] => [])
  for (let round = 0; round < rounds; round++) {
    tools.push(await toolwork(server, cwd, 'expanded'))
    pairs.push(await toolwork(server, two, 'expanded2'))
    for (const [index, { fill }] of WAYS.entries()) {
      const work = (url: string) => connected(url, (client) => fill(client, rows))
      costs[index]?.push(await onCopy(server, 'expanded', 'other', work))
    }
  }
  const toolOf = (name: string, all: typeof tools): Toolwork => ({
    name,
    note: '',
    cost: middle(all.map(({ cost }) => cost)),
    peak: Math.max(...all.map(({ peak }) => peak)),
    batches: median(all.map(({ batches }) => batches)),
  })
  return {
    tool: toolOf('plan advance --phase backfill', tools),
    two: toolOf('the same with two workers', pairs),
    others: WAYS.map(({ name, note }, index) => ({ name, note, cost: middle(costs[index] ?? []) })),
  }
}

async function toolwork(server: LocalServer, cwd: string, from: string) {
  let done = { ms: 0, peak: 0, batches: 0 }
  const cost = await onCopy(server, from, from === 'expanded' ? 'tool' : 'pair', async (url) => {
    done = await backfill(cwd, url)
    return done.ms
  })
  return { ...done, cost }
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
