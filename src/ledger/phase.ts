import knex from 'knex'
import type { Phase } from '../compiler/step.ts'

type Queryable = { query(text: string, values: unknown[]): Promise<{ rows: Record<string, unknown>[] }> }

/** The last complete phase of a plan that is under way or done, read with the application's own client. */
export async function lastPhase(client: Queryable, plan: string, schema: string): Promise<Phase | null> {
  const query = knex({ client: 'pg' })('plans')
    .withSchema(schema)
    .select('phase')
    .where({ name: plan })
    .whereNot({ state: 'rolled-back' })
  const { sql, bindings } = query.toSQL().toNative()
  const { rows } = await client.query(sql, [...bindings])
  return (rows[0]?.['phase'] as Phase | undefined) ?? null
}
