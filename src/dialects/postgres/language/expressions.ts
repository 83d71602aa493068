import type { Constant, Scalar, Value } from '../../../plan/value.ts'
import type { Expression } from '../../../program/column.ts'
import type { Snapshot, Table } from '../../../schema/snapshot.ts'
import { givenBy, isScalar, notJson } from '../../constants.ts'
import { NO_MODULE, NO_QUERY } from '../../interface/language.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { authored, readable } from './authored.ts'
import { cast, firstOf } from './coalesce.ts'
import { isText, unfitting } from './kinds.ts'
import { nodes, statements, type Tree } from './parser.ts'
import { literal, quote } from './quote.ts'
import { barred, resolve, strings } from './resolve.ts'
import { typeName } from './types.ts'

/** A plan's value as an expression over a row of `table`, for a column of type `type`. */
export function expression(
  value: Value,
  table: Table,
  type: string,
  snapshot: Snapshot,
): Expression | Refusal {
  const found = unchecked(value, table, type, snapshot)
  if ('refused' in found) return found
  // The trigger evaluates it with the rights of the session that writes.
  return barred(`SELECT ${found.sql}`, table, snapshot.names)[0] ?? found
}

function unchecked(value: Value, table: Table, type: string, snapshot: Snapshot): Expression | Refusal {
  if ('sql' in value) return authored(value.sql, table, snapshot)
  if ('coalesce' in value)
    return firstOf(value.coalesce, (part) => unchecked(part, table, type, snapshot), table, type)
  if ('module' in value) return NO_MODULE
  if ('pipeline' in value)
    return { refused: 'pipeline is an expression of MongoDB', hint: 'write { sql: … } for this database' }
  const written = portable(value, table, type, snapshot)
  if ('refused' in written) return written
  for (const column of written.reads) {
    const problem = readable(column, table)
    if (problem) return problem
  }
  return written
}

/** The author's boolean for a CHECK, which sessions that write the row evaluate, too. */
export function condition(sql: string, table: Table, snapshot: Snapshot): Expression | Refusal {
  const found = authored(sql, table, snapshot)
  if ('refused' in found) return found
  return barred(`SELECT ${found.sql}`, table, snapshot.names, false)[0] ?? found
}

function portable(
  value: Exclude<
    Value,
    { sql: string } | { coalesce: unknown } | { pipeline: unknown } | { module: unknown }
  >,
  table: Table,
  type: string,
  snapshot: Snapshot,
): Expression | Refusal {
  const of = (sql: string, ...reads: string[]): Expression => ({
    sql,
    reads: [...new Set(reads)],
    volatile: false,
  })
  if ('column' in value) return of(quote(value.column), value.column)
  if ('literal' in value) return given(value.literal, type)
  if ('now' in value) return { sql: 'pg_catalog.now()', reads: [], volatile: true }
  if ('uuid' in value) return { sql: 'pg_catalog.gen_random_uuid()', reads: [], volatile: true }
  if ('lower' in value)
    return of(`pg_catalog.lower(${asText(value.lower.column, table)})`, value.lower.column)
  if ('upper' in value)
    return of(`pg_catalog.upper(${asText(value.upper.column, table)})`, value.upper.column)
  if ('trim' in value) return of(`pg_catalog.btrim(${asText(value.trim.column, table)})`, value.trim.column)
  if ('split' in value) return of(split(value.split, asText(value.split.column, table)), value.split.column)
  if ('concat' in value) {
    const columns = value.concat.columns.map(quote).join(', ')
    // concat_ws skips NULLs. A row of only NULLs gives NULL instead of ''.
    return of(
      `CASE WHEN pg_catalog.num_nonnulls(${columns}) > 0 THEN pg_catalog.concat_ws(${literal(value.concat.separator)}, ${columns}) END`,
      ...value.concat.columns,
    )
  }
  if ('cast' in value) {
    const wanted = typeName(value.cast.to, snapshot)
    return typeof wanted === 'string'
      ? of(cast(quote(value.cast.column), wanted, type), value.cast.column)
      : wanted
  }
  return mapped(value.map, table, type)
}

/** Functions of texts take nothing else. A citext is compared like any text. */
function asText(name: string, { columns }: Table): string {
  const type = columns.find((column) => column.name === name)?.type ?? 'text'
  return isText(type) ? quote(name) : `${quote(name)}::text`
}

