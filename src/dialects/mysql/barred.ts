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
function refusal(table: TableRef, value: Expression, denied: string, user: string): Refusal {
  const words = denied.split(/[^\p{L}\p{N}_$]+/u)
  const lacking = calls(value.sql).filter(({ name }) => words.includes(name))
  const name = ({ schema, name: own }: { schema: string | null; name: string }) =>
    `${quote(schema ?? table.schema)}.${quote(own)}`
  const as = `the sync of ${quoteTable(table)} runs as ${user}, who may not run`
  const so = 'each write to the table would fail (error 1370)'
  // It may be called within one that this user may run.
  if (lacking.length === 0)
    return {
      refused: `${as} a function that its expressions call: ${so}`,
      hint: `GRANT EXECUTE ON FUNCTION … TO ${grantee(user)}; which one it is the server says to who runs this: ${onNulls(table, value)}`,
    }
  return {
    refused: `${as} ${lacking.map(name).join(', ')}: ${so}`,
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
