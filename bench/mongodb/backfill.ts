import type { Serving } from '../../examples/demo/mongodb/server.ts'
import { type Contender, type Cost, median, middle, type Toolwork } from '../measure.ts'
import { backfill, confirm, expand } from '../tool.ts'
import { offsetName } from '../tutorial.ts'
import { costOf, fresh } from './database.ts'
import { bulkLoop, singleUpdate, tutorial } from './others.ts'

type Way = {
  readonly name: string
  readonly note: string
  readonly fill: (url: string) => Promise<number>
}

export const WAYS: readonly Way[] = [
  {
    name: 'one single updateMany',
    note: 'with a pipeline, which computes in the server',
    fill: singleUpdate,
  },
  {
    name: 'bulkWrite of 1000 updateOne',
    note: 'a page is read, computed in JavaScript, and written back',
    fill: bulkLoop,
  },
]

type Measured = { readonly tool: Toolwork; readonly others: readonly Contender[] }

/** The tool and the others take turns, so that what else the machine does hits all. */
export async function head2head(server: Serving, cwd: string, rounds: number): Promise<Measured> {
  const tools: { cost: Cost; peak: number; batches: number }[] = []
  const costs = WAYS.map((): Cost[] => [])
  for (let round = 0; round < rounds; round++) {
    tools.push(await toolwork(server, cwd))
    for (const [index, { fill }] of WAYS.entries()) {
      const url = await fresh(server)
      costs[index]?.push(await costOf(server, url, () => fill(url)))
    }
  }
  return {
    tool: {
      name: 'plan advance --phase backfill',
      note: '',
      cost: middle(tools.map(({ cost }) => cost)),
      peak: Math.max(...tools.map(({ peak }) => peak)),
      batches: median(tools.map(({ batches }) => batches)),
    },
    others: WAYS.map(({ name, note }, index) => ({ name, note, cost: middle(costs[index] ?? []) })),
  }
}

/** A fresh collection whose plan is ready to fill it. */
export async function expanded(server: Serving, cwd: string): Promise<string> {
  const url = await fresh(server)
  await expand(cwd, url)
  await confirm(cwd, url, 'dual-write')
  return url
}

async function toolwork(server: Serving, cwd: string) {
  const url = await expanded(server, cwd)
  let done = { ms: 0, peak: 0, batches: 0 }
  const cost = await costOf(server, url, async () => {
    done = await backfill(cwd, url)
    return done.ms
  })
  return { ...done, cost }
}

export async function offset(server: Serving, rows: number): Promise<Contender> {
  const ms = await tutorial(await fresh(server), rows)
  return {
    ...offsetName,
    name: 'loop with skip and limit, one by one',
    cost: { ms, log: Number.NaN, size: Number.NaN },
  }
}
