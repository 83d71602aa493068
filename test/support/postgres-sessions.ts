import pg from 'pg'
import type { Place } from './places.ts'
import type { Sessions } from './sessions.ts'

const OURS = "datname = current_database() AND application_name LIKE 'plan %'"

const SHAPE = {
  columns: `SELECT attname, format_type(atttypid, atttypmod) AS type, attnotnull FROM pg_attribute
    WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname`,
  indexes: `SELECT pg_get_indexdef(indexrelid) AS definition, indisvalid, indisready FROM pg_index
    WHERE indrelid = 'users'::regclass ORDER BY 1`,
  constraints: `SELECT conname, pg_get_constraintdef(oid) AS definition, convalidated FROM pg_constraint
    WHERE conrelid = 'users'::regclass ORDER BY 1`,
  triggers: 'SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1',
  functions: "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
}

const STATE = {
  rows: 'SELECT to_jsonb(users) AS row FROM users ORDER BY id',
  writes: 'SELECT times, count(*)::int FROM writes GROUP BY times ORDER BY times',
  plan: 'SELECT state, phase FROM plan.plans',
  steps: 'SELECT step, state, error FROM plan.steps ORDER BY step',
  filled: 'SELECT sum(written)::int AS rows FROM plan.slices',
}

export const postgresSessions: Sessions = {
  other: async (place, sql) => {
    const client = new pg.Client({ connectionString: place.url, application_name: 'the application' })
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
  },
  ids: async ({ query }) =>
    (await query(`SELECT pid FROM pg_stat_activity WHERE ${OURS}`)).map(({ pid }) => Number(pid)),
  waiting: async ({ query }, statement) => {
    const waits = `${OURS} AND state = 'active' AND wait_event_type = 'Lock' AND query LIKE $1`
    const found = await query(`SELECT pid FROM pg_stat_activity WHERE ${waits}`, [`${statement}%`])
    return found.map(({ pid }) => Number(pid))
  },
  end: ({ query }, id) => query(`SELECT pg_terminate_backend(${id})`),
  ledger: (table) => `plan.${table}`,
  shape: (place) => answers(place, SHAPE),
  left: (place) => answers(place, { ...SHAPE, ...STATE }),
}

async function answers({ query }: Place, asked: Readonly<Record<string, string>>) {
  const state: Record<string, unknown> = {}
  for (const [name, sql] of Object.entries(asked)) state[name] = await query(sql)
  return state
}
