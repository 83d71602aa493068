import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connected, type Serving, serve } from '../../examples/demo/mongodb/server.ts'
import type { Asked, Bench } from '../bench.ts'
import { clientLines, probing } from '../client.ts'
import { commands, verify } from '../more.ts'
import { backfillHead, backfillLine, otherHead, say } from '../screen.ts'
import { backfill, workplace } from '../tool.ts'
import { expanded, head2head, offset, WAYS } from './backfill.ts'
import { createBase, fresh, scan, settle } from './database.ts'

const RENAME = 'rename_field: { collection: users, from: last_name, to: family_name }'

const plans = (folder: string, duty = 1): string => workplace(folder, { duty, intent: RENAME })

export const mongodb: Bench = {
  rows: 200_000,
  parts: ['update', 'offset', 'startup', 'compile', 'verify', 'client'],
  run: async (asked, folder) => {
    const { wants, rows } = asked
    await using server = await serve()
    introduce(server)
    const base = await createBase(server, rows)
    const cwd = plans(folder)
    if (['update', 'offset'].some(wants)) await backfills(server, cwd, asked)
    await commands(base, cwd, wants)
    if (wants('verify')) await proof(server, cwd)
    if (wants('client')) await clients(server, cwd, rows)
  },
}

function introduce({ engine, name, whose }: Serving): void {
  if (engine === 'mongodb') say(`${name} ${whose}, as it is set up there`)
  else
    for (const line of [
      'DocumentDB in the place of MongoDB, which cannot be had here: PostgreSQL behind a gateway, fsync off',
      '(locks and speeds are those of PostgreSQL: one updateMany is one transaction, and who wants a document that it wrote',
      'waits for its end; that of MongoDB yields, and what hurts there is how far the members of the set fall behind)',
    ])
      say(line)
  say('(no goals are stated for it; where there are some they are those of PostgreSQL)\n')
}

async function backfills(server: Serving, cwd: string, { rows, rounds, wants }: Asked): Promise<void> {
  backfillHead(rows, 'logs')
  const { tool, others } = await head2head(server, cwd, rounds)
  const against = (cost: { readonly ms: number }) => ({ ratio: cost.ms / tool.cost.ms, goal: '' })
  backfillLine(rows, tool, null)
  for (const one of others) backfillLine(rows, one, against(one.cost))
  if (wants('offset')) {
    const one = await offset(server, rows)
    backfillLine(rows, one, against(one.cost))
  }
  otherHead(tool)
}

/** Where the tool has filled everything. */
async function proof(server: Serving, cwd: string): Promise<void> {
  const url = await expanded(server, cwd)
  await backfill(cwd, url)
  await settle(server, url)
  await connected(url, (db) => verify(url, () => scan(db)))
}

async function clients(server: Serving, cwd: string, rows: number): Promise<void> {
  for (const [what, duty] of [
    ['backfill throttled to half the time', 0.5],
    ['backfill at full speed', 1],
  ] as const) {
    const folder = plans(join(cwd, `duty-${duty}`), duty)
    const url = await expanded(server, folder)
    await client(server, url, rows, what, () => backfill(folder, url))
  }
  for (const { name, fill } of WAYS) {
    const url = await fresh(server)
    await client(server, url, rows, name, () => fill(url))
  }
}

async function client(
  server: Serving,
  url: string,
  rows: number,
  what: string,
  work: () => Promise<unknown>,
): Promise<void> {
  await settle(server, url)
  const idle = await probing(url, rows, () => sleep(5_000))
  clientLines(what, idle, await probing(url, rows, work), ['', ''])
}
