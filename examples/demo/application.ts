import { setTimeout as pause } from 'node:timers/promises'
import { type Connection, engine } from './engine.ts'
import { type Asked, nameOf, type Row, type Statement, TEAMS } from './statements.ts'
import { PERIODS, type Period, summary, type Told, type Waits } from './tally.ts'
import type { Version } from './way.ts'

/*
 * One version of an application, as a process of its own: what it measures is its own waiting, not that of the
 * runner. Arguments: engine, URL, the version as JSON, connections.
 */
const [kind = '', url = '', told = '', connections = '2'] = process.argv.slice(2)
const version = JSON.parse(told) as Version
const database = await engine(kind)
const waits: { readonly period: Period; readonly ms: number }[] = []
const errors: string[] = []
let period: Period = 'idle'
let failed = 0
let wrong = 0
let running = true

/** Rows that both versions keep changing, so that each meets what the other one wrote. */
const HOT = 500
const someId = (): number => 1 + Math.floor(Math.random() * (Math.random() < 0.5 ? HOT : database.rows))

/** `count`: how many rows it must be about; null for any. All it reads must have the name that belongs to them. */
type Ask = (statement: Statement, values: readonly unknown[], count: number | null) => Promise<readonly Row[]>

const asker = (connection: Connection): Ask => {
  return async (statement, values, count) => {
    const started = performance.now()
    const during = period
    try {
      const asked = await connection.ask(statement, values)
      check(statement, asked, count)
      return asked.rows
    } catch (error) {
      failed++
      note(`${statement}: ${error instanceof Error ? error.message : String(error)}`)
      return []
    } finally {
      waits.push({ period: during, ms: performance.now() - started })
      await pause(4 + Math.random() * 8)
    }
  }
}

function check(statement: Statement, asked: Asked, count: number | null): void {
  if (count !== null && asked.count !== count) complain(`${statement} was about ${asked.count} rows`)
  for (const row of asked.rows) if (row.name !== nameOf(row)) complain(`${statement} gave a wrong name`)
}

const complain = (what: string): void => {
  wrong++
  note(what)
}
const note = (what: string): void => {
  if (errors.length < 5) errors.push(what)
}

async function worker(number: number): Promise<void> {
  const connection = await database.connect(url, version)
  const ask = asker(connection)
  const own: string[] = []
  for (let turn = 0; running; turn++) await oneTurn(ask, own, `${version.name} ${number}-${turn}`)
  await connection.end()
}

/** What people do on a site: mostly read, sometimes write, and then look at what they wrote. */
async function oneTurn(ask: Ask, own: string[], email: string): Promise<void> {
  const dice = Math.random()
  if (dice < 0.35) await ask('read', [someId()], 1)
  else if (dice < 0.45) await ask('newest', [], 5)
  else if (dice < 0.55) await ask('search', [`u${someId()} rev 1`], null)
  else if (dice < 0.65) await renamed(ask)
  else if (dice < 0.75) await saved(ask)
  else if (dice < 0.85) await ask('visit', [someId()], 1)
  else if (dice < 0.95) await inserted(ask, own, email)
  else await removed(ask, own)
}

/** Somebody else may have changed it as well, so the revision may be a later one, but it is another one. */
async function changed(ask: Ask, id: number, change: () => Promise<unknown>): Promise<void> {
  const [before] = await ask('read', [id], 1)
  await change()
  const [after] = await ask('read', [id], 1)
  if (before && after && after.revision <= before.revision) complain('a change was lost')
}

function renamed(ask: Ask): Promise<void> {
  const id = someId()
  return changed(ask, id, () => ask('rename', [id], 1))
}

function saved(ask: Ask): Promise<void> {
  const id = someId()
  const email = `u${id}`
  return changed(ask, id, () => ask('save', [id, named(email), email, 1], null))
}

const team = (own: readonly string[]): number => 1 + (own.length % TEAMS)
const named = (email: string): string => nameOf({ email, revision: 1 })

async function inserted(ask: Ask, own: string[], email: string): Promise<void> {
  const dice = Math.random()
  const emails = dice < 0.2 ? ['a', 'b', 'c'].map((more) => `${email}-${more}`) : [email]
  const all = emails.flatMap((one) => [named(one), one, team(own)])
  if (dice < 0.2) await ask('insertThree', all, 3)
  else if (dice < 0.6) await ask('insert', all, 1)
  else await ask('insertUnnamed', [email, team(own)], 1)
  own.push(...emails)
  for (const one of emails) await ask('find', [one], 1)
}

async function removed(ask: Ask, own: string[]): Promise<void> {
  const email = own.shift()
  if (email === undefined) return
  await ask('delete', [email], 1)
  await ask('find', [email], 0)
}

const tell = (told: Told): Promise<void> =>
  new Promise((resolve) => void process.send?.(told, undefined, undefined, () => resolve()))

process.on('message', (message: Period | 'stop') => {
  if (message === 'stop') running = false
  else period = message
})
// Ctrl-C reaches the whole group: whoever started us decides what is next, and when it is gone so are we.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit(0))

const all = Array.from({ length: Number(connections) }, (_, number) => worker(number))
await tell({ told: 'started' })
await Promise.all(all)
const those = (wanted: (period: Period) => boolean): Waits =>
  summary(waits.filter(({ period }) => wanted(period)).map(({ ms }) => ms))
const periods = Object.fromEntries(PERIODS.map((one) => [one, those((period) => period === one)]))
await tell({
  told: 'ended',
  tally: {
    failed,
    wrong,
    errors,
    plan: those((period) => period !== 'idle'),
    periods: periods as Record<Period, Waits>,
  },
})
process.disconnect()
