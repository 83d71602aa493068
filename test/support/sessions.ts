import pg from 'pg'
import { until } from './command.ts'
import type { Database } from './databases.ts'

/** Somebody else's session. Disposing of it rolls back what it had open. */
export type Other = AsyncDisposable & {
  readonly pid: number
  readonly query: (sql: string) => Promise<Record<string, unknown>[]>
}

/** An application that is connected as well; with `sql`, within a transaction that has run it. */
export async function other(database: Database, sql?: string): Promise<Other> {
  const client = new pg.Client({ connectionString: database.url, application_name: 'the application' })
  client.on('error', () => undefined)
  await client.connect()
  const query = async (text: string) => (await client.query(text)).rows ?? []
  const [row] = await query('SELECT pg_backend_pid() AS pid')
  if (sql !== undefined) {
    await query('BEGIN')
    await query(sql)
  }
  return {
    pid: Number(row?.['pid']),
    query,
    [Symbol.asyncDispose]: () => client.end().catch(() => undefined),
  }
}

/** Waits until a session of the tool runs such a statement and waits for a lock; gives its process id. */
export const waiting = ({ query }: Database, statement: string): Promise<number> =>
  until(`${statement} waits for a lock`, async () => {
    const [found] = await query(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'plan %'
         AND state = 'active' AND wait_event_type = 'Lock' AND query LIKE $1`,
      [`${statement}%`],
    )
    return found && Number(found['pid'])
  })

/** Waits until the backfill has done that many batches. */
export const batches = ({ query }: Database, count: number): Promise<boolean> =>
  until(`${count} batches are done`, async () => {
    const found = await query("SELECT to_regclass('plan.slices') AS it")
    if (!found[0]?.['it']) return false
    const [sum] = await query('SELECT coalesce(sum(batches), 0)::int AS done FROM plan.slices')
    return Number(sum?.['done']) >= count
  })

/** Waits until the tool has no session left. */
export const alone = ({ query }: Database): Promise<boolean> =>
  until('the sessions of the tool end', async () => {
    const found = await query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'plan %'",
    )
    return found.length === 0
  })

const STATE = {
  columns: `SELECT attname, format_type(atttypid, atttypmod) AS type, attnotnull FROM pg_attribute
    WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname`,
  indexes: `SELECT pg_get_indexdef(indexrelid) AS definition, indisvalid, indisready FROM pg_index
    WHERE indrelid = 'users'::regclass ORDER BY 1`,
  constraints: `SELECT conname, pg_get_constraintdef(oid) AS definition, convalidated FROM pg_constraint
    WHERE conrelid = 'users'::regclass ORDER BY 1`,
  triggers: 'SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1',
  functions: "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
  rows: 'SELECT to_jsonb(users) AS row FROM users ORDER BY id',
  writes: 'SELECT times, count(*)::int FROM writes GROUP BY times ORDER BY times',
  plan: 'SELECT state, phase FROM plan.plans',
  steps: 'SELECT step, state, error FROM plan.steps ORDER BY step',
  filled: 'SELECT sum(written)::int AS rows FROM plan.slices',
}

/** All that a run leaves in a database with `users` and `writes`: what an interrupted one must leave as well. */
export async function left({ query }: Database): Promise<Record<string, unknown>> {
  const state: Record<string, unknown> = {}
  for (const [name, sql] of Object.entries(STATE)) state[name] = await query(sql)
  return state
}
