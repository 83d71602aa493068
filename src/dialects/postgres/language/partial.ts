import type { Scalar, Value } from '../../../plan/value.ts'
import { VALUE_PREFIX } from '../../../program/drift.ts'
import type { Table } from '../../../schema/snapshot.ts'
import type { Language } from '../../interface/language.ts'
import { PARTIAL } from '../../relational/partial.ts'
import { fits, isText, kindOf, NUMBERS, unfitting } from './kinds.ts'
import { statements, type Tree } from './parser.ts'
import { helperName, quote, quoteTable } from './quote.ts'
import { strings } from './resolve.ts'

type Node = Readonly<Record<string, unknown>>

/**
 * Why this value may fail for some row; null when it cannot. Only what is listed here is known to be safe. A value that
 * reads no column fails for all rows or none, which shows before anything is changed.
 */
export const partial: Language['partial'] = (value, { sql, reads }, type, table) => {
  if (reads.length === 0) return null
  const parsed = statements(`SELECT ${sql}`)
  if ('error' in parsed) return PARTIAL.unknown
  const [tree] = parsed.trees as { SelectStmt?: { targetList?: { ResTarget?: { val?: Tree } }[] } }[]
  const val = tree?.SelectStmt?.targetList?.[0]?.ResTarget?.val
  return val === undefined ? PARTIAL.unknown : partialOf(value, val, type, table)
}

/** The same for one value, or for one part of a coalesce. */
function partialOf(value: Value, val: Tree, type: string, table: Table): string | null {
  if ('coalesce' in value) {
    const { args } = (val as { CoalesceExpr?: { args?: Tree[] } }).CoalesceExpr ?? {}
    const found = value.coalesce.map((one, index) => partialOf(one, args?.[index] ?? {}, type, table))
    return found.find((one) => one !== null) ?? null
  }
  if (!readsColumn(val)) return null
  if ('map' in value && value.map.else === 'error') return PARTIAL.map
  if (!('sql' in value || 'map' in value || 'column' in value || 'cast' in value))
    return fits('text', type) ? null : `a text may be no ${type}`
  const typed = typing(table)
  const found = typed(val)
  if ('fails' in found) return found.fails
  if (found.type !== null && !fits(found.type, type))
    return `a value of type ${found.type} may not fit into ${type}`
  return unfitting(constantsOf(val), type) === null ? null : `a constant in it is no ${type}`
}

/** Constants that a branch of the value may give: only rows that take this branch meet one that does not fit. */
function constantsOf(tree: Tree | undefined): Scalar[] {
  const [kind, node] = Object.entries((tree ?? {}) as Node)[0] ?? ['', {}]
  const { args, defresult, ival, fval, isnull } = node as Record<string, never>
  const whens = (args ?? []) as { CaseWhen: { result: Tree } }[]
  if (kind === 'CaseExpr')
    return [...whens.map(({ CaseWhen }) => CaseWhen.result), defresult].flatMap(constantsOf)
  if (kind === 'CoalesceExpr' || kind === 'MinMaxExpr') return ((args ?? []) as Tree[]).flatMap(constantsOf)
  // Constant arithmetic is not evaluated here.
  if (kind === 'A_Expr' && !readsColumn(tree)) return [Number.NaN]
  if (kind !== 'A_Const' || isnull) return []
  if (fval) return [Number((fval as { fval: string }).fval)]
  // The tree leaves a zero out.
  return ival ? [(ival as { ival?: number }).ival ?? 0] : []
}

type Types = readonly (string | null)[]

/** `type`: null when the value takes the column's type. */
type Typed = { readonly type: string | null } | { readonly fails: string }

/** Functions that accept every value of their arguments, and their result types. */
const SAFE: readonly (readonly [names: string, type: string])[] = [
  ['lower upper initcap btrim ltrim rtrim concat concat_ws replace translate reverse left right md5', 'text'],
  [
    'length char_length character_length octet_length strpos position num_nonnulls num_nulls ascii',
    'integer',
  ],
  ['to_json', 'json'],
  ['to_jsonb', 'jsonb'],
]

/**
 * These functions read the text of a json, which may hold what neither text nor jsonb can: \u0000, half a surrogate
 * pair.
 */
const READS_JSON = 'a json may hold what can be read by no other type (\\u0000)'
const isJson = (type: string | null): boolean => kindOf(type ?? '').kind === 'json'

/** Safe when all arguments after the first are constants. Others could be negative, or an invalid pattern. */
const SAFE_WITH_CONSTANTS = 'substr substring split_part lpad rpad repeat regexp_replace'

/**
 * The result type of one of the server's own functions; null when it may fail. `read`: which arguments come from the row.
 */
function resultOf(name: string, read: readonly boolean[]): string | null {
  const among = (names: string) => names.split(' ').includes(name)
  if (among(SAFE_WITH_CONSTANTS)) return read.slice(1).includes(true) ? null : 'text'
  if (name === 'timezone') return read.length === 2 && read[0] === false ? 'other zone' : null
  return SAFE.find(([names]) => among(names))?.[1] ?? null
}

/** Near both ends of the range there are moments that exist only in UTC. */
const zoned = (zone: string, type: Types[number]): Typed =>
  /^(utc|gmt|etc\/utc)$/i.test(zone)
    ? { type: /with time zone|tz/.test(type ?? '') ? 'timestamp' : 'timestamptz' }
    : { fails: 'the first and the last moments may not be there in another time zone' }

const COMPARES = /^(=|<>|!=|<|>|<=|>=|~~|!~~|~~\*|!~~\*|~|!~|~\*|!~\*)$/

const first = (types: Types): string | null => types.find((one) => one !== null) ?? null

