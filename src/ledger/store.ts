import type { Knex } from 'knex'
import type { Result, Session } from '../dialects/session.ts'
import { PlanError } from '../errors.ts'
import { LEDGER_VERSION, MIGRATIONS } from './tables.ts'

/**
 * The ledger's tables. Knex only builds the text; it runs on the runner's own session, so that a batch and its ledger
 * row share one transaction.
 */
export type Store = {
  readonly session: Session
  /** The ledger’s own schema. */
  readonly schema: string
  readonly table: (name: string) => Knex.QueryBuilder
  readonly now: Knex.Raw
  readonly run: (query: Knex.QueryBuilder) => Promise<Result>
  /** Whether the ledger's tables are there. Throws when they belong to a newer tool. */
  readonly exists: () => Promise<boolean>
  /** Makes or updates the ledger's tables. */
  readonly migrate: () => Promise<void>
}

/**
 * `schema` is the ledger's own schema; its name is checked where the configuration is read. Knex is loaded here: it
 * takes longer than compiling a plan, which needs no ledger.
 */
export async function openStore(session: Session, schema: string): Promise<Store> {
  const { default: knex } = await import('knex')
  const builder = knex({ client: 'pg' })
  const run = (query: Knex.QueryBuilder): Promise<Result> => {
    const { sql, bindings } = query.toSQL().toNative()
    return session.query(sql, bindings as unknown[])
  }
  const has = async (table: string) => {
    const { rows } = await run(
      builder('information_schema.tables')
        .select('table_name')
        .where({ table_schema: schema, table_name: table }),
    )
    return rows.length > 0
  }
  const table = (name: string) => builder(name).withSchema(schema)
  const version = async (): Promise<number> => {
    if (!(await has('meta'))) return 0
    const { rows } = await run(table('meta').select('version'))
    return Number(rows[0]?.['version'] ?? 0)
  }
  const known = async (): Promise<number> => {
    const found = await version()
    if (found <= LEDGER_VERSION) return found
    throw new PlanError(
      'PLAN_VERSION',
      `the ledger in schema ${schema} has version ${found}, this tool knows ${LEDGER_VERSION}`,
      { hint: 'use the newer version of the tool that wrote it' },
    )
  }
  return {
    session,
    schema,
    table,
    now: builder.raw('now()'),
    run,
    exists: async () => (await known()) > 0,
    migrate: async () => {
      if ((await known()) === LEDGER_VERSION) return
      await session.transaction({}, async () => {
        // The first runs of two plans may come at the same time.
        await session.alone('expand-contract ledger')
        const from = await known()
        if (from === LEDGER_VERSION) return
        const { rows } = await run(
          builder('information_schema.schemata').select('schema_name').where({ schema_name: schema }),
        )
        if (rows.length === 0) await runAll(session, builder.schema.createSchemaIfNotExists(schema))
        for (const migration of MIGRATIONS.slice(from))
          await runAll(session, migration(builder.schema.withSchema(schema)))
        if (from === 0) await run(table('meta').insert({ version: LEDGER_VERSION }))
        else await run(table('meta').update({ version: LEDGER_VERSION }))
      })
    },
  }
}

/** One statement a call: a batch of several would be an implicit transaction of its own. */
async function runAll(session: Session, schema: Knex.SchemaBuilder): Promise<void> {
  for (const { sql } of schema.toSQL() as unknown as { sql: string }[]) await session.query(sql)
}
