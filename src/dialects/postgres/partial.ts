import { VALUE_PREFIX } from '../../schema/describe.ts'
import type { Table } from '../../schema/snapshot.ts'
import type { Language } from '../dialect.ts'
import { PARTIAL } from '../partial.ts'
import { statements, type Tree } from './parser.ts'
import { helperName, quote, quoteTable } from './quote.ts'
import { strings } from './resolve.ts'

type Node = Readonly<Record<string, unknown>>

/**
 * Why this value may fail for some row, or null. Known to be safe is only what is listed here. What reads no column either fails for
 * all rows or for none, and shows before anything is changed.
 */
export const partial: Language['partial'] = (value, { sql, reads }, type, table) => {
  if (reads.length === 0) return null
  if ('map' in value && value.map.else === 'error') return PARTIAL.map
  if (!('sql' in value || 'map' in value || 'column' in value || 'cast' in value))
    return fits('text', type) ? null : `a text may be no ${type}`
  const parsed = statements(`SELECT ${sql}`)
  if ('error' in parsed) return PARTIAL.unknown
  const [tree] = parsed.trees as { SelectStmt?: { targetList?: { ResTarget?: { val?: Tree } }[] } }[]
  const val = tree?.SelectStmt?.targetList?.[0]?.ResTarget?.val
  if (val === undefined) return PARTIAL.unknown
  const typed = typing(table)
  const found = typed(val)
  if ('fails' in found) return found.fails
  return found.type === null || fits(found.type, type)
    ? null
    : `a value of type ${found.type} may not fit into ${type}`
}

/** `type`: null where it takes that of the column. */
type Typed = { readonly type: string | null } | { readonly fails: string }

/** Functions that take every value of their arguments, and what they give. */
const SAFE: readonly (readonly [names: string, type: string])[] = [
  ['lower upper initcap btrim ltrim rtrim concat concat_ws replace translate reverse left right md5', 'text'],
  [
    'length char_length character_length octet_length strpos position num_nonnulls num_nulls ascii',
    'integer',
  ],
  ['to_json', 'json'],
  ['to_jsonb', 'jsonb'],
]

/** With constants alone behind the first argument: others could be below zero, or no pattern. */
const SAFE_WITH_CONSTANTS = 'substr substring split_part lpad rpad repeat regexp_replace'

/** What one of the server's own functions gives, or null where it may fail. `read`: which of its arguments come from the row. */
function resultOf(name: string, read: readonly boolean[]): string | null {
  const among = (names: string) => names.split(' ').includes(name)
  if (among(SAFE_WITH_CONSTANTS)) return read.slice(1).includes(true) ? null : 'text'
  if (name === 'timezone') return read.length === 2 && read[0] === false ? 'other zone' : null
  return SAFE.find(([names]) => among(names))?.[1] ?? null
}

const otherZone = (type: string | null): string =>
  /with time zone|tz/.test(type ?? '') ? 'timestamp' : 'timestamptz'

const COMPARES = /^(=|<>|!=|<|>|<=|>=|~~|!~~|~~\*|!~~\*|~|!~|~\*|!~\*)$/

