import type { SqlLedger } from '../../dialects/interface/ledger-backend.ts'
import type { Session } from '../../dialects/interface/session.ts'

/** A row by which a migration tool knows that a file of its own was applied. */
export type ToolRow = {
  /** The tool's own table. */
  readonly table: string
  /** What identifies the file there. */
  readonly key: Readonly<Record<string, string | number>>
  readonly more: Readonly<Record<string, string | number>>
  /** Columns that get the time now. */
  readonly now: readonly string[]
  /** A column that counts how often the tool was run. */
  readonly batch?: string
}

/** The name of a table that is not there. */
export type Missing = { readonly missing: string }

/**
 * Writes the rows of one tool that are not there yet, in one transaction. Gives how many those were, or the tool's table when that is
 * missing: only the tool itself knows how to create it.
 */
export async function writeToolRows(
  session: Session,
  home: SqlLedger,
  rows: readonly ToolRow[],
): Promise<number | Missing> {
  const { default: knex } = await import('knex')
  const builder = knex({ client: home.client })
  const run = async (query: ReturnType<typeof builder>) => {
    const { sql, bindings } = query.toSQL().toNative()
    return (await session.query(sql, bindings as unknown[])).rows
  }
  const find = async (query: ReturnType<typeof builder>, value: string) => (await run(query))[0]?.[value]
  const schema = home.toolSchema
  const from = (table: string) => (schema === null ? builder(table) : builder(table).withSchema(schema))
  const inSchema = schema ?? builder.raw('database()')
  const isThere = (table: string) =>
    find(
      builder('information_schema.tables')
        .select({ n: 'table_name' })
        .where({ table_name: table, table_schema: inSchema }),
      'n',
    )
  const nextBatch = async ({ table, batch }: ToolRow) =>
    batch === undefined ? {} : { [batch]: Number((await find(from(table).max({ n: batch }), 'n')) ?? 0) + 1 }
  return session.transaction({}, async () => {
    const [first] = rows
    if (first === undefined) return 0
    if ((await isThere(first.table)) === undefined) return { missing: first.table }
    // All rows of one command count as one run of the tool.
    const batch = await nextBatch(first)
    let written = 0
    for (const { table, key, more, now } of rows) {
      if ((await run(from(table).where(key))).length > 0) continue
      const times = Object.fromEntries(now.map((name) => [name, builder.fn.now()]))
      await run(from(table).insert({ ...key, ...more, ...times, ...batch }))
      written++
    }
    return written
  })
}
