import mysql from 'mysql2/promise'
import pg from 'pg'
import type { Chance } from './numbers.ts'

/** One version of the application. It writes numbers, each in the shape that this version knows. */
export type Version = {
  /** Columns, and what is written to them for this number: SQL. */
  readonly writes: (k: number) => Readonly<Record<string, string>>
  /** One expression of the row: what this version reads, as a text. */
  readonly reads: string
  /** What it then reads of a row that has this number. */
  readonly says: (k: number) => string
}

/** A change of one table, and the two versions of the application around it. The table is `things`, its key `id`. */
export type Traffic = {
  /** The intent. */
  readonly name: string
  readonly setup: readonly string[]
  readonly intents: string
  readonly old: Version
  readonly fresh: Version
  /** Of a backfill that has to keep up with the writers: rows of a batch. */
  readonly batch?: number
  /** Files beside the plan, such as modules. */
  readonly files?: Readonly<Record<string, string>>
}

export type Plain = AsyncDisposable & {
  readonly pid: number
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>
}

const isPostgres = (url: string): boolean => url.startsWith('postgres')

/** A session as an application has it, with the server's own settings. */
export async function connect(url: string): Promise<Plain> {
  if (isPostgres(url)) {
    const client = new pg.Client({ connectionString: url, application_name: 'the application' })
    client.on('error', () => undefined)
    await client.connect()
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
    return {
      pid: Number(rows[0]?.pid),
      query: async (sql) => (await client.query(sql)).rows ?? [],
      [Symbol.asyncDispose]: () => client.end().catch(() => undefined),
    }
  }
  const client = await mysql.createConnection(url)
  client.on('error', () => undefined)
  const query: Plain['query'] = async (sql) => {
    const [rows] = await client.query(sql)
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
  }
  const [row] = await query('SELECT connection_id() AS id')
  return { pid: Number(row?.['id']), query, [Symbol.asyncDispose]: async () => client.destroy() }
}

/** The rows that are there before the first client comes. */
export const ROWS = 48

/** The rows that are there at the start, as the old version wrote them. */
export function rowsOf({ old }: Traffic): string {
  const columns = Object.keys(old.writes(1))
  const rows = Array.from({ length: ROWS }, (_, n) => [n + 1, ...Object.values(old.writes(n + 1))])
  return `INSERT INTO things (id, ${columns.join(', ')}) VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')}`
}

/** The versions that are running now. */
type Running = readonly ('old' | 'fresh')[]

/** One user of both versions. Nobody else writes the rows of this one. */
export type Worker = {
  /** What was confirmed last of each row; null when it is deleted. */
  readonly wrote: ReadonlyMap<number, number | null>
  readonly statements: () => number
  /** Whether it has failed, or was stopped. */
  readonly ended: () => boolean
  readonly failed: Promise<void>
  readonly pids: readonly number[]
  /** Resolves when no statement is on its way that began before; only these versions are used from then on. */
  readonly use: (running: Running) => Promise<void>
  /** Resolves when no statement is on its way; none begins before what it gives is called. */
  readonly rest: () => Promise<() => void>
  /** Throws what the first statement failed with. */
  readonly stop: () => Promise<void>
}

type Statement = {
  /** Touched is a row of which no value changes. */
  readonly does: 'write' | 'read' | 'touch'
  readonly id: number
  /** Null: the row is deleted. */
  readonly k: number | null
  readonly sql: string
  /** What is read. */
  readonly gives?: string
}

/**
 * Works without a pause until it is told to stop. `share`: of so many workers this is the one with this number. `took` hears
 * how many milliseconds each statement took.
 */
