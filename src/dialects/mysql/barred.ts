import type { Expression, TableRef } from '../../compiler/step.ts'
import type { Refusal } from '../dialect.ts'
import type { Evaluated, Session } from '../session.ts'
import { forbidden } from './errors.ts'
import { grantee } from './privileges.ts'
import { quote, quoteTable } from './quote.ts'
import { tokens } from './tokens.ts'

/**
 * Functions that this user may not run: a sync trigger evaluates them with the rights of who makes it. The servers look only
 * when one is called, so each value is tried on a row of NULLs, in a transaction that changes nothing.
 */
export async function barredDefiner(
  session: Session,
  evaluated: readonly Evaluated[],
): Promise<readonly Refusal[]> {
  const found: Refusal[] = []
  for (const { table, values } of evaluated)
    for (const value of values.filter(({ sql }) => calls(sql).length > 0)) {
      const problem = await session
        .transaction({ readOnly: true }, () => session.query(onNulls(table, value)))
        .then(() => null)
        .catch((error: unknown) => error)
      const denied = forbidden(problem)
      if (denied === null) continue
      const { rows } = await session.query('SELECT CURRENT_USER() AS user')
      found.push(refusal(table, value, denied, String(rows[0]?.['user'])))
    }
  return found
}

const onNulls = (table: TableRef, { sql, reads }: Expression): string => {
  const row = reads.length === 0 ? '1' : reads.map((column) => `NULL AS ${quote(column)}`).join(', ')
  return `SELECT (${sql}) FROM (SELECT ${row}) AS ${quote(table.name)}`
}

/** `denied`: what the server says, as far as names of the expression stand in it. */
function refusal(table: TableRef, { sql }: Expression, denied: string, user: string): Refusal {
  const lacking = calls(sql).filter(({ name }) => denied.includes(name))
  const name = ({ schema, name: own }: { schema: string | null; name: string }) =>
    `${quote(schema ?? table.schema)}.${quote(own)}`
  return {
    refused: `the sync of ${quoteTable(table)} runs as ${user}, who may not run ${lacking.map(name).join(', ')}: each write to the table would fail (error 1370)`,
    hint: lacking.map((one) => `GRANT EXECUTE ON FUNCTION ${name(one)} TO ${grantee(user)}`).join('; '),
  }
}

/** Functions that a text calls, be they the server's own or not. */
function calls(sql: string): { readonly schema: string | null; readonly name: string }[] {
  const words = tokens(sql)
  return words.flatMap(({ kind, means }, i) => {
    if (!(kind === 'word' || kind === 'name') || words[i + 1]?.text !== '(') return []
    const schema = words[i - 1]?.text === '.' ? (words[i - 2]?.means ?? null) : null
    return [{ schema, name: means }]
  })
}
