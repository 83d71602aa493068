import type { Connection } from 'mysql2/promise'
import type { LocalMysql } from '../../test/support/mysql-server.ts'
import { median, timed } from '../measure.ts'
import { other } from '../screen.ts'
import { expand, PLAN, workplace } from '../tool.ts'
import { connected, fresh, settle } from './database.ts'

const SPLIT = 'split-email'
const SPLIT_PLAN = `version: 1
name: ${SPLIT}
intents:
  - split_column:
      table: users
      from: email
      into:
        mailbox: { type: varchar(190), value: { split: { column: email, separator: "@", part: first } } }
        host: { type: varchar(190), value: { split: { column: email, separator: "@", part: rest } } }
      back: { concat: { columns: [mailbox, host], separator: "@" } }
`

/** Single-row updates of one transaction, and how many of these: without a commit each, what the triggers cost shows. */
const UPDATES = 1_000
const TURNS = 7
/** So many rows stay in memory three times. */
const SOME = 100_000

const COLUMNS = ['payload', 'last_name', 'email'] as const
type Column = (typeof COLUMNS)[number]
type Table = { readonly name: string; readonly plan: string | null }

const TABLES: readonly Table[] = [
  { name: 'untouched', plan: null },
  { name: 'renamed', plan: PLAN },
  { name: 'split', plan: SPLIT },
]

/** Milliseconds of one update of that column of that table. */
type Cost = (table: string, column: Column) => number

/** What the application pays for the sync triggers, in each of its statements. */
export async function triggers(server: LocalMysql, folder: string, rows: number): Promise<void> {
  const cwd = workplace(folder, 1, { [SPLIT]: SPLIT_PLAN })
  for (const { name, plan } of TABLES) {
    const url = await fresh(server, name)
    if (plan !== null) await expand(cwd, url, plan)
    await settle(url)
  }
  const cost = await inTurn(server, Math.min(rows, SOME))
  const line = (what: string, table: string, column: Column) => {
    const [without, beside] = [cost('untouched', column), cost(table, column)]
    other(
      `UPDATE of one row, ${what} (without ${micro(without)})`,
      `${micro(beside)}, ${micro(beside - without)} more`,
      '',
    )
  }
  line('another column, beside a rename', 'renamed', 'payload')
  line('the column that is renamed', 'renamed', 'last_name')
  line('another column, beside a split', 'split', 'payload')
  line('the column that is split', 'split', 'email')
}

const micro = (ms: number): string => `${Math.round(ms * 1_000)} µs`

async function inTurn(server: LocalMysql, rows: number): Promise<Cost> {
  const times = new Map<string, number[]>()
  for (let turn = 0; turn < TURNS; turn++)
    for (const column of COLUMNS)
      for (const { name } of TABLES) {
        const ms = await connected(server.url(name), (client) => perRow(client, column, rows))
        times.set(`${name} ${column}`, [...(times.get(`${name} ${column}`) ?? []), ms])
      }
  return (table, column) => median(times.get(`${table} ${column}`) ?? [])
}

async function perRow(client: Connection, column: Column, rows: number): Promise<number> {
  const update = () =>
    client.execute(`UPDATE users SET ${column} = ? WHERE id = ?`, [
      `changed${Math.random()}@example.org`,
      1 + Math.floor(Math.random() * rows),
    ])
  await client.query('START TRANSACTION')
  await update()
  const ms = await timed(async () => {
    for (let done = 0; done < UPDATES; done++) await update()
  })
  await client.query('COMMIT')
  return ms / UPDATES
}
