import { fork } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connect } from '../src/index.ts'
import { readProgress } from '../src/ledger/read.ts'
import { openStore } from '../src/ledger/store.ts'
import { verifyNow } from '../src/verify/verify.ts'
import type { LocalServer } from '../test/support/server.ts'
import { connected, median, timed, warm } from './database.ts'
import { backfill, bare, PLAN, plan } from './tool.ts'

/** Runs of what takes a moment only; the median counts. */
const TIMES = 7

async function medianOf(work: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let time = 0; time < TIMES; time++) all.push(await work())
  return median(all)
}

export const startup = async (cwd: string): Promise<{ plan: number; node: number }> => ({
  plan: await medianOf(() => bare(cwd, ['--version'])),
  node: await medianOf(() => bare(cwd, null)),
})

export async function offlineCompile(server: LocalServer, cwd: string): Promise<number> {
  const snapshot = join(cwd, 'snapshot.json')
  await plan(cwd, server.url('base'), ['snapshot', '--out', snapshot])
  return medianOf(() => bare(cwd, ['compile', '--snapshot', snapshot, '--stdout', `plans/${PLAN}.yaml`]))
}

/** A proof of all rows next to one scan of the same table, both within an open connection. */
export async function verify(url: string): Promise<{ proof: number; scan: number }> {
  await warm(url)
  const engine = await connect({ url })
  try {
    const progress = await readProgress(await openStore(engine.session, engine.home, 'plan'), PLAN)
    if (!progress) throw new Error('the plan is not in the ledger')
    const proofs: number[] = []
    const scans: number[] = []
    await connected(url, async (client) => {
      for (let time = 0; time < TIMES; time++) {
        scans.push(await timed(() => client.query('SELECT count(last_name) FROM users')))
        proofs.push(await timed(() => verifyNow(engine, progress.plan.program)))
      }
    })
    return { proof: median(proofs), scan: median(scans) }
  } finally {
    await engine.session.close()
  }
}

/** Milliseconds. */
export type Seen = { readonly p99: number; readonly longest: number; readonly failed: number }

/** What a client sees while nothing runs, and while a backfill does. */
export async function client(
  server: LocalServer,
  rows: number,
  cwd: string,
  database: string,
): Promise<{ idle: Seen; busy: Seen }> {
  const url = server.url(database)
  await warm(url)
  const idle = await probing(url, rows, () => sleep(5_000))
  const busy = await probing(url, rows, () => backfill(cwd, url))
  return { idle, busy }
}

async function probing(url: string, rows: number, work: () => Promise<unknown>): Promise<Seen> {
  const child = fork(fileURLToPath(new URL('probe.ts', import.meta.url)), [url, String(rows)])
  const told = new Promise<{ waits: number[]; failed: number }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { waits: number[]; failed: number }))
    child.once('exit', () => reject(new Error('the probing client ended by itself')))
  })
  try {
    await work()
    child.send('stop')
    const { waits, failed } = await told
    const sorted = waits.toSorted((a, b) => a - b)
    return {
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
      longest: sorted.at(-1) ?? Number.NaN,
      failed,
    }
  } finally {
    child.kill('SIGKILL')
  }
}