/** The result of an operator. Of operators that are not the server's own only those of citext are known. */
function operated(names: readonly string[], plainly: boolean, types: Types): Typed {
  const name = names.at(-1) ?? ''
  const compares = !plainly || COMPARES.test(name)
  const foreign = names.length > 1 && names[0] !== 'pg_catalog'
  if (foreign && !(compares && types.some((type) => /\bcitext$/.test(type ?? ''))))
    return { fails: `the operator ${name} may fail for some value` }
  if (compares) return { type: 'boolean' }
  if (name === '||') return { type: types.every(plain) ? 'text' : appended(types) }
  if (name !== '->' && name !== '->>') return { fails: `the operator ${name} may fail for some value` }
  if (types.some(isJson)) return { fails: READS_JSON }
  return { type: name === '->' ? first(types) : 'text' }
}

/** Joined lists or bit strings: the size is lost, and with several types the result type is unknown. */
function appended(types: Types): string {
  const known = types.filter((one) => one !== null)
  const kinds = known.map((one) => (isText(one.replace(/\[\]$/, '')) ? 'text' : kindOf(one).kind))
  const [kind = '', ...others] = new Set(kinds.map((one) => one.replace(/\[\]$/, '')))
  if (others.length > 0) return 'several types'
  if (kind === 'bit') return 'varbit'
  return known.some((one) => one.endsWith(']')) ? `${kind}[]` : kind
}

const typing = (table: Table) => {
  const column = (node: Node): Typed => {
    const name = strings(node['fields'] as never).at(-1)
    const type = table.columns.find((one) => one.name === name)?.type
    return type === undefined ? { fails: PARTIAL.unknown } : { type }
  }

  const all = (list: unknown): { readonly fails: string } | Types => {
    const types: (string | null)[] = []
    for (const one of (list ?? []) as Tree[]) {
      const found = typed(one)
      if ('fails' in found) return found
      types.push(found.type)
    }
    return types
  }

  /** Safe when its parts are safe and have a type. */
  const of = (parts: readonly unknown[], type: (types: Types) => string | null): Typed => {
    const found = all(parts.filter((part) => part !== undefined))
    return 'fails' in found ? found : { type: type(found) }
  }
  /** The widest type of the branches; unknown when they differ. */
  const widest = (types: Types): string | null => {
    const known = [...new Set(types.filter((one) => one !== null))]
    if (known.length <= 1) return first(known)
    if (known.every(isText)) return 'text'
    const numbers = known.map((one) => NUMBERS.indexOf(kindOf(one).kind))
    return numbers.includes(-1) ? 'several types' : (NUMBERS[Math.max(...numbers)] ?? null)
  }

  const call = (node: Node): Typed => {
    const names = strings(node['funcname'] as never)
    const name = names.at(-1) ?? ''
    const args = (node['args'] ?? []) as Tree[]
    const own = names.length === 1 || names[0] === 'pg_catalog'
    const type = own ? resultOf(name, args.map(readsColumn)) : null
    if (type === null) return { fails: `${name}() may fail for some value` }
    const given = all(args)
    if ('fails' in given) return given
    if (type === 'other zone') return zoned(textOf(args[0]), given.at(-1) ?? null)
    return name === 'to_jsonb' && given.some(isJson) ? { fails: READS_JSON } : { type }
  }

  const operator = (node: Node): Typed => {
    const [kind, left, right] = [node['kind'], node['lexpr'], node['rexpr']]
    const found = all([left, ...(list(right) ?? [right])].filter((side) => side !== undefined))
    if ('fails' in found) return found
    if (kind === 'AEXPR_NULLIF') return { type: first(found) }
    return operated(strings(node['name'] as never), kind === 'AEXPR_OP', found)
  }

  const cast = (node: Node): Typed => {
    const to = spelled(node['typeName'] as Node)
    const found = typed(node['arg'] as Tree)
    if ('fails' in found) return found
    if (found.type === null || fits(found.type, to)) return { type: to }
    // A cast silently cuts the text off, which is not a failure.
    if (isText(to)) return { type: to }
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
    // A constant that names its own type is accepted as it is.
    if (!readsColumn(tree))
      return { type: kind === 'TypeCast' ? spelled((node as Node)['typeName'] as Node) : null }
    return kinds[kind]?.(node as Node) ?? { fails: PARTIAL.unknown }
  }
  return typed
}

const plain = (type: string | null): boolean =>
  type === null || !/json|\[\]|tsvector|bytea|range|bit/.test(type)

const list = (tree: unknown): Tree[] | null =>
  (tree as { List?: { items?: Tree[] } } | undefined)?.List?.items ?? null

const readsColumn = (tree: unknown): boolean => JSON.stringify(tree ?? null).includes('"ColumnRef":')

const textOf = (tree: Tree | undefined): string =>
  (tree as { A_Const?: { sval?: { sval?: string } } } | undefined)?.A_Const?.sval?.sval ?? ''

const spelled = ({ names, typmods, arrayBounds }: Node): string => {
  const name = strings(names as never).at(-1) ?? ''
  const sizes = ((typmods ?? []) as { A_Const?: { ival?: { ival?: number } } }[]).map(
    ({ A_Const }) => A_Const?.ival?.ival ?? 0,
  )
  return `${name}${sizes.length > 0 ? `(${sizes.join(',')})` : ''}${arrayBounds ? '[]' : ''}`
}

/** Whether it compares with a pattern from a column. */
const isPattern = ({ kind, name, rexpr }: Node): boolean =>
  (/^AEXPR_(I?LIKE|SIMILAR)$/.test(String(kind)) || (strings(name as never).at(-1) ?? '').includes('~')) &&
  readsColumn(rexpr)

/** The value through a function of the sync, which returns `otherwise` for a row that cannot be computed. */
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