const typing = (table: Table) => {
  const column = (node: Node): Typed => {
    const name = strings(node['fields'] as never).at(-1)
    return { type: table.columns.find((one) => one.name === name)?.type ?? null }
  }

  const all = (list: unknown): { readonly fails: string } | readonly (string | null)[] => {
    const types: (string | null)[] = []
    for (const one of (list ?? []) as Tree[]) {
      const found = typed(one)
      if ('fails' in found) return found
      types.push(found.type)
    }
    return types
  }

  /** Safe where its parts are, and of a type. */
  const of = (
    parts: readonly unknown[],
    type: (types: readonly (string | null)[]) => string | null,
  ): Typed => {
    const found = all(parts.filter((part) => part !== undefined))
    return 'fails' in found ? found : { type: type(found) }
  }
  const first = (types: readonly (string | null)[]) => types.find((one) => one !== null) ?? null
  /** Of branches the widest one counts; where they differ it is not known which. */
  const widest = (types: readonly (string | null)[]): string | null => {
    const known = [...new Set(types.filter((one) => one !== null))]
    return known.length > 1 ? (known.every((one) => TEXT.test(one)) ? 'text' : 'several types') : first(known)
  }

  const call = (node: Node): Typed => {
    const names = strings(node['funcname'] as never)
    const name = names.at(-1) ?? ''
    const args = (node['args'] ?? []) as Tree[]
    const own = names.length === 1 || names[0] === 'pg_catalog'
    const type = own ? resultOf(name, args.map(readsColumn)) : null
    if (type === null) return { fails: `${name}() may fail for some value` }
    return of(args, (types) => (type === 'other zone' ? otherZone(types.at(-1) ?? null) : type))
  }

  const operator = (node: Node): Typed => {
    const name = strings(node['name'] as never).at(-1) ?? ''
    const [kind, left, right] = [node['kind'], node['lexpr'], node['rexpr']]
    const sides = [left, ...(list(right) ?? [right])]
    if (kind === 'AEXPR_NULLIF') return of(sides, first)
    if (kind === 'AEXPR_OP' && name === '||')
      return of(sides, (types) => (types.every(plain) ? 'text' : null))
    if (kind === 'AEXPR_OP' && (name === '->' || name === '->>'))
      return of(sides, (types) => (name === '->' ? first(types) : 'text'))
    if (kind !== 'AEXPR_OP' || COMPARES.test(name)) return of(sides, () => 'boolean')
    return { fails: `the operator ${name} may fail for some value` }
  }

  const cast = (node: Node): Typed => {
    const to = spelled(node['typeName'] as Node)
    const found = typed(node['arg'] as Tree)
    if ('fails' in found) return found
    if (found.type === null || fits(found.type, to)) return { type: to }
    // Cut off in silence, which is no failure.
    if (TEXT.test(to)) return { type: to }
    return { fails: `a cast from ${found.type} to ${to} may fail for some value` }
  }

  const kinds: Readonly<Record<string, (node: Node) => Typed>> = {
    ColumnRef: column,
    FuncCall: call,
    A_Expr: (node) =>
      isPattern(node) ? { fails: 'a pattern that comes from the row may be none' } : operator(node),
    TypeCast: cast,
    BoolExpr: ({ args }) => of(args as never, () => 'boolean'),
    NullTest: ({ arg }) => of([arg], () => 'boolean'),
    BooleanTest: ({ arg }) => of([arg], () => 'boolean'),
    CoalesceExpr: ({ args }) => of(args as never, widest),
    MinMaxExpr: ({ args }) => of(args as never, widest),
    CollateClause: ({ arg }) => of([arg], first),
    CaseExpr: ({ arg, args, defresult }) => {
      const whens = (args as { CaseWhen: { expr: Tree; result: Tree } }[]).map(({ CaseWhen }) => CaseWhen)
      const asked = of([arg, ...whens.map(({ expr }) => expr)], first)
      return 'fails' in asked ? asked : of([...whens.map(({ result }) => result), defresult], widest)
    },
  }

  const typed = (tree: Tree): Typed => {
    const [kind, node] = Object.entries((tree ?? {}) as Node)[0] ?? ['', {}]
    // A constant with a type of its own is taken at its word.
    if (!readsColumn(tree))
      return { type: kind === 'TypeCast' ? spelled((node as Node)['typeName'] as Node) : null }
    return kinds[kind]?.(node as Node) ?? { fails: PARTIAL.unknown }
  }
  return typed
}

const list = (tree: unknown): Tree[] | null =>
  (tree as { List?: { items?: Tree[] } } | undefined)?.List?.items ?? null

const readsColumn = (tree: unknown): boolean => JSON.stringify(tree ?? null).includes('"ColumnRef":')

const spelled = ({ names, typmods, arrayBounds }: Node): string => {
  const name = strings(names as never).at(-1) ?? ''
  const sizes = ((typmods ?? []) as { A_Const?: { ival?: { ival?: number } } }[]).map(
    ({ A_Const }) => A_Const?.ival?.ival ?? 0,
  )
  return `${name}${sizes.length > 0 ? `(${sizes.join(',')})` : ''}${arrayBounds ? '[]' : ''}`
}

