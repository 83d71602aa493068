import type { Expression } from '../../compiler/step.ts'
import type { Constant, Scalar, Value } from '../../plan/value.ts'
import { nearest } from '../../schema/nearest.ts'
import type { Snapshot, Table } from '../../schema/snapshot.ts'
import { isScalar, notJson } from '../constants.ts'
import type { Refusal } from '../dialect.ts'
import { nodes, statements, type Tree, tokens } from './parser.ts'
import { literal, quote } from './quote.ts'
import { typeName } from './types.ts'

/** Aggregates a person might write by mistake; the server would only refuse them when the first row is written. */
const AGGREGATES = new Set([
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'array_agg',
  'string_agg',
  'json_agg',
  'jsonb_agg',
  'bool_and',
  'bool_or',
  'every',
])

/** A plan's value as an expression over a row of `table`, for a column of type `type`. */
export function expression(
  value: Value,
  table: Table,
  type: string,
  snapshot: Snapshot,
): Expression | Refusal {
  if ('sql' in value) return authored(value.sql, table, snapshot)
  if ('pipeline' in value)
    return { refused: 'pipeline is an expression of MongoDB', hint: 'write { sql: … } for this database' }
  const written = portable(value, type, snapshot)
  if ('refused' in written) return written
  for (const column of written.reads) {
    const problem = readable(column, table)
    if (problem) return problem
  }
  return written
}

/** A boolean of the author's, for CHECK. */
export const condition = (sql: string, table: Table, snapshot: Snapshot): Expression | Refusal =>
  authored(sql, table, snapshot)

function portable(
  value: Exclude<Value, { sql: string } | { pipeline: unknown }>,
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
  if ('lower' in value) return of(`pg_catalog.lower(${quote(value.lower.column)})`, value.lower.column)
  if ('upper' in value) return of(`pg_catalog.upper(${quote(value.upper.column)})`, value.upper.column)
  if ('trim' in value) return of(`pg_catalog.btrim(${quote(value.trim.column)})`, value.trim.column)
  if ('split' in value) return of(split(value.split), value.split.column)
  if ('concat' in value) {
    const columns = value.concat.columns.map(quote).join(', ')
    // concat_ws leaves NULLs out; a row of NULLs alone stays NULL instead of becoming ''.
    return of(
      `CASE WHEN pg_catalog.num_nonnulls(${columns}) > 0 THEN pg_catalog.concat_ws(${literal(value.concat.separator)}, ${columns}) END`,
      ...value.concat.columns,
    )
  }
  if ('cast' in value) {
    const wanted = typeName(value.cast.to, snapshot)
    return typeof wanted === 'string'
      ? of(`CAST(${quote(value.cast.column)} AS ${wanted})`, value.cast.column)
      : wanted
  }
  return mapped(value.map, type)
}

function mapped(
  { column, cases, else: other }: Extract<Value, { map: unknown }>['map'],
  type: string,
): Expression | Refusal {
  const branches = Object.entries(cases).map(
    ([from, to]) => `WHEN ${literal(from)} THEN ${constant(to, type)}`,
  )
  // Division by zero is the one error that an expression can raise by itself; no function of ours is needed.
  const raise = `(1 / (CASE WHEN ${quote(column)} IS NULL THEN NULL ELSE 0 END))::text::${type}`
  const last =
    other === 'error'
      ? raise
      : other === 'keep'
        ? quote(column)
        : other === 'null'
          ? 'NULL'
          : constant(other.literal, type)
  return {
    sql: `CASE ${quote(column)}::text ${branches.join(' ')} ELSE ${last} END`,
    reads: [column],
    volatile: false,
  }
}

/** Without the separator, `first` and part 1 are all of the text and every other part is NULL. */
function split({ column, separator, part }: Extract<Value, { split: unknown }>['split']): string {
  const [text, by] = [quote(column), literal(separator)]
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
  if (!isScalar(value) && !/^\s*(pg_catalog\.)?jsonb?\s*$/i.test(type)) return notJson(value, type)
  const sql = isScalar(value) ? constant(value, type) : `CAST(${literal(JSON.stringify(value))} AS ${type})`
  return { sql, reads: [], volatile: false }
}

function constant(value: Scalar, type: string): string {
  if (value === null) return `CAST(NULL AS ${type})`
  // An untyped literal takes the type of the column by assignment, which refuses what a cast would cut off.
  return typeof value === 'string' ? literal(value) : String(value)
}

