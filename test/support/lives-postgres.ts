import type pg from 'pg'
import { catalogueDump } from './catalogue.ts'
import { copyIn } from './copy.ts'
import { createDatabase, type Server } from './databases.ts'
import type { LiveDatabase, Values } from './lives-database.ts'

const TABLES = `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
  WHERE schemaname NOT IN ('plan', 'pg_catalog', 'information_schema') ORDER BY 1`

const SEVER = `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'plan %'`

/** A fresh database on a PostgreSQL. */
export async function livePostgres(server: Pick<Server, 'url'>): Promise<LiveDatabase> {
  const database = await createDatabase(server)
  const { client, url, query } = database
  const print = (sql: string) => printed(client, sql)
  return {
    url,
    query,
    printed: print,
    dump: () => catalogueDump(client),
    rows: async () => {
      const rows: Values[] = []
      for (const [table] of await print(TABLES))
        rows.push(...(await print(`SELECT '${table}', to_jsonb(t)::text FROM ${table} t ORDER BY 2`)))
      return rows
    },
    codeOf: (error) => String((error as { code?: string }).code),
    load: (into, lines) => copyIn(client, `COPY ${into} FROM STDIN`, lines),
    ledger: (table) => `plan.${table}`,
    sever: async () => void (await query(SEVER)),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

async function printed(client: pg.Client, sql: string): Promise<Values[]> {
  const asText = { getTypeParser: () => (value: string) => value }
  const { rows } = await client.query({ text: sql, rowMode: 'array', types: asText })
  return rows as Values[]
}
