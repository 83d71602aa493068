import { setTimeout as sleep } from 'node:timers/promises'
import { type Place, trafficOf } from '../test/lives/cases/traffic.ts'
import { inFront } from '../test/support/held.ts'
import { numbers } from '../test/support/numbers.ts'
import { connect, type Traffic } from '../test/support/traffic.ts'
import { lifeUnderLoad } from '../test/support/under-load.ts'
import { ms, say } from './screen.ts'

/** The statements that show who waits for the tool, and for how long: pid, and milliseconds until now. */
type Waiting = (workers: readonly number[]) => readonly string[]

/** As short as each server can wait for a table, milliseconds. */
export type Waits = {
  readonly place: Place
  readonly lockTimeout: number
  readonly waiting: Waiting
  /** An empty database of that name. */
  empty(name: string): Promise<string>
}

/** How long the clients work alone, milliseconds. */
const IDLE = 2_000

const WIDTHS = [34, 10, 10, 13, 16, 10]
const line = (cells: readonly string[]): void =>
  say(
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(WIDTHS[0] ?? 0) : cell.padStart(WIDTHS[index] ?? 0)))
      .join(''),
  )

/**
 * What clients of both versions see of each intent's whole life, while somebody who reads stands in front of each change of
 * the catalogue until the tool has tried it in vain.
 */
export async function waits(given: Waits): Promise<void> {
  say(`\nclients at full speed through the life of each intent, lock_timeout ${given.lockTimeout} ms`)
  line(['intent', 'p99 idle', 'p99 then', 'longest then', 'longest wait*', 'in vain'])
  for (const traffic of trafficOf(given.place)) {
    const { idle, busy, longest, tries } = await measured(given, traffic)
    line([traffic.name, ms(p99(idle)), ms(p99(busy)), ms(busy.at(-1) ?? 0), ms(longest), String(tries)])
  }
  say('* for a lock that the tool holds or asks for, as the server shows it; goal: lock_timeout + 50 ms')
}

const p99 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN

async function measured({ empty, waiting, lockTimeout }: Waits, traffic: Traffic) {
  const url = await empty('waits')
  let times: number[] = []
  let idle: number[] = []
  let looks: Promise<number> | undefined
  const done = new AbortController()
  const front = inFront({ url, holds: () => true, tries: 1, least: 0 })
  const life = lifeUnderLoad({
    ...{ url, traffic, lockTimeout: `${lockTimeout}ms`, faults: front.faults },
    chance: (name) => numbers(`${traffic.name} ${name}`),
    took: (time) => void times.push(time),
    before: async (workers) => {
      await sleep(IDLE)
      ;[idle, times] = [times, []]
      looks = look(url, waiting(workers.flatMap(({ pids }) => pids)), done.signal)
    },
  })
  await life.finally(async () => {
    done.abort()
    await front.stop()
  })
  const tries = [...front.tries().values()].reduce((sum, one) => sum + one, 0)
  const sorted = (all: number[]) => all.toSorted((a, b) => a - b)
  return { idle: sorted(idle), busy: sorted(times), longest: (await looks) ?? 0, tries }
}

/** The longest wait that was seen, milliseconds. */
async function look(url: string, statements: readonly string[], signal: AbortSignal): Promise<number> {
  await using session = await connect(url)
  let longest = 0
  while (!signal.aborted) {
    for (const statement of statements)
      for (const { waited } of await session.query(statement)) longest = Math.max(longest, Number(waited))
    await sleep(4)
  }
  return longest
}
