import { join } from 'node:path'
import { median } from './measure.ts'
import { other, ratio } from './screen.ts'
import { expand, PLAN, workplace } from './tool.ts'

const SPLIT = 'split-email'
const splitPlan = (type: string): string => `version: 1
name: ${SPLIT}
intents:
  - split_column:
      table: users
      from: email
      into:
        mailbox: { type: ${type}, value: { split: { column: email, separator: "@", part: first } } }
        host: { type: ${type}, value: { split: { column: email, separator: "@", part: rest } } }
      back: { concat: { columns: [mailbox, host], separator: "@" } }
`

/** Single-row updates of one transaction, and how many of these: without a commit each, what the triggers cost shows. */
const UPDATES = 1_000
const TURNS = 7
/** So many rows stay in memory three times. */
const SOME = 100_000

/** What an application does to the table, in the words of one kind of database. */
export type Writer = {
  /** A column that no plan touches. */
  readonly apart: string
  /** The type of `email`. */
  readonly type: string
  /** A database of that name with the table, without anything of the tool. */
  fresh(name: string): Promise<string>
  /** A BEFORE trigger of somebody's own for INSERT and UPDATE, which sees `last_name`. */
  own(url: string): Promise<void>
  /** In memory, and nothing left to be done from before. */
  settle(url: string): Promise<void>
  /** Milliseconds of so many updates of that column, each of one of the first `rows` rows, in one transaction. */
  write(url: string, column: string, rows: number, updates: number): Promise<number>
}

type Table = { readonly name: string; readonly plan: string | null; readonly own?: true }

const TABLES: readonly Table[] = [
  { name: 'untouched', plan: null },
  { name: 'renamed', plan: PLAN },
  { name: 'split', plan: SPLIT },
  // A second trigger of the sync runs ahead of it.
  { name: 'own', plan: null, own: true },
  { name: 'own_renamed', plan: PLAN, own: true },
  { name: 'own_split', plan: SPLIT, own: true },
]

/** Milliseconds of one update of that column of that table. */
type Cost = (table: string, column: string) => number

/** What the application pays for the sync triggers, in each of its statements. */
export async function triggers(writer: Writer, folder: string, rows: number): Promise<void> {
  const cwd = workplace(join(folder, 'triggers'), {}, { [SPLIT]: splitPlan(writer.type) })
  const urls = new Map<string, string>()
  for (const { name, plan, own } of TABLES) {
    const url = await writer.fresh(name)
    if (own) await writer.own(url)
    if (plan !== null) await expand(cwd, url, plan)
    await writer.settle(url)
    urls.set(name, url)
  }
  const cost = await inTurn(writer, urls, Math.min(rows, SOME))
  const line = (what: string, table: string, column: string, before = 'untouched') => {
    const [without, beside] = [cost(before, column), cost(table, column)]
    other(
      `UPDATE of one row, ${what} (without ${micro(without)})`,
      `${micro(beside)}, ${ratio(beside / without)}`,
      '',
    )
  }
  line('another column, beside a rename', 'renamed', writer.apart)
  line('the column that is renamed', 'renamed', 'last_name')
  line('another column, beside a split', 'split', writer.apart)
  line('the column that is split', 'split', 'email')
  const own = 'beside a trigger of its own'
  line(`${own}: another column, a rename`, 'own_renamed', writer.apart, 'own')
  line(`${own}: the column that is renamed`, 'own_renamed', 'last_name', 'own')
  line(`${own}: another column, a split`, 'own_split', writer.apart, 'own')
  line(`${own}: the column that is split`, 'own_split', 'email', 'own')
}

const micro = (ms: number): string => `${Math.round(ms * 1_000)} µs`

async function inTurn(writer: Writer, urls: ReadonlyMap<string, string>, rows: number): Promise<Cost> {
  const times = new Map<string, number[]>()
  for (let turn = 0; turn < TURNS; turn++)
    for (const column of [writer.apart, 'last_name', 'email'])
      for (const [name, url] of urls) {
        const ms = await writer.write(url, column, rows, UPDATES)
        times.set(`${name} ${column}`, [...(times.get(`${name} ${column}`) ?? []), ms / UPDATES])
      }
  return (table, column) => median(times.get(`${table} ${column}`) ?? [])
}
