import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type LocalServer, startServer } from '../../test/support/server.ts'
import type { Asked, Bench } from '../bench.ts'
import { clientLines, probing } from '../client.ts'
import { commands, verify } from '../more.ts'
import { backfillHead, backfillLine, otherHead, say } from '../screen.ts'
import { backfill, expand, workplace } from '../tool.ts'
import { triggers } from '../triggers.ts'
import { waits } from '../waits.ts'
import { head2head, offset, pgroll } from './backfill.ts'
import { connected, copy, createBase, warm } from './database.ts'
import { modules } from './modules.ts'
import { retype } from './retype.ts'
import { writer } from './triggers.ts'
import { waiting } from './waits.ts'

/** The server writes to disk as in earnest, but does nothing on its own while we measure. */
export const SETTINGS = {
  shared_buffers: '1GB',
  max_wal_size: '32GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
}

export const postgres: Bench = {
  rows: 1_000_000,
  parts: [
    'update',
    'pgroll',
    'offset',
    'startup',
    'compile',
    'verify',
    'client',
    'retype',
    'module',
    'triggers',
    'waits',
  ],
  run: async (asked, folder) => {
    const { wants } = asked
    await using server = await startServer({ durable: true, settings: SETTINGS })
    say(`PostgreSQL ${server.version}, fsync on\n`)
    const cwd = workplace(folder)
    await createBase(server, asked.rows)
    await copy(server, 'base', 'expanded')
    await expand(cwd, server.url('expanded'))
    if (['update', 'pgroll', 'offset', 'verify'].some(wants)) await backfills(server, cwd, asked)
    await commands(server.url('base'), cwd, wants)
    if (wants('verify')) await proof(server.url('tool'))
    if (wants('client')) await clients(server, cwd, asked.rows)
    if (wants('retype')) await retype(server, cwd, asked.rows, asked.rounds)
    if (wants('module')) await modules(server, cwd, asked.rows, asked.rounds)
    if (wants('triggers')) await triggers(writer(server), folder, asked.rows)
    if (wants('waits')) await waits(waiting(server, 10_000 * server.version))
  },
}

async function backfills(server: LocalServer, cwd: string, asked: Asked): Promise<void> {
  const { rows, wants } = asked
  backfillHead(rows, 'WAL')
  const { tool, two, others } = await head2head(server, cwd, asked)
  const against = (cost: { readonly ms: number }) => cost.ms / tool.cost.ms
  backfillLine(rows, tool, null)
  const single = others[0]?.cost.ms ?? Number.NaN
  backfillLine(rows, two, { ratio: tool.cost.ms / two.cost.ms, goal: '' })
  say(`  one single UPDATE takes ${(single / two.cost.ms).toFixed(2)} × as long as two workers; goal ≥ 1.3 ×`)
  for (const [index, one] of others.entries())
    backfillLine(rows, one, { ratio: against(one.cost), goal: index === 0 ? '≥ 0.9 ×' : '' })
  if (wants('pgroll')) {
    const other = await pgroll(server, rows)
    backfillLine(rows, other, { ratio: against(other.cost), goal: '≥ 1.8 ×' })
  }
  if (wants('offset')) {
    const other = await offset(server, rows)
    backfillLine(rows, other, { ratio: against(other.cost), goal: '≥ 100 ×' })
  }
  otherHead(tool)
}

async function proof(url: string): Promise<void> {
  await warm(url)
  await connected(url, (client) => verify(url, () => client.query('SELECT count(last_name) FROM users')))
}

/** What a client waits for is the log on the disk: how much of it is written in its time decides. */
const PACES = [
  { what: 'backfill throttled to a tenth of the time', duty: 0.1, target: 50, goal: '≤ 2 ×' },
  { what: 'backfill throttled to half the time', duty: 0.5, target: 50, goal: '' },
  { what: 'backfill at full speed', duty: 1, target: 250, goal: '' },
] as const

async function clients(server: LocalServer, cwd: string, rows: number): Promise<void> {
  for (const { what, goal, ...pace } of PACES) {
    const folder = workplace(join(cwd, `duty-${pace.duty}`), pace)
    const name = `duty_${pace.duty * 10}`
    await copy(server, 'base', name)
    const url = server.url(name)
    await expand(folder, url)
    await warm(url)
    const idle = await probing(url, rows, () => sleep(15_000))
    const busy = await probing(url, rows, () => backfill(folder, url))
    clientLines(what, idle, busy, [goal, '0 failed'])
  }
}
