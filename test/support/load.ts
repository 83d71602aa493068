import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Place } from './places.ts'
import { chance } from './seed.ts'
import { ledger, number, other } from './sessions.ts'

/** A version of the application at work on rows of its own. A statement of it that fails makes `stop` fail. */
export type Client = {
  /** What was confirmed to it last of each row; null when it is deleted. */
  readonly wrote: ReadonlyMap<number, string | null>
  /** How many updates were confirmed to it. */
  readonly updates: () => number
  readonly stop: () => Promise<void>
}

/** Works until it is told to stop: each statement is a transaction that no kill may lose or double. */
export async function client(place: Place, column: string, first: number, rows: number): Promise<Client> {
  const session = await other(place)
  const next = chance(`client of ${column}`)
  const wrote = new Map<number, string | null>()
  const added: number[] = []
  let [going, updates] = [true, 0]
  const statement = async (n: number): Promise<void> => {
    const value = `${column} ${n}`
    const [id = 0] = n % 9 === 8 ? added.splice(0, 1) : []
    if (id > 0) {
      await session.query(`DELETE FROM users WHERE id = ${id}`)
      wrote.set(id, null)
    } else if (n % 9 === 4) {
      const fresh = 2 * (rows + n) + first
      await session.query(`INSERT INTO users (id, email, ${column}) VALUES (${fresh}, 'new', '${value}')`)
      wrote.set(fresh, value)
      added.push(fresh)
    } else {
      const own = 2 * Math.floor((next() * rows) / 2) + first
      await session.query(`UPDATE users SET ${column} = '${value}' WHERE id = ${own}`)
      wrote.set(own, value)
      updates++
    }
  }
  const work = async () => {
    for (let n = 0; going; n++) {
      await statement(n)
      await pause(next() * 8)
    }
  }
  const working = Promise.allSettled([work()])
  return {
    wrote,
    updates: () => updates,
    stop: async () => {
      going = false
      const [ended] = await working
      await session[Symbol.asyncDispose]()
      if (ended.status === 'rejected') throw ended.reason
    },
  }
}

/** Somebody who looks again and again, until told to stop; what it does not like makes `stop` fail. */
export type Watch = { readonly stop: () => Promise<number> }

async function watch(place: Place, look: (query: Place['query']) => Promise<void>): Promise<Watch> {
  const session = await other(place)
  let [going, looks] = [true, 0]
  const work = async () => {
    for (; going; looks++) {
      await look(session.query)
      await pause(15)
    }
  }
  const working = Promise.allSettled([work()])
  return {
    stop: async () => {
      going = false
      const [ended] = await working
      await session[Symbol.asyncDispose]()
      if (ended.status === 'rejected') throw ended.reason
      return looks
    },
  }
}

/** Both shapes of a row never say different things, from the moment that there are two. */
export const agreement = (place: Place): Promise<Watch> =>
  watch(place, async (query) => {
    const differ = 'SELECT count(*) FROM users WHERE family_name IS NOT NULL AND last_name <> family_name'
    expect(await number({ query }, differ), 'rows that read differently for the two versions').toBe(0)
  })

type Seen = {
  readonly epoch: number
  readonly slices: ReadonlyMap<number, Readonly<Record<string, unknown>>>
}

/** The ledger never goes back: neither the epoch nor any slice of the run that is under way. */
export function progress(place: Place): Promise<Watch> {
  let before: Seen & { run: number } = { epoch: 0, run: 0, slices: new Map() }
  const [plans, slices] = [ledger(place, 'plans'), ledger(place, 'slices')]
  return watch(place, async (query) => {
    const found = await query(
      `SELECT p.epoch AS held, p.run AS under, s.* FROM ${plans} p LEFT JOIN ${slices} s ON s.plan = p.name AND s.run = p.run`,
    )
    const [plan] = found
    if (!plan) return
    const now = {
      epoch: Number(plan['held']),
      run: Number(plan['under']),
      slices: new Map(found.map((row) => [Number(row['number']), row])),
    }
    expect(now.epoch).toBeGreaterThanOrEqual(before.epoch)
    if (now.run === before.run)
      for (const [id, slice] of before.slices) notBehind(slice, now.slices.get(id) ?? slice)
    before = now
  })
}

function notBehind(was: Readonly<Record<string, unknown>>, is: Readonly<Record<string, unknown>>): void {
  for (const counted of ['batches', 'written', 'walked'])
    expect(Number(is[counted]), counted).toBeGreaterThanOrEqual(Number(was[counted]))
  expect(keyOf(is['cursor']), 'cursor').toBeGreaterThanOrEqual(keyOf(was['cursor']))
}

/** Some servers give JSON as a text. */
const keyOf = (cursor: unknown): number =>
  Number((typeof cursor === 'string' ? JSON.parse(cursor) : cursor)?.[0] ?? 0)

/** All that was confirmed to these clients is there, and everything else as it was made. */
export async function holds(
  place: Place,
  column: string,
  rows: number,
  clients: readonly Client[],
): Promise<void> {
  const expected = new Map<number, string | null>(
    Array.from({ length: rows }, (_, n) => [n + 1, `name ${n + 1}`]),
  )
  for (const { wrote } of clients) for (const [id, value] of wrote) expected.set(id, value)
  for (const [id, value] of expected) if (value === null) expected.delete(id)
  const found = await place.query(`SELECT id, ${column} AS name FROM users`)
  const there = new Map(found.map(({ id, name }) => [Number(id), name as string | null]))
  const byId = (some: ReadonlyMap<number, unknown>) => [...some].sort(([a], [b]) => a - b)
  expect(byId(there)).toEqual(byId(expected))
}