function mapped(
  map: Extract<Value, { map: unknown }>['map'],
  { columns }: Table,
  type: string,
): Expression | Refusal {
  const { column, cases, else: other } = map
  const problem = unfitting(givenBy(map), type)
  if (problem) return problem
  const branches = Object.entries(cases).map(([from, to]) => `WHEN ${literal(from)} THEN ${branch(to, type)}`)
  // The branches of a CASE have one type.
  const own = columns.find(({ name }) => name === column)?.type ?? type
  const kept = isText(own) === isText(type) ? quote(column) : cast(quote(column), type, type)
  // Division by zero is the only error that a plain expression can raise, so no function of ours is needed.
  const raise = `(1 / (CASE WHEN ${quote(column)} IS NULL THEN NULL ELSE 0 END))::text::${type}`
  const last =
    other === 'error'
      ? raise
      : other === 'keep'
        ? kept
        : other === 'null'
          ? 'NULL'
          : branch(other.literal, type)
  return {
    sql: `CASE ${quote(column)}::text ${branches.join(' ')} ELSE ${last} END`,
    reads: [column],
    volatile: false,
  }
}

/** Between branches of a CASE an untyped literal would be a text, which other types do not take. */
const branch = (value: Scalar, type: string): string =>
  typeof value === 'string' && !isText(type) ? `CAST(${literal(value)} AS ${type})` : constant(value, type)

/** Without the separator, `first` and part 1 give the whole text, and every other part gives NULL. */
function split({ separator, part }: Extract<Value, { split: unknown }>['split'], text: string): string {
  const by = literal(separator)
  const found = `pg_catalog.strpos(${text}, ${by})`
  if (part === 'first') return `pg_catalog.split_part(${text}, ${by}, 1)`
  if (part === 'rest')
    return `CASE WHEN ${found} > 0 THEN pg_catalog.substr(${text}, ${found} + ${[...separator].length}) END`
  if (part === 'last') return `CASE WHEN ${found} > 0 THEN pg_catalog.split_part(${text}, ${by}, -1) END`
  return part === 1
    ? `pg_catalog.split_part(${text}, ${by}, 1)`
    : `NULLIF(pg_catalog.split_part(${text}, ${by}, ${part}), '')`
}

function given(value: Constant, type: string): Expression | Refusal {
  const problem = isScalar(value) ? unfitting([value], type) : null
  if (problem) return problem
  if (!isScalar(value) && !/^\s*(pg_catalog\.)?jsonb?\s*$/i.test(type)) return notJson(value, type)
  const sql = isScalar(value) ? constant(value, type) : `CAST(${literal(JSON.stringify(value))} AS ${type})`
  return { sql, reads: [], volatile: false }
}

function constant(value: Scalar, type: string): string {
  if (value === null) return `CAST(NULL AS ${type})`
  // An untyped literal gets the column's type by assignment, which refuses values that a cast would cut off.
  return typeof value === 'string' || isText(type) ? literal(String(value)) : String(value)
}

/** An author's own query: one SELECT that changes and locks nothing. */
export function query(sql: string, snapshot: Snapshot, later: boolean): string | Refusal {
  const parsed = statements(sql)
  if ('error' in parsed)
    return { refused: `not a query that PostgreSQL can read: ${parsed.error}`, ...NO_QUERY }
  const [tree] = parsed.trees as { SelectStmt?: object }[]
  if (parsed.trees.length !== 1 || !tree?.SelectStmt) return { refused: 'not a single SELECT', ...NO_QUERY }
  for (const { type } of nodes(tree as Tree)) {
    if (
      [
        'InsertStmt',
        'UpdateStmt',
        'DeleteStmt',
        'MergeStmt',
        'IntoClause',
        'intoClause',
        'LockingClause',
      ].includes(type)
    )
      return { refused: 'a query of a plan can only read', ...NO_QUERY }
  }
  const text = sql.trim().replace(/;\s*$/, '')
  return resolve(text, snapshot.names, typesNamed(tree as Tree, snapshot), later)
}

/** Types other than the server's own of columns that a query names, in any of the tables it names. */
function typesNamed(tree: Tree, { tables }: Snapshot): Set<string> {
  const all = [...nodes(tree)]
  const from = new Set(all.filter(({ type }) => type === 'RangeVar').map(({ node }) => node['relname']))
  const named = all.flatMap(({ type, node }) =>
    type === 'ColumnRef'
      ? strings(node['fields']).slice(-1)
      : type === 'JoinExpr'
        ? strings(node['usingClause'])
        : [],
  )
  const columns = tables.filter(({ name }) => from.has(name)).flatMap(({ columns: its }) => its)
  return new Set(columns.flatMap(({ name, outside }) => (outside && named.includes(name) ? [outside] : [])))
}
