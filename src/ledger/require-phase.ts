import knex from 'knex'
import type { Phase } from '../program/step.ts'

type Row = Record<string, unknown>

/**
 * The application's own client. One of `pg`, which returns `{ rows }`; one of `mysql2/promise` (connection or pool),
 * which returns `[rows, fields]` and has `execute`; or a `Db` of `mongodb`.
 */
export type Queryable =
  | { query(text: string, values: unknown[]): Promise<unknown>; execute?: unknown }
  | { command(command: Record<string, unknown>): Promise<unknown> }

/** The plans of the ledger, each with its last complete phase if it is under way or done. Null: there is no ledger. */
export type Reached = ReadonlyMap<string, Phase | null> | null

/** Reads how far the plans have come. `ledger` is the `ledger_schema` of the configuration. */
export async function reached(client: Queryable, ledger: string): Promise<Reached> {
  const rows = 'command' in client ? await ofDocuments(client, ledger) : await ofRows(client, ledger)
  return (
    rows &&
    new Map(
      rows.map(({ name, state, phase }) => [
        String(name),
        state === 'rolled-back' ? null : ((phase as Phase | undefined) ?? null),
      ]),
    )
  )
}

async function ofRows(
  client: Exclude<Queryable, { command: unknown }>,
  ledger: string,
): Promise<Row[] | null> {
  const prefixed = typeof client.execute === 'function'
  const plans = prefixed
    ? knex({ client: 'mysql2' })(`${ledger}_plans`)
    : knex({ client: 'pg' })('plans').withSchema(ledger)
  const { sql, bindings } = plans.select('name', 'state', 'phase').toSQL().toNative()
  try {
    const result = (await client.query(sql, [...bindings])) as { rows: Row[] } | [Row[], unknown]
    return Array.isArray(result) ? result[0] : result.rows
  } catch (error) {
    const { tableIsAbsent } = prefixed
      ? await import('../dialects/mysql/connect/errors.ts')
      : await import('../dialects/postgres/connect/errors.ts')
    if (tableIsAbsent(error)) return null
    throw error
  }
}

async function ofDocuments(
  client: Extract<Queryable, { command: unknown }>,
  ledger: string,
): Promise<Row[] | null> {
  const find = async (collection: string) => {
    const found = (await client.command({
      aggregate: `${ledger}_${collection}`,
      pipeline: [{ $project: { name: '$_id', state: 1, phase: 1 } }],
      cursor: { batchSize: MOST },
    })) as { cursor: { firstBatch: Row[] } }
    return found.cursor.firstBatch
  }
  return (await find('meta')).length === 0 ? null : find('plans')
}

/** Most plans that one query returns. */
const MOST = 100_000
