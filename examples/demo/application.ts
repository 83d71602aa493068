import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { nameOf, type Row, type Statement, statements } from './rows.ts'
import { ROWS } from './schema.ts'
import { PERIODS, type Period, summary, type Told, type Waits } from './tally.ts'

/*
 * One version of an application, as a process of its own: what it measures is its own waiting, not that of the
 * runner. Arguments: URL, the only name column it knows, connections.
 */
const [url = '', column = '', connections = '2'] = process.argv.slice(2)
const text = statements(column)
const waits: { readonly period: Period; readonly ms: number }[] = []
const errors: string[] = []
let period: Period = 'idle'
let failed = 0
let wrong = 0
let running = true

/** Rows that both versions keep changing, so that each meets what the other one wrote. */
const HOT = 500
const someId = (): number => 1 + Math.floor(Math.random() * (Math.random() < 0.5 ? HOT : ROWS))

/** `count`: how many rows it must give; null for any. All of them must have the name that belongs to them. */
type Ask = (statement: Statement, values: readonly unknown[], count: number | null) => Promise<Row[]>

function asker(client: pg.Client): Ask {
  return async (statement, values, count) => {
    const started = performance.now()
    const during = period
    try {
      // Named, so that the server keeps the prepared statement across all changes of the table.
      const { rows } = await client.query<Row>({
        name: statement,
        text: text[statement],
        values: [...values],
      })
      if (count !== null && rows.length !== count) complain(`${statement} gave ${rows.length} rows`)
      for (const row of rows) if (row.name !== nameOf(row)) complain(`${statement} gave a wrong name`)
      return rows
    } catch (error) {
      failed++
      note(error instanceof Error ? error.message : String(error))
      return []
    } finally {
      waits.push({ period: during, ms: performance.now() - started })
      await pause(4 + Math.random() * 8)
    }
  }
}

const complain = (what: string): void => {
  wrong++
  note(what)
}
const note = (what: string): void => {
  if (errors.length < 5) errors.push(what)
}

async function connection(number: number): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: `app with ${column}` })
  client.on('error', () => undefined)
  await client.connect()
  const ask = asker(client)
  const own: string[] = []
  for (let turn = 0; running; turn++) await oneTurn(ask, own, `${column}-${number}-${turn}`)
  await client.end()
}

/** What people do on a site: mostly read, sometimes write, and then look at what they wrote. */
async function oneTurn(ask: Ask, own: string[], email: string): Promise<void> {
  const dice = Math.random()
  if (dice < 0.4) await ask('read', [someId()], 1)
  else if (dice < 0.5) await ask('newest', [], 5)
  else if (dice < 0.6) await ask('search', [`u${someId()} rev 1`], null)
  else if (dice < 0.75) await renamed(ask)
  else if (dice < 0.85) await ask('visit', [someId()], 1)
  else if (dice < 0.95) await inserted(ask, own, email)
  else await removed(ask, own)
}

async function renamed(ask: Ask): Promise<void> {
  const [before] = await ask('rename', [someId()], 1)
  if (!before) return
  const [after] = await ask('read', [before.id], 1)
  // Somebody else may have renamed it again since.
  if (after && after.revision < before.revision) complain('a rename was lost')
}

async function inserted(ask: Ask, own: string[], email: string): Promise<void> {
  const statement = Math.random() < 0.5 ? 'insert' : 'insertUnnamed'
  const [row] = await ask(statement, [email, 1 + (own.length % 50)], 1)
  if (!row) return
  own.push(row.id)
  await ask('read', [row.id], 1)
}

async function removed(ask: Ask, own: string[]): Promise<void> {
  const id = own.shift()
  if (id === undefined) return
  await ask('delete', [id], 1)
  await ask('read', [id], 0)
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

const all = Array.from({ length: Number(connections) }, (_, number) => connection(number))
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
