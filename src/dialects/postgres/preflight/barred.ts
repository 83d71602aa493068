import type { Evaluated } from '../../interface/engine.ts'
import type { Refusal } from '../../interface/refusal.ts'
import type { Session } from '../../interface/session.ts'
import { inspect } from '../inspect/inspect.ts'
import { quoteTable } from '../language/quote.ts'
import { barred, usesOf } from '../language/resolve.ts'

/** Rights that roles with write access to these tables lack now. They may have been revoked since the plan was compiled. */
export async function barredWriters(
  session: Session,
  schema: string,
  evaluated: readonly Evaluated[],
): Promise<readonly Refusal[]> {
  const asked = evaluated
    .flatMap(({ table, values, checks }) => [
      ...values.map(({ sql }) => ({ table, text: `SELECT ${sql}`, looked: true })),
      ...checks.map((sql) => ({ table, text: `ALTER TABLE ${quoteTable(table)} ADD ${sql}`, looked: false })),
    ])
    .filter(({ text }) => usesOf(text).schemas.length > 0)
  if (asked.length === 0) return []
  const wanted = asked.map(({ table }) => table)
  const { tables, names } = await inspect(session, { schema, tables: wanted, names: true })
  return asked.flatMap(({ table: ref, text, looked }) => {
    const table = tables.find((one) => one.schema === ref.schema && one.name === ref.name)
    return table === undefined ? [] : barred(text, table, names, looked)
  })
}
