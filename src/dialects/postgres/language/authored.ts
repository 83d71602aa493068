import type { Expression } from '../../../program/column.ts'
import type { Names } from '../../../schema/names.ts'
import type { Snapshot, Table } from '../../../schema/snapshot.ts'
import { nearest } from '../../../text/nearest.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { nodes, statements, type Tree, tokens } from './parser.ts'
import { resolve, strings } from './resolve.ts'
import { isMoving, unsteady } from './settings.ts'

/** Aggregates that a person might write by mistake; the server would refuse them only when the first row is written. */
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

/** The author's own text: one expression that contains no statement and reads only columns of the row. */
export function authored(sql: string, table: Table, snapshot: Snapshot): Expression | Refusal {
  const select = soleSelect(sql)
  if ('refused' in select) return select
  const all = [...nodes(select.tree)]
  const reads = new Set<string>()
  for (const { type, node } of all) {
    const problem = forbidden(type, node, snapshot.names)
    if (problem) return problem
    if (type !== 'ColumnRef') continue
    const column = columnOf(node, table)
    const unreadable = typeof column === 'string' ? readable(column, table) : column
    if (unreadable) return unreadable
    reads.add(column as string)
  }
  const problem = unsteady(all, table, [...reads])
  if (problem) return problem
  const resolved = resolve(`SELECT ${sql}`, snapshot.names, typesOf(all, table, snapshot))
  if (typeof resolved !== 'string') return resolved
  const volatile = all.some(
    ({ type, node }) => type === 'FuncCall' && snapshot.volatileFunctions.includes(functionName(node)),
  )
  const types = table.columns.filter(({ name }) => reads.has(name)).map(({ type }) => type)
  return {
    sql: resolved.slice('SELECT '.length).trim(),
    reads: [...reads],
    volatile,
    ...(isMoving(all, snapshot.names, types) && { moving: true }),
  }
}

type Node = ReturnType<typeof nodes> extends Generator<infer One> ? One : never

/** Types other than the server's own that the columns bring in, unless they are cast to another type at once. */
function typesOf(all: readonly Node[], table: Table, snapshot: Snapshot): Set<string> {
  const cast = new Set(all.map(({ type, node }) => castTo(type, node, snapshot)))
  return new Set(
    all.flatMap(({ type, node }) => {
      if (type !== 'ColumnRef' || cast.has(node)) return []
      const name = strings(node['fields']).at(-1)
      return table.columns.find((column) => column.name === name)?.outside ?? []
    }),
  )
}

/** The column that is cast to one of the server's own types: its own type no longer matters. */
function castTo(type: string, node: Record<string, unknown>, { names }: Snapshot): unknown {
  if (type !== 'TypeCast') return null
  const to = strings((node['typeName'] as Record<string, unknown>)['names'])
  const own = to.length === 1 ? !names?.types.some(({ name }) => name === to[0]) : to[0] === 'pg_catalog'
  return own ? (node['arg'] as { ColumnRef?: unknown } | undefined)?.ColumnRef : null
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
  // Text in brackets can be neither a keyword of SELECT, such as ALL, nor the end of a statement.
  return 'error' in statements(`SELECT (${sql})`)
    ? { refused: 'not a single expression', hint }
    : { tree: tree as Tree }
}

function forbidden(type: string, node: Record<string, unknown>, names: Names | undefined): Refusal | null {
  const hint = 'use only columns of the row, constants, operators and functions'
  if (type === 'SubLink') return { refused: 'an expression cannot hold a subquery', hint }
  if (type === 'ParamRef') return { refused: 'an expression cannot hold parameters such as $1', hint }
  if (type === 'A_Star') return { refused: 'an expression cannot hold *', hint }
  if (type !== 'FuncCall') return null
  if (node['over']) return { refused: 'an expression cannot hold a window function', hint }
  const name = functionName(node)
  const { groups, sets } = kindOf(strings(node['funcname']), names)
  if (sets) return { refused: `an expression cannot hold ${name}, which gives several rows`, hint }
  const aggregate =
    groups || node['agg_star'] || node['agg_filter'] || node['agg_order'] || node['agg_distinct']
  return aggregate ? { refused: `an expression cannot hold the aggregate ${name}`, hint } : null
}

/** What kind of function the name may mean, over all functions of that name. */
function kindOf(parts: readonly string[], names: Names | undefined): { groups: boolean; sets: boolean } {
  const name = parts.at(-1) ?? ''
  const schema = parts.length > 1 ? parts[0] : undefined
  if (names === undefined) return { groups: AGGREGATES.has(name), sets: false }
  if (schema === 'pg_catalog' || (schema === undefined && names.own.includes(name)))
    return { groups: names.groups.includes(name), sets: names.sets.includes(name) }
  const found = names.functions.filter(
    (one) => one.name === name && (schema ? one.schema === schema : names.path.includes(one.schema)),
  )
  return { groups: found.some(({ groups }) => groups), sets: found.some(({ sets }) => sets) }
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
  if (owner === '' || owner === table.name) return column
  // A trigger sees a row, not the table.
  if (owner === `${table.schema}.${table.name}`)
    return {
      refused: `${owner}.${column} names the schema`,
      hint: `write ${table.name}.${column}, or ${column}`,
    }
  return {
    refused: `${owner}.${column} is not a column of ${table.name}`,
    hint: `an expression sees one row of ${table.name} and nothing else`,
  }
}

export function readable(column: string, table: Table): Refusal | null {
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
