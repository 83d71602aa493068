import type { Knex } from 'knex'
import type { SqlLedger } from '../../dialects/interface/ledger-backend.ts'
import type { Result, Session } from '../../dialects/interface/session.ts'
import { PlanError } from '../../errors.ts'
import { ALL_TABLES, ENDS, LEDGER_VERSION, MIGRATIONS, trailEnd } from '../tables.ts'

/**
 * The ledger's tables. Knex only builds the SQL text. It runs on the runner's own session, so a batch and its ledger
 * row share one transaction.
 */
export type SqlStore = {
  readonly session: Session
  /** The ledger's own schema, or the prefix of its tables' names. */
  readonly schema: string
  readonly table: (name: string) => Knex.QueryBuilder
  /** The time of the statement in UTC; and a given time in the form that the database takes. */
  readonly now: Knex.Raw
  readonly moment: (iso: string) => string
  /** Waits for its turn in order of arrival. Null where the lock on the plan's row already ensures that order. */
  readonly turn: ((plan: string, shared: boolean) => Knex.Raw) | null
  readonly run: (query: Knex.QueryBuilder) => Promise<Result>
  /** Whether the ledger's tables are there. Throws when they belong to a newer tool. */
  readonly exists: () => Promise<boolean>
  /** Whether all tables of this version exist. Some are missing until the first runner of this version has come. */
  readonly current: () => Promise<boolean>
  /** Whether a plan's row stores the end of its trail. */
  readonly keepsEnds: () => Promise<boolean>
  /** Creates or updates the ledger's tables. */
  readonly migrate: () => Promise<void>
}

/**
 * `schema` is the ledger's own schema; the configuration checks its name. Knex is loaded here, because loading it
 * takes longer than compiling a plan, which needs no ledger.
 */
