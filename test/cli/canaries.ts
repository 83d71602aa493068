import { expect } from 'vitest'
import { type Bench, bench, type Ended } from '../support/command.ts'
import { isMysql, type Place } from '../support/places.ts'
import { mysqlUsers, PLAN, users } from '../support/users.ts'

/** Columns of the ledger that hold the plan's own text. */
const PLANS_OWN = /^(plan_)?plans\.(source|program)$/

const SPOKEN = {
  postgres: "UPDATE users SET last_name = 'canary ' || id, email = 'canary' || id || '@example.org'",
  mysql: "UPDATE users SET last_name = concat('canary ', id), email = concat('canary', id, '@example.org')",
}

type Watched = {
  readonly here: Bench
  readonly run: (...args: string[]) => Promise<Ended>
  /** All that its commands have printed. */
  readonly printed: string[]
}

/** A bench whose password and values all say `canary`. */
export async function watched(
  server: { url: string },
  plan: string,
  more: readonly string[] = [],
): Promise<Watched> {
  const mysql = isMysql(server)
  const opened = await bench(
    server,
    [...(mysql ? mysqlUsers(40) : users(40)), mysql ? SPOKEN.mysql : SPOKEN.postgres, ...more],
    { [PLAN]: plan, 'plan.config.yaml': 'defaults: { retries: 1, lock_timeout: 50ms }\n' },
  )
  const { database } = opened
  const url = mysql ? await withPassword(database) : withAnyPassword(database)
  const here = {
    ...opened,
    [Symbol.asyncDispose]: async () => {
      if (mysql) await database.query(`DROP USER ${database.name}@'%'`)
      await opened[Symbol.asyncDispose]()
    },
  }
  const printed: string[] = []
  const run = async (...args: string[]): Promise<Ended> => {
    const ended = await here.planWith({ env: { PLAN_DATABASE_URL: url } }, ...args)
    printed.push(`$ plan ${args.join(' ')}\n${ended.out}${ended.err}`)
    return ended
  }
  return { here, run, printed }
}

/** These servers trust whoever comes from here. */
function withAnyPassword({ url }: Place): string {
  const found = new URL(url)
  found.password = 'canary-password'
  return found.href
}

/** These know it. */
async function withPassword({ url, name, query }: Place): Promise<string> {
  await query(`CREATE USER ${name}@'%' IDENTIFIED BY 'canary-password'`)
  await query(`GRANT ALL ON *.* TO ${name}@'%'`)
  const found = new URL(url)
  found.username = name
  found.password = 'canary-password'
  return found.href
}

async function ledger(place: Place): Promise<string[]> {
  const tables = isMysql(place)
    ? "table_schema = database() AND table_name LIKE 'plan\\_%' AND data_type IN ('varchar', 'text', 'longtext', 'json')"
    : "table_schema = 'plan' AND data_type IN ('text', 'jsonb', 'character varying')"
  const columns = await place.query(
    `SELECT table_name AS of_table, column_name AS of_column FROM information_schema.columns WHERE ${tables}`,
  )
  const texts: string[] = []
  for (const { of_table: table, of_column: column } of columns) {
    if (PLANS_OWN.test(`${table}.${column}`)) continue
    const text = isMysql(place) ? `CAST(\`${column}\` AS CHAR)` : `${column}::text`
    for (const row of await place.query(
      `SELECT ${text} AS text FROM ${isMysql(place) ? table : `plan.${table}`}`,
    ))
      texts.push(`${table}.${column}: ${row['text']}`)
  }
  return texts
}

/** Nothing that was printed or kept says it. */
export async function clean(here: Bench, printed: readonly string[]): Promise<void> {
  const kept = await ledger(here.database)
  expect(kept.length).toBeGreaterThan(20)
  for (const text of [...printed, ...kept]) expect(text).not.toContain('canary')
}

/** Commands that only look. */
export const LOOKING = [
  ['status'],
  ['status', '--json'],
  ['verify'],
  ['verify', '--json'],
  ['log'],
  ['log', '--json'],
  ['doctor'],
  ['runbook'],
  ['snapshot'],
  ['advance', '--dry-run'],
]
