import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ms, other, ratio } from './screen.ts'

/** What a client saw, in milliseconds. */
export type Seen = {
  readonly p50: number
  readonly p99: number
  readonly longest: number
  readonly failed: number
}

/** What a client sees while the work goes on. */
export async function probing(url: string, rows: number, work: () => Promise<unknown>): Promise<Seen> {
  const child = fork(fileURLToPath(new URL('probe.ts', import.meta.url)), [url, String(rows)])
  // It tells when it begins, and at its end what it saw.
  const ready = once(child)
  try {
    await ready
    const told = once(child)
    // Nobody waits for it yet.
    told.catch(() => undefined)
    await work()
    child.send('stop')
    const { waits, failed } = await told
    const sorted = waits.toSorted((a, b) => a - b)
    const share = (part: number) => sorted[Math.floor(sorted.length * part)] ?? Number.NaN
    return { p50: share(0.5), p99: share(0.99), longest: sorted.at(-1) ?? Number.NaN, failed }
  } finally {
    child.kill('SIGKILL')
  }
}

const once = (child: ChildProcess): Promise<{ waits: number[]; failed: number }> =>
  new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as { waits: number[]; failed: number }))
    child.once('exit', () => reject(new Error('the probing client ended by itself')))
  })

export function clientLines(what: string, idle: Seen, busy: Seen, goals: readonly [string, string]): void {
  other(
    `p99 of a client, ${what} (idle ${ms(idle.p99)})`,
    `${ms(busy.p99)}, ${ratio(busy.p99 / idle.p99)}`,
    goals[0],
  )
  other(
    '  its median and longest wait, and statements that failed',
    `${ms(busy.p50)}, ${ms(busy.longest)}, ${idle.failed + busy.failed}`,
    goals[1],
  )
}