/** The author's own text: one expression, nothing that could be a statement, and only columns of the row. */
function authored(sql: string, table: Table, snapshot: Snapshot): Expression | Refusal {
  const select = soleSelect(sql)
  if ('refused' in select) return select
  const reads = new Set<string>()
  let volatile = false
  for (const { type, node } of nodes(select.tree)) {
    const problem = forbidden(type, node)
    if (problem) return problem
    if (type === 'FuncCall' && snapshot.volatileFunctions.includes(functionName(node))) volatile = true
    if (type !== 'ColumnRef') continue
    const column = columnOf(node, table)
    const unreadable = typeof column === 'string' ? readable(column, table) : column
    if (unreadable) return unreadable
    reads.add(column as string)
  }
  return { sql: sql.trim(), reads: [...reads], volatile }
}

function soleSelect(sql: string): { tree: Tree } | Refusal {
  const hint = 'write one expression over the columns of the row, as it would stand in a SELECT list'
  if (tokens(sql).some(({ comment }) => comment))
    return { refused: 'an expression cannot hold comments', hint }
  const parsed = statements(`SELECT ${sql}`)
  if ('error' in parsed)
    return { refused: `not an expression that PostgreSQL can read: ${parsed.error}`, hint }
  const [tree] = parsed.trees as { SelectStmt?: Record<string, unknown> }[]
  const select = tree?.SelectStmt
  if (parsed.trees.length !== 1 || !select) return { refused: 'more than one statement', hint }
  const targets = (select['targetList'] ?? []) as { ResTarget?: { name?: string } }[]
  const others = Object.keys(select).filter((key) => !['targetList', 'limitOption', 'op'].includes(key))
  if (others.length > 0 || select['op'] !== 'SETOP_NONE') return { refused: 'not a single expression', hint }
  if (targets.length !== 1) return { refused: `${targets.length} expressions instead of one`, hint }
  if (targets[0]?.ResTarget?.name) return { refused: 'an expression cannot have an alias', hint }
  // What stands in brackets can be neither a word of SELECT, such as ALL, nor the end of a statement.
  return 'error' in statements(`SELECT (${sql})`)
    ? { refused: 'not a single expression', hint }
    : { tree: tree as Tree }
}

function forbidden(type: string, node: Record<string, unknown>): Refusal | null {
  const hint = 'use only columns of the row, constants, operators and functions'
  if (type === 'SubLink') return { refused: 'an expression cannot hold a subquery', hint }
  if (type === 'ParamRef') return { refused: 'an expression cannot hold parameters such as $1', hint }
  if (type === 'A_Star') return { refused: 'an expression cannot hold *', hint }
  if (type !== 'FuncCall') return null
  if (node['over']) return { refused: 'an expression cannot hold a window function', hint }
  const name = functionName(node)
  const aggregate =
    AGGREGATES.has(name) ||
    node['agg_star'] ||
    node['agg_filter'] ||
    node['agg_order'] ||
    node['agg_distinct']
  return aggregate ? { refused: `an expression cannot hold the aggregate ${name}`, hint } : null
}

const functionName = (call: Record<string, unknown>): string => {
  const parts = (call['funcname'] ?? []) as { String?: { sval?: string } }[]
  return parts.at(-1)?.String?.sval ?? ''
}

function columnOf(reference: Record<string, unknown>, table: Table): string | Refusal {
  const fields = reference['fields'] as { String?: { sval: string } }[]
  const names = fields.map((field) => field.String?.sval ?? '*')
  const column = names.pop() ?? ''
  const owner = names.join('.')
  if (owner === '' || owner === table.name || owner === `${table.schema}.${table.name}`) return column
  return {
    refused: `${owner}.${column} is not a column of ${table.name}`,
    hint: `an expression sees one row of ${table.name} and nothing else`,
  }
}

function readable(column: string, table: Table): Refusal | null {
  const found = table.columns.find(({ name }) => name === column)
  if (!found) {
    const near = nearest(
      column,
      table.columns.map(({ name }) => name),
    )
    return {
      refused: `${table.name} has no column ${column}`,
      hint: near ? `did you mean ${near}?` : 'an expression sees the columns of its row',
    }
  }
  // A stored generated column is still empty when BEFORE triggers run, so backfill and sync would disagree.
  if (found.generated)
    return {
      refused: `${column} is a generated column, which a trigger cannot read`,
      hint: `write out what it is generated from: ${found.generated.expression}`,
    }
  return null
}

/** An author's own query: one SELECT that changes nothing and locks nothing. */
export function query(sql: string): Refusal | null {
  const hint = 'write one SELECT that returns the keys of the rows that break the rule'
  const parsed = statements(sql)
  if ('error' in parsed) return { refused: `not a query that PostgreSQL can read: ${parsed.error}`, hint }
  const [tree] = parsed.trees as { SelectStmt?: object }[]
  if (parsed.trees.length !== 1 || !tree?.SelectStmt) return { refused: 'not a single SELECT', hint }
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
      return { refused: 'a query of a plan can only read', hint }
  }
  return null
}
