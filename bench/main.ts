import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type LocalServer, startServer } from '../test/support/server.ts'
import { expand, head2head, offset, pgroll } from './backfill.ts'
import { copy, createBase } from './database.ts'
import { client, offlineCompile, startup, verify } from './more.ts'
import { backfillHead, backfillLine, megabytes, ms, number, other, otherHead, ratio } from './screen.ts'
import { workplace } from './tool.ts'

const NAMES = ['update', 'pgroll', 'offset', 'startup', 'compile', 'verify', 'client']
const USAGE = `npm run bench -- [--rows N] [--rounds N] [--only ${NAMES.join('|')}]…`

const { values: asked } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true },
    help: { type: 'boolean' },
  },
})
const rows = Number(asked.rows)
const rounds = Number(asked.rounds)
const wants = (name: string): boolean => asked.only?.includes(name) ?? true

/** The server writes to disk as in earnest, but does nothing on its own while we measure. */
const SETTINGS = {
  shared_buffers: '1GB',
  max_wal_size: '32GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
}

async function backfills(server: LocalServer, cwd: string): Promise<void> {
  backfillHead(rows)
  const { tool, update } = await head2head(server, cwd, rounds)
  const against = (cost: { readonly ms: number }) => cost.ms / tool.cost.ms
  backfillLine(rows, tool, null)
  backfillLine(rows, update, { ratio: against(update.cost), goal: '≥ 0.9 ×' })
  if (wants('pgroll')) {
    const other = await pgroll(server, rows)
    backfillLine(rows, other, { ratio: against(other.cost), goal: '≥ 1.8 ×' })
  }
  if (wants('offset')) {
    const other = await offset(server, rows)
    backfillLine(rows, other, { ratio: against(other.cost), goal: '≥ 100 ×' })
  }
  otherHead()
  other('memory of the runner, at most', megabytes(tool.peak), '≤ 150 MB')
  other('batches', number(tool.batches), '')
}

async function others(server: LocalServer, cwd: string): Promise<void> {
  if (wants('startup')) {
    const { plan, node } = await startup(cwd)
    other(`plan --version (node alone ${ms(node)})`, ms(plan), '≤ 150 ms')
  }
  if (wants('compile')) other('plan compile, from a file', ms(await offlineCompile(server, cwd)), '≤ 400 ms')
  if (wants('verify')) {
    const { proof, scan } = await verify(server.url('tool'))
    other(`full verify (${ms(proof)}), next to one scan (${ms(scan)})`, ratio(proof / scan), '≤ 2 ×')
  }
  if (wants('client')) {
    for (const [what, duty] of [
      ['throttled to half the time', 0.5],
      ['at full speed', 1],
    ] as const) {
      const folder = workplace(join(cwd, `duty-${duty}`), duty)
      const name = duty === 1 ? 'unthrottled' : 'throttled'
      await copy(server, 'base', name)
      await expand(server, folder, name)
      const { idle, busy } = await client(server, rows, folder, name)
      other(
        `p99 of a client, backfill ${what} (idle ${ms(idle.p99)})`,
        `${ms(busy.p99)}, ${ratio(busy.p99 / idle.p99)}`,
        duty === 1 ? '' : '≤ 2 ×',
      )
      other(
        '  its longest wait, and statements that failed',
        `${ms(busy.longest)}, ${busy.failed}`,
        '0 failed',
      )
    }
  }
}

async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plan-bench-'))
  try {
    await using server = await startServer({ durable: true, settings: SETTINGS })
    console.log(
      `PostgreSQL ${server.version}, Node ${process.versions.node}, ${availableParallelism()} cores, fsync on\n`,
    )
    const cwd = workplace(folder)
    await createBase(server, rows)
    await copy(server, 'base', 'expanded')
    await expand(server, cwd, 'expanded')
    if (['update', 'pgroll', 'offset', 'verify'].some(wants)) await backfills(server, cwd)
    await others(server, cwd)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const unknown = asked.only?.find((name) => !NAMES.includes(name))
if (asked.help || unknown !== undefined || !(rows >= 1_000) || !(rounds >= 1)) {
  console.log(USAGE)
  process.exitCode = asked.help ? 0 : 2
} else await bench()