export async function work(
  traffic: Traffic,
  url: string,
  next: Chance,
  share: { readonly number: number; readonly of: number },
  took: (ms: number) => void = () => undefined,
): Promise<Worker> {
  const sessions = { old: await connect(url), fresh: await connect(url) }
  const wrote = new Map<number, number | null>()
  for (let id = 1; id <= ROWS; id++) if (id % share.of === share.number) wrote.set(id, id)
  /** What was written since both versions are there: before the backfill the new one reads nothing else. */
  const since = new Set<number>()
  const sayOld = (k: number | null | undefined) =>
    k === null || k === undefined ? null : traffic.old.says(k)
  const words: Words = WORDS[isPostgres(url) ? 'postgres' : 'mysql']
  let [running, going, done, count]: [Running, boolean, number, number] = [['old'], true, 0, ROWS]
  /** What is called between two turns; the next one begins when it is done. */
  let between: () => void | Promise<void> = () => undefined
  const one = async (): Promise<void> => {
    const version = running[Math.floor(next() * running.length)] ?? 'old'
    const { query } = sessions[version]
    const run = async ({ does, id, k, sql, gives }: Statement) => {
      const began = performance.now()
      const rows = await query(sql).catch((error: Error) => {
        throw new Error(`the ${version} version: ${sql}\n${error.message}`, { cause: error })
      })
      took(performance.now() - began)
      done++
      if (does === 'write') {
        // Who writes the value that is there already has changed nothing.
        if (sayOld(wrote.get(id)) !== sayOld(k)) since.add(id)
        wrote.set(id, k)
      }
      const said = String(rows[0]?.['said'])
      if (does === 'read' && said !== gives && (version === 'old' || since.has(id)))
        throw new Error(`the ${version} version read ${said} and not ${gives}: ${sql}`)
    }
    // Even and odd ones in turn, and room for a second number.
    count += next() < 0.5 ? 2 : 3
    for (const statement of drawn(traffic[version], wrote, next, { ...share, count }, words)) {
      if (typeof statement === 'string') await query(statement)
      else await run(statement)
    }
  }
  const working = (async () => {
    for (; going; await between()) await one()
  })()
  let ended = false
  const failed = new Promise<void>((resolve) => {
    working.catch(() => {
      ended = true
      resolve()
    })
  })
  return {
    wrote,
    statements: () => done,
    ended: () => ended,
    failed,
    pids: [sessions.old.pid, sessions.fresh.pid],
    use: async (now) => {
      running = now
      since.clear()
      await Promise.race([new Promise<void>((resolve) => (between = resolve)), working])
    },
    rest: async () => {
      let resume = () => {}
      const resting = new Promise<void>((resolve) => (resume = resolve))
      const rests = new Promise<void>((resolve) => {
        between = () => {
          resolve()
          return resting
        }
      })
      await Promise.race([rests, working])
      return resume
    },
    stop: async () => {
      going = false
      try {
        await working
      } finally {
        for (const session of Object.values(sessions)) await session[Symbol.asyncDispose]()
      }
    },
  }
}

type Turn = { readonly number: number; readonly of: number; readonly count: number }
type Words = { readonly upsert: (columns: readonly string[]) => string; readonly readsFirst: boolean }

/** What differs between servers. */
const WORDS = {
  postgres: {
    upsert: (columns) =>
      `ON CONFLICT (id) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    readsFirst: true,
  },
  mysql: {
    upsert: (columns) =>
      `ON DUPLICATE KEY UPDATE ${columns.map((name) => `${name} = VALUES(${name})`).join(', ')}`,
    // A transaction that reads the table and then writes it deadlocks with any ALTER TABLE that waits in between, and the
    // server always ends the transaction, never the ALTER TABLE.
    readsFirst: false,
  },
} as const satisfies Record<string, Words>

/** One of the things that applications do, about the rows of one worker. */
function drawn(
  { writes, reads, says }: Version,
  wrote: ReadonlyMap<number, number | null>,
  next: Chance,
  { number, of, count }: Turn,
  { upsert, readsFirst }: Words,
): readonly (Statement | string)[] {
  const k = count * of + number
  const there = [...wrote].filter((row): row is [number, number] => row[1] !== null)
  const [id = 0, had = 0] = there[Math.floor(next() * there.length)] ?? []
  const insert = (to: number): string => {
    const row = writes(k)
    return `INSERT INTO things (${['id', ...Object.keys(row)].join(', ')}) VALUES (${[to, ...Object.values(row)].join(', ')})`
  }
  const does = 'write'
  const update = (to: number, value: number): Statement => {
    const changes = Object.entries(writes(value)).map(([name, sql]) => `${name} = ${sql}`)
    return { does, id: to, k: value, sql: `UPDATE things SET ${changes.join(', ')} WHERE id = ${to}` }
  }
  const kind = next()
  // As many rows come as go.
  const few = there.length < (2 * ROWS) / of
  if (kind < 0.15 && few) return [{ does, id: k, k, sql: insert(k) }]
  if (kind < 0.3) {
    const to = few && kind < 0.22 ? k : id
    return [{ does, id: to, k, sql: `${insert(to)} ${upsert(Object.keys(writes(k)))}` }]
  }
  const where = `WHERE id = ${id}`
  if (kind < 0.4 && there.length > 4) return [{ does, id, k: null, sql: `DELETE FROM things ${where}` }]
  if (kind < 0.55)
    return [
      { does: 'read', id, k: had, sql: `SELECT ${reads} AS said FROM things ${where}`, gives: says(had) },
    ]
  if (kind < 0.6 && readsFirst) return ['BEGIN', `SELECT id FROM things ${where}`, update(id, k), 'COMMIT']
  if (kind < 0.67) return [{ does: 'touch', id, k: had, sql: `UPDATE things SET note = 'n${k}' ${where}` }]
  const after = kind > 0.9 ? there.find(([row]) => row > id)?.[0] : undefined
  if (after !== undefined) return ['BEGIN', update(id, k), update(after, k + of), 'COMMIT']
  return [update(id, k)]
}
