import knex from 'knex'
import type { Phase } from '../compiler/step.ts'

type Row = Record<string, unknown>

/**
 * The application's own client: one of `pg`, which gives `{ rows }`; one of `mysql2/promise` (connection or pool), which gives
 * `[rows, fields]` and has `execute`; or a `Db` of `mongodb`.
 */
export type Queryable =
  | { query(text: string, values: unknown[]): Promise<unknown>; execute?: unknown }
  | { command(command: Record<string, unknown>): Promise<unknown> }

/** The last complete phase of a plan that is under way or done. `ledger` is the `ledger_schema` of the configuration. */
export async function lastPhase(client: Queryable, plan: string, ledger: string): Promise<Phase | null> {
  if ('command' in client) return lastPhaseOfDocument(client, plan, ledger)
  const prefixed = typeof client.execute === 'function'
  const plans = prefixed
    ? knex({ client: 'mysql2' })(`${ledger}_plans`)
    : knex({ client: 'pg' })('plans').withSchema(ledger)
  const query = plans.select('phase').where({ name: plan }).whereNot({ state: 'rolled-back' })
  const { sql, bindings } = query.toSQL().toNative()
  const result = (await client.query(sql, [...bindings])) as { rows: Row[] } | [Row[], unknown]
  const rows = Array.isArray(result) ? result[0] : result.rows
  return (rows[0]?.['phase'] as Phase | undefined) ?? null
}

async function lastPhaseOfDocument(
  client: Extract<Queryable, { command: unknown }>,
  plan: string,
  ledger: string,
): Promise<Phase | null> {
  const found = (await client.command({
    find: `${ledger}_plans`,
    filter: { _id: plan, state: { $ne: 'rolled-back' } },
    projection: { phase: 1 },
    limit: 1,
    singleBatch: true,
  })) as { cursor: { firstBatch: Row[] } }
  return (found.cursor.firstBatch[0]?.['phase'] as Phase | undefined) ?? null
}