export async function openSqlStore(session: Session, home: SqlLedger, schema: string): Promise<SqlStore> {
  const { default: knex } = await import('knex')
  const builder = knex({ client: home.client })
  const run = (query: Knex.QueryBuilder): Promise<Result> => {
    const { sql, bindings } = query.toSQL().toNative()
    return session.query(sql, bindings as unknown[])
  }
  const place = home.place(schema)
  const has = async (table: string) => {
    const { rows } = await run(
      builder('information_schema.tables')
        .select('table_name')
        .where({
          table_schema: place.schema ?? builder.raw('database()'),
          table_name: `${place.prefix}${table}`,
        }),
    )
    return rows.length > 0
  }
  const table = (name: string) => {
    const query = builder(`${place.prefix}${name}`)
    return place.schema === null ? query : query.withSchema(place.schema)
  }
  const makeSchema = async (name: string) => {
    const { rows } = await run(
      builder('information_schema.schemata').select('schema_name').where({ schema_name: name }),
    )
    if (rows.length === 0) await runAll(session, builder.schema.createSchemaIfNotExists(name))
  }
  const makeTable = (name: string, columns: (table: Knex.CreateTableBuilder) => void) => {
    const schema = place.schema === null ? builder.schema : builder.schema.withSchema(place.schema)
    return runAll(
      session,
      schema.createTable(`${place.prefix}${name}`, (table) => {
        if (home.engine !== null) table.engine(home.engine)
        // Names that differ in case are different plans, even where the server compares text without case.
        if (home.collation !== null) table.charset('utf8mb4')
        if (home.collation !== null) table.collate(home.collation)
        columns(table)
      }),
    )
  }
  const inSchema = { table_schema: place.schema ?? builder.raw('database()') }
  const hasColumn = async (table: string, name: string) => {
    const column = { ...inSchema, table_name: `${place.prefix}${table}`, column_name: name }
    const found = await run(builder('information_schema.columns').select('column_name').where(column))
    return found.rows.length > 0
  }
  const version = async (): Promise<number> => {
    // A table without this column belongs to somebody else. That is reported before anything is created.
    if (!(await hasColumn('meta', 'version'))) return 0
    const { rows } = await run(table('meta').select('version'))
    return Number(rows[0]?.['version'] ?? 0)
  }
  const known = async (): Promise<number> => {
    const found = await version()
    if (found <= LEDGER_VERSION) return found
    throw new PlanError(
      'PLAN_VERSION',
      `the ledger ${schema} has version ${found}, this tool knows ${LEDGER_VERSION}`,
      { hint: 'use the newer version of the tool that wrote it' },
    )
  }
  // This is asked before every batch.
  let newest = 0
  const reaches = async (version: number) => {
    if (newest < version) newest = await known()
    return newest >= version
  }
  /** Refuses tables of somebody else that have the name of one of ours. */
  const refuseForeign = async () => {
    const all = MIGRATIONS.flat().map((one) => ({ ...one, table: `${place.prefix}${one.name}` }))
    const { rows } = await run(
      builder('information_schema.columns')
        .select({ table: 'table_name', name: 'column_name' })
        .where(inSchema)
        .whereIn(
          'table_name',
          all.map(({ table }) => table),
        ),
    )
    for (const { table, known: expected } of all) {
      const columns = rows.filter((row) => row['table'] === table).map((row) => row['name'])
      const missing = expected.filter((column) => !columns.includes(column))
      if (columns.length > 0 && missing.length > 0) throw notOurs(place.schema, table, missing)
    }
  }
  /** Repairs what an earlier version left to the server's settings. */
  const bringUp = async () => {
    const keys = await run(
      builder('information_schema.table_constraints')
        .select({ name: 'constraint_name' })
        .where({ ...inSchema, table_name: `${place.prefix}meta`, constraint_type: 'PRIMARY KEY' }),
    )
    const alter = (name: string, change: (table: Knex.AlterTableBuilder) => void) => {
      const schema = place.schema === null ? builder.schema : builder.schema.withSchema(place.schema)
      return runAll(session, schema.alterTable(`${place.prefix}${name}`, change))
    }
    if (keys.rows.length === 0) await alter('meta', (table) => void table.primary(['version']))
    if (!(await hasColumn('plans', 'last_hash'))) await alter('plans', trailEnd)
    if (home.engine === null) return
    const engines = await run(
      builder('information_schema.tables')
        .select({ name: 'table_name', engine: 'engine' })
        .where(inSchema)
        .whereIn(
          'table_name',
          MIGRATIONS.flat().map(({ name }) => `${place.prefix}${name}`),
        ),
    )
    for (const { name, engine } of engines.rows)
      if (engine !== home.engine)
        await session.query(builder.raw('alter table ?? engine = ??', [String(name), home.engine]).toQuery())
  }
  const migrateAlone = async () => {
    // The first runs of two plans may come at the same time.
    await session.alone('expand-contract ledger')
    const from = await known()
    if (from === LEDGER_VERSION) return
    for (const setting of home.making) await session.query(setting)
    if (place.schema !== null) await makeSchema(place.schema)
    await refuseForeign()
    // On a server that commits each statement by itself, an earlier migration may have stopped between two
    // statements.
    for (const { name, columns } of MIGRATIONS.slice(from).flat())
      if (!(await has(name))) await makeTable(name, columns)
    await bringUp()
    if ((await run(table('meta').select('version'))).rows.length === 0)
      await run(table('meta').insert({ version: LEDGER_VERSION }))
    else await run(table('meta').update({ version: LEDGER_VERSION }))
  }
  return {
    session,
    schema,
    table,
    now: builder.raw(home.now),
    moment: home.moment,
    turn: home.turn && ((...asked) => builder.raw(`${home.turn?.(...asked)} AS turn`)),
    run,
    exists: async () => (await known()) > 0,
    current: () => reaches(ALL_TABLES),
    keepsEnds: () => reaches(ENDS),
    migrate: async () => {
      if ((await known()) === LEDGER_VERSION) return
      await session.transaction({}, migrateAlone)
    },
  }
}
const notOurs = (schema: string | null, table: string, missing: readonly string[]): PlanError =>
  new PlanError(
    'PLAN_DRIFT',
    `the table ${schema === null ? '' : `${schema}.`}${table} goes by the name of one of the ledger's, and is none: it has no ${missing.join(', ')}`,
    { hint: 'nothing was made; rename that table, or name another ledger_schema in plan.config.yaml' },
  )

/** Runs one statement a call: a batch of several would be an implicit transaction of its own. */
async function runAll(session: Session, schema: Knex.SchemaBuilder): Promise<void> {
  for (const { sql } of schema.toSQL() as unknown as { sql: string }[]) await session.query(sql)
}
