import { until } from './command.ts'
import { mysqlSessions } from './mysql-sessions.ts'
import { isMysql, type Place } from './places.ts'
import { postgresSessions } from './postgres-sessions.ts'

/** Somebody else's session. Disposing of it rolls back what it had open. */
export type Other = AsyncDisposable & {
  /** Its number on the server. */
  readonly pid: number
  readonly query: (sql: string) => Promise<Record<string, unknown>[]>
}

/** What a kind of database tells about who is connected, and what a run left in it. */
export type Sessions = {
  readonly other: (place: Place, sql?: string) => Promise<Other>
  /** The sessions of the tool. */
  readonly ids: (place: Place) => Promise<readonly number[]>
  /** Those that run such a statement and wait for a lock. */
  readonly waiting: (place: Place, statement: string) => Promise<readonly number[]>
  readonly end: (place: Place, id: number) => Promise<unknown>
  /** A table of the ledger, as statements call it. */
  readonly ledger: (table: string) => string
  /** All that the catalogue says of `users` and its helpers. */
  readonly shape: (place: Place) => Promise<Record<string, unknown>>
  readonly left: (place: Place) => Promise<Record<string, unknown>>
}

const sessions = (place: Place): Sessions => (isMysql(place) ? mysqlSessions : postgresSessions)

/** An application that is connected as well; with `sql`, within a transaction that has run it. */
export const other = (place: Place, sql?: string): Promise<Other> => sessions(place).other(place, sql)

/** What a table of the ledger is called in a statement. */
export const ledger = (place: Place, table: string): string => sessions(place).ledger(table)

/** Waits until a session of the tool runs such a statement and waits for a lock; gives its number on the server. */
export const waiting = (place: Place, statement: string): Promise<number> =>
  until(`${statement} waits for a lock`, async () => (await sessions(place).waiting(place, statement))[0])

/** Waits until so many sessions of the tool wait for a lock. */
export const allWaiting = (place: Place, count: number): Promise<boolean> =>
  until(
    `${count} sessions wait for a lock`,
    async () => (await sessions(place).waiting(place, '')).length === count,
  )

/** Waits until the backfill has done that many batches. */
export const batches = (place: Place, count: number): Promise<boolean> =>
  until(`${count} batches are done`, async () => (await batchesDone(place)) >= count)

/** How many batches the backfill has done until now. */
export async function batchesDone(place: Place): Promise<number> {
  const [schema, name] = isMysql(place) ? ['database()', 'plan_slices'] : ["'plan'", 'slices']
  const there = `SELECT count(*) FROM information_schema.tables WHERE table_schema = ${schema} AND table_name = '${name}'`
  if ((await number(place, there)) === 0) return 0
  return number(place, `SELECT coalesce(sum(batches), 0) FROM ${ledger(place, 'slices')}`)
}

/** Waits until the tool has no session left. */
export const alone = (place: Place): Promise<boolean> =>
  until('the sessions of the tool end', async () => (await sessions(place).ids(place)).length === 0)

/** Ends the sessions of the tool, and gives how many there were. */
export async function endSessions(place: Place): Promise<number> {
  const ids = await sessions(place).ids(place)
  for (const id of ids) await sessions(place).end(place, id)
  return ids.length
}

/** The one number that a query gives; some drivers hand out large ones as text. */
export async function number(place: Pick<Place, 'query'>, sql: string): Promise<number> {
  const [row] = await place.query(sql)
  return Number(Object.values(row ?? {})[0])
}

/** How often rows were updated since they are counted, and how many of them so often. */
export async function writes({ query }: Pick<Place, 'query'>) {
  const found = await query('SELECT times, count(*) AS rows_there FROM writes GROUP BY times ORDER BY times')
  return found.map((row) => ({ times: Number(row['times']), rows: Number(row['rows_there']) }))
}

/** All that a run leaves in a database with `users` and `writes`: what an interrupted one must leave as well. */
export const left = (place: Place): Promise<Record<string, unknown>> => sessions(place).left(place)

/** What of that is no row and no line of the ledger. */
export const shape = (place: Place): Promise<Record<string, unknown>> => sessions(place).shape(place)
