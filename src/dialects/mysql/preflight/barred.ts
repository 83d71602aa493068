import type { Expression } from '../../../program/column.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Evaluated } from '../../interface/engine.ts'
import type { Refusal } from '../../interface/refusal.ts'
import type { Session } from '../../interface/session.ts'
import { forbidden } from '../connect/errors.ts'
import { grantee, pattern, routineGrants } from '../inspect/privileges.ts'
import { closing } from '../language/definitions.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { type Token, tokens } from '../language/tokens.ts'
import { makers } from './definers.ts'

/**
 * Functions that this user may not execute: a sync trigger evaluates them with its definer's rights. The servers check
 * only when one is called. So each value is tried on a row of NULLs, in a transaction that changes nothing; since that
 * row takes only one branch, each function is also tried alone.
 */
export async function barredDefiner(
  session: Session,
  evaluated: readonly Evaluated[],
): Promise<readonly Refusal[]> {
  const found: Refusal[] = []
  for (const { table, values, by } of evaluated) {
    const calling = values.filter(({ sql }) => calls(sql).length > 0)
    const others = by?.stand && calling.length > 0 ? await makers(session, table, by.name) : []
    // Continuing with triggers that others created needs no rights on the functions.
    const own = others.length === 0 || by?.due === true
    for (const maker of others) found.push(...(await barredMaker(session, table, calling, maker)))
    if (own) for (const value of calling) found.push(...(await barredSelf(session, table, value)))
  }
  return found
}

async function barredSelf(session: Session, table: TableRef, value: Expression): Promise<Refusal[]> {
  const denied: string[] = []
  for (const query of new Set([onNulls(table, value), ...calls(value.sql).map(alone)]))
    denied.push(...(await deniedBy(session, query)))
  if (denied.length === 0) return []
  const { rows } = await session.query('SELECT CURRENT_USER() AS user')
  return [refusal(table, value, denied.join(' '), String(rows[0]?.['user']))]
}

/**
 * Checks the definer of an existing sync by its grants, because nobody else can try its rights. Returns nothing when they
 * cannot be known.
 */
async function barredMaker(
  session: Session,
  table: TableRef,
  values: readonly Expression[],
  maker: string,
): Promise<Refusal[]> {
  const grants = await routineGrants(session, maker)
  if (grants === null) return []
  const found: Refusal[] = []
  for (const value of values) {
    const lacking: string[] = []
    for (const { schema, name } of calls(value.sql)) {
      if (grants.runs(schema ?? table.schema, name)) continue
      const there = await session.query(
        "SELECT 1 AS there FROM information_schema.ROUTINES WHERE ROUTINE_TYPE = 'FUNCTION' AND ROUTINE_SCHEMA = ? AND ROUTINE_NAME = ?",
        [schema ?? table.schema, name],
      )
      if (there.rows.length > 0) lacking.push(name)
    }
    if (lacking.length > 0) found.push(refusal(table, value, lacking.join(' '), maker))
  }
  return found
}

async function deniedBy(session: Session, query: string): Promise<string[]> {
  const problem = await session
    .transaction({ readOnly: true }, () => session.query(query))
    .then(() => null)
    .catch((error: unknown) => error)
  return forbidden(problem) === null ? [] : [String(forbidden(problem))]
}

/** The call as written: a function with a schema is never the server's own. */
const alone = ({ written, given }: Call): string =>
  `SELECT ${written}(${Array.from({ length: given }, () => 'NULL').join(', ')})`

const onNulls = (table: TableRef, { sql, reads }: Expression): string => {
  const row = reads.length === 0 ? '1' : reads.map((column) => `NULL AS ${quote(column)}`).join(', ')
  return `SELECT (${sql}) FROM (SELECT ${row}) AS ${quote(table.name)}`
}

/** `denied`: the server's message, as far as it repeats names of the expression. */
function refusal(table: TableRef, value: Expression, denied: string, user: string): Refusal {
  const words = denied.split(/[^\p{L}\p{N}_$]+/u)
  const lacking = calls(value.sql).filter(({ name }) => words.includes(name))
  const name = ({ schema, name: own }: Call) => `${quote(schema ?? table.schema)}.${quote(own)}`
  const as = `the sync of ${quoteTable(table)} runs as ${user}, who may not run`
  const so = 'each write to the table would fail (error 1370)'
  // The function may be called inside another one that this user may execute.
  if (lacking.length === 0)
    return {
      refused: `${as} a function that its expressions call: ${so}`,
      hint: `GRANT EXECUTE ON ${pattern(table.schema)}.* TO ${grantee(user)}, or on that function alone: the server names it to who runs this: ${onNulls(table, value)}`,
    }
  return {
    refused: `${as} ${lacking.map(name).join(', ')}: ${so}`,
    hint: lacking.map((one) => `GRANT EXECUTE ON FUNCTION ${name(one)} TO ${grantee(user)}`).join('; '),
  }
}

/** `given`: the number of its arguments. */
type Call = {
  readonly schema: string | null
  readonly name: string
  readonly written: string
  readonly given: number
}

/** Functions that a text calls, including the server's own. */
function calls(sql: string): Call[] {
  const words = tokens(sql)
  return words.flatMap(({ kind, means, text }, i) => {
    if (!(kind === 'word' || kind === 'name') || words[i + 1]?.text !== '(') return []
    const schema = words[i - 1]?.text === '.' ? (words[i - 2]?.means ?? null) : null
    const written = schema === null ? text : `${quote(schema)}.${text}`
    return [{ schema, name: means, written, given: given(words.slice(i + 2, closing(words, i + 1))) }]
  })
}

function given(words: readonly Token[]): number {
  let depth = 0
  let commas = 0
  for (const { text } of words) {
    if (text === '(') depth++
    else if (text === ')') depth--
    else if (text === ',' && depth === 0) commas++
  }
  return words.length === 0 ? 0 : commas + 1
}
