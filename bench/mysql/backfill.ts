import type { LocalMysql } from '../../test/support/mysql-server.ts'
import { type Contender, type Cost, median, middle, type Toolwork } from '../measure.ts'
import { backfill, expand } from '../tool.ts'
import { offsetName } from '../tutorial.ts'
import { costOf, fresh } from './database.ts'
import { addColumn, type Copier, checkCopy, copyTable, rangeLoop, singleUpdate, tutorial } from './others.ts'

type Way = {
  readonly name: string
  readonly note: string
  readonly prepare: (url: string, cwd: string) => Promise<unknown>
  readonly fill: (url: string, rows: number) => Promise<number>
}

const WAYS: readonly Way[] = [
  { name: 'one single UPDATE', note: '', prepare: addColumn, fill: singleUpdate },
  {
    name: 'the same, with the sync triggers',
    note: 'that are in place, and told to stay out, as the backfill does',
    prepare: (url, cwd) => expand(cwd, url),
    fill: singleUpdate,
  },
  {
    name: 'loop over ranges of 1000 keys',
    note: 'without triggers, a commit each',
    prepare: addColumn,
    fill: rangeLoop,
  },
]

type Measured = { readonly tool: Toolwork; readonly others: readonly Contender[] }

/** The tool and the others take turns, so that what else the machine does hits all. */
export async function head2head(
  server: LocalMysql,
  cwd: string,
  { rows, rounds }: { readonly rows: number; readonly rounds: number },
): Promise<Measured> {
  const tools: { cost: Cost; peak: number; batches: number }[] = []
  const costs = WAYS.map((): Cost[] => [])
  for (let round = 0; round < rounds; round++) {
    tools.push(await toolwork(server, cwd))
    for (const [index, way] of WAYS.entries()) {
      const url = await fresh(server)
      await way.prepare(url, cwd)
      costs[index]?.push(await costOf(server, url, () => way.fill(url, rows)))
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

async function toolwork(server: LocalMysql, cwd: string) {
  const url = await fresh(server)
  await expand(cwd, url)
  let done = { ms: 0, peak: 0, batches: 0 }
  const cost = await costOf(server, url, async () => {
    done = await backfill(cwd, url)
    return done.ms
  })
  return { ...done, cost }
}

export async function offset(server: LocalMysql, rows: number): Promise<Contender> {
  const url = await fresh(server)
  await addColumn(url)
  const { ms } = await costOf(server, url, () => tutorial(url, rows))
  return { ...offsetName, cost: { ms, log: Number.NaN, size: Number.NaN } }
}

/** A tool that copies the table. */
export async function copied(server: LocalMysql, copier: Copier, rows: number): Promise<Contender> {
  const url = await fresh(server)
  const cost = await costOf(server, url, () => copyTable(url, copier, server.kind))
  await checkCopy(url, rows)
  return { name: copier.name, note: 'copies the table with an empty column more, and fills nothing', cost }
}
