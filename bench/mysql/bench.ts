import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RowDataPacket } from 'mysql2'
import type { LocalMysql } from '../../test/support/mysql-server.ts'
import type { Asked, Bench } from '../bench.ts'
import { clientLines, probing } from '../client.ts'
import type { Contender } from '../measure.ts'
import { commands, verify } from '../more.ts'
import { backfillHead, backfillLine, otherHead, say, unmeasuredLine } from '../screen.ts'
import { backfill, expand, workplace } from '../tool.ts'
import { triggers } from '../triggers.ts'
import { waits } from '../waits.ts'
import { copied, head2head, offset } from './backfill.ts'
import { connected, createBase, fresh, type Kind, scan, settle, start } from './database.ts'
import { addColumn, COPIERS, type Copier, installed, singleUpdate } from './others.ts'
import { writer } from './triggers.ts'
import { waiting } from './waits.ts'

const TITLES = { mysql: 'MySQL', mariadb: 'MariaDB' } as const

export const mysqlBench = (kind: Kind): Bench => ({
  rows: 1_000_000,
  parts: ['update', 'offset', 'copiers', 'startup', 'compile', 'verify', 'client', 'triggers', 'waits'],
  run: async (asked, folder) => {
    const { wants, rows } = asked
    await using server = await start(kind)
    say(`${TITLES[kind]} ${await version(server)}, flushed at each commit, binary log in rows`)
    say('(no goals are stated for it; those of PostgreSQL are shown)\n')
    const base = await createBase(server, rows)
    const cwd = workplace(folder)
    if (['update', 'offset', 'copiers'].some(wants)) await backfills(server, cwd, asked)
    await commands(base, cwd, wants)
    if (wants('verify')) await proof(server, cwd)
    if (wants('client')) await clients(server, cwd, rows)
    if (wants('triggers')) await triggers(writer(server), folder, rows)
    if (wants('waits')) await waits(waiting(server))
  },
})

const version = (server: LocalMysql): Promise<string> =>
  connected(server.url(), async (client) => {
    const [[row]] = await client.query<RowDataPacket[]>('SELECT VERSION() AS version')
    return /^[\d.]+/.exec(String(row?.['version']))?.[0] ?? ''
  })

async function backfills(server: LocalMysql, cwd: string, asked: Asked): Promise<void> {
  const { rows, wants } = asked
  backfillHead(rows, 'logs')
  const { tool, others } = await head2head(server, cwd, asked)
  const against = (cost: { readonly ms: number }, goal: string) => ({ ratio: cost.ms / tool.cost.ms, goal })
  backfillLine(rows, tool, null)
  for (const [index, one] of others.entries())
    backfillLine(rows, one, against(one.cost, index === 0 ? '≥ 0.9 ×' : ''))
  if (wants('offset')) {
    const one = await offset(server, rows)
    backfillLine(rows, one, against(one.cost, '≥ 100 ×'))
  }
  for (const copier of wants('copiers') ? COPIERS : []) {
    const one = await tried(server, copier, rows)
    if (one) backfillLine(rows, one, against(one.cost, ''))
  }
  otherHead(tool)
}

/** Null, and a line that says why, when a tool of others is not there or cannot work with this server. */
async function tried(server: LocalMysql, copier: Copier, rows: number): Promise<Contender | null> {
  if (!installed(copier)) {
    unmeasuredLine(copier.name, 'not installed')
    return null
  }
  try {
    return await copied(server, copier, rows)
  } catch (error) {
    unmeasuredLine(copier.name, 'failed', error instanceof Error ? error.message : String(error))
    return null
  }
}

/** Where the tool has filled everything. */
async function proof(server: LocalMysql, cwd: string): Promise<void> {
  const url = await fresh(server)
  await expand(cwd, url)
  await backfill(cwd, url)
  await settle(url)
  await connected(url, (client) => verify(url, () => scan(client)))
}

async function clients(server: LocalMysql, cwd: string, rows: number): Promise<void> {
  for (const [what, duty] of [
    ['backfill throttled to half the time', 0.5],
    ['backfill at full speed', 1],
  ] as const) {
    const folder = workplace(join(cwd, `duty-${duty}`), { duty })
    const url = await fresh(server)
    await expand(folder, url)
    const goals = [duty === 1 ? '' : '≤ 2 ×', '0 failed'] as const
    await client(url, rows, what, () => backfill(folder, url), goals)
  }
  const url = await fresh(server)
  await addColumn(url)
  await client(url, rows, 'one single UPDATE', () => singleUpdate(url), ['', ''])
}

async function client(
  url: string,
  rows: number,
  what: string,
  work: () => Promise<unknown>,
  goals: readonly [string, string],
): Promise<void> {
  await settle(url)
  const idle = await probing(url, rows, () => sleep(5_000))
  clientLines(what, idle, await probing(url, rows, work), goals)
}
