import { join } from 'node:path'
import type pg from 'pg'
import type { LocalServer } from '../../test/support/server.ts'
import { type Contender, type Cost, median, middle, type Toolwork } from '../measure.ts'
import { backfill, enforce, expand, workplace } from '../tool.ts'
import { offsetName } from '../tutorial.ts'
import { connected, copy, costOf, type PostgresCost } from './database.ts'
import { pgrollBatches, preparePgroll, rangeLoop, singleUpdate, tutorial } from './others.ts'
import { USUAL, type Variant } from './variants.ts'

/** pgroll's batches do one row in so many; the rest is worked out, in proportion. */
const SHARE = 4

type Way = {
  readonly name: string
  readonly note: string
  readonly fill: (client: pg.Client, rows: number, variant?: Variant) => Promise<number>
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
  const tools: Measure[] = []
  const pairs: Measure[] = []
  const two = workplace(join(cwd, 'two'), { workers: 2 })
  await copy(server, 'base', 'expanded2')
  await expand(two, server.url('expanded2'))
  const costs = WAYS.map((): Cost[] => [])
  for (let round = 0; round < rounds; round++) {
    tools.push(await toolwork(server, cwd, 'expanded'))
    pairs.push(await toolwork(server, two, 'expanded2'))
    for (const [index, { fill }] of WAYS.entries()) {
      const work = (url: string) => connected(url, (client) => fill(client, rows))
      costs[index]?.push(await onCopy(server, { from: 'expanded', to: 'other' }, work))
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

type Measure = { readonly cost: PostgresCost; readonly peak: number; readonly batches: number }

/** The backfill on a copy of a database where the plan was expanded; with an index also the making of its twin. */
export async function toolwork(
  server: LocalServer,
  cwd: string,
  from: string,
  variant: Variant = USUAL,
): Promise<Measure> {
  let done = { ms: 0, peak: 0, batches: 0 }
  const work = async (url: string) => {
    done = await backfill(cwd, url)
    return done.ms + (variant.indexed ? await enforce(cwd, url) : 0)
  }
  const cost = await onCopy(server, { from, to: from === 'expanded' ? 'tool' : 'pair', variant }, work)
  return { ...done, cost }
}

/** Told to stay out, our trigger costs it nothing. */
export const single = (server: LocalServer, rows: number, variant: Variant): Promise<PostgresCost> =>
  onCopy(server, { from: 'expanded', to: 'other', variant }, (url) =>
    connected(url, (client) => singleUpdate(client, rows, variant)),
  )

export async function pgroll(
  server: LocalServer,
  rows: number,
  variant: Variant = USUAL,
): Promise<Contender & { readonly cost: PostgresCost }> {
  const some = Math.ceil(rows / SHARE)
  const cost = await onCopy(
    server,
    { from: 'base', to: 'pgroll', variant },
    (url) => connected(url, (client) => pgrollBatches(client, some, variant)),
    (url) => connected(url, (client) => preparePgroll(client, variant)),
  )
  return {
    name: "pgroll's batches of 1000",
    note: `${some.toLocaleString('en')} rows measured, the rest in proportion`,
    cost: {
      ...cost,
      ms: cost.ms * SHARE,
      log: cost.log * SHARE,
      growth: cost.growth * SHARE,
      size: Number.NaN,
    },
  }
}

export async function offset(
  server: LocalServer,
  rows: number,
  variant: Variant = USUAL,
): Promise<Contender & { readonly cost: PostgresCost }> {
  const { ms } = await onCopy(
    server,
    { from: 'expanded', to: 'tutorial', variant },
    (url) => connected(url, (client) => tutorial(client, rows, variant)),
    async (url) => {
      const index = 'CREATE INDEX ON users (family_name)'
      if (variant.indexed) await connected(url, (client) => client.query(index))
    },
  )
  const unknown = Number.NaN
  return { ...offsetName, cost: { ms, log: unknown, size: unknown, growth: unknown, hot: unknown } }
}

type Copied = { readonly from: string; readonly to: string; readonly variant?: Variant }

async function onCopy(
  server: LocalServer,
  { from, to, variant }: Copied,
  work: (url: string) => Promise<number>,
  prepare?: (url: string) => Promise<unknown>,
): Promise<PostgresCost> {
  await copy(server, from, to)
  const url = server.url(to)
  await prepare?.(url)
  return costOf(url, () => work(url), variant)
}