/** Whether it compares with a pattern that a column gives. */
const isPattern = ({ kind, name, rexpr }: Node): boolean =>
  (/^AEXPR_(I?LIKE|SIMILAR)$/.test(String(kind)) || (strings(name as never).at(-1) ?? '').includes('~')) &&
  readsColumn(rexpr)

/** Types by the names that the server prints, those that the parser makes of them, and their size. */
const kindOf = (type: string): { readonly kind: string; readonly size: readonly number[] } => {
  const [, name = '', size = '', rest = ''] =
    /^([^(]*)(?:\(([^)]*)\))?(.*)$/.exec(type.trim().toLowerCase()) ?? []
  const word = `${name.trim()}${rest}`.replace(/^pg_catalog\./, '')
  return { kind: KINDS.get(word) ?? word, size: size === '' ? [] : size.split(',').map(Number) }
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ...['character varying', 'varchar'].map((name) => [name, 'varchar'] as const),
  ...['character', 'char', 'bpchar'].map((name) => [name, 'char'] as const),
  ...['int2', 'smallint'].map((name) => [name, 'int2'] as const),
  ...['int4', 'integer', 'int'].map((name) => [name, 'int4'] as const),
  ...['int8', 'bigint'].map((name) => [name, 'int8'] as const),
  ...['numeric', 'decimal'].map((name) => [name, 'numeric'] as const),
  ...['float4', 'real'].map((name) => [name, 'float4'] as const),
  ...['float8', 'double precision', 'float'].map((name) => [name, 'float8'] as const),
  ...['bool', 'boolean'].map((name) => [name, 'bool'] as const),
  ...['timestamp', 'timestamp without time zone'].map((name) => [name, 'timestamp'] as const),
  ...['timestamptz', 'timestamp with time zone'].map((name) => [name, 'timestamptz'] as const),
  ...['time', 'time without time zone'].map((name) => [name, 'time'] as const),
])

/** Of any value of the first an assignment makes one of the second. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  int2: ['int4', 'int8', 'float4', 'float8'],
  int4: ['int8', 'float4', 'float8'],
  int8: ['float4', 'float8'],
  float4: ['float8'],
  json: ['jsonb'],
  jsonb: ['json'],
  timestamp: ['date', 'time'],
  timestamptz: ['date', 'time', 'timestamp'],
  date: ['timestamp', 'timestamptz'],
}

const TEXT = /^(text|varchar|character varying|char|character|bpchar|name|citext)(\(\d+\))?$/i
const plain = (type: string | null): boolean =>
  type === null || !/json|\[\]|tsvector|bytea|range|bit/.test(type)

/** Whether each value of a type can be kept in a column of the other one; how long a text is, is another question. */
function fits(from: string, to: string): boolean {
  const [one, other] = [kindOf(from), kindOf(to)]
  if (/^(text|varchar|char)$/.test(other.kind) && other.size.length === 0) return true
  if (TEXT.test(from) && TEXT.test(to)) return true
  if (other.kind === 'numeric' && /^(int\d|numeric)$/.test(one.kind))
    return other.size.length === 0 || (one.kind === 'numeric' && String(one.size) === String(other.size))
  if (one.kind === other.kind) return true
  return WIDER[one.kind]?.includes(other.kind) ?? false
}

export const characters: Language['characters'] = (type) => {
  const { kind, size } = kindOf(type)
  return /^(varchar|char)$/.test(kind) ? (size[0] ?? (kind === 'char' ? 1 : null)) : null
}

/** The value by a function that the sync brings along, which gives `otherwise` where nothing can be made of a row. */
export const total: Language['total'] = (_, written, type, table, { plan, column, otherwise }) => {
  const name = helperName(`${VALUE_PREFIX}${column}`, plan, table.schema, table.name)
  const reads = written.reads.map((read) => ({
    name: read,
    type: table.columns.find((one) => one.name === read)?.type ?? 'text',
  }))
  const sql = `${quoteTable({ schema: table.schema, name })}(${reads.map((one) => quote(one.name)).join(', ')})`
  const tried = {
    name,
    sql: written.sql,
    reads,
    type,
    otherwise: otherwise ?? 'NULL',
    volatile: written.volatile,
  }
  return { value: { ...written, sql, tried } }
}
