import type { Names } from '../../../schema/names.ts'
import type { Table } from '../../../schema/snapshot.ts'
import type { Texts } from '../../interface/language.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { nodes, shapeOf, statements, type Tree } from './parser.ts'
import { quote } from './quote.ts'

/** A node of the parse tree whose name may lack its schema, and where the schema would go (bytes of UTF-8). */
type Place = {
  readonly kind: 'function' | 'type' | 'relation'
  readonly node: Record<string, unknown>
  readonly name: string
}

/**
 * Gives an author's text the same meaning under every search path: names that are not the server's own get their schema,
 * by parse tree, and nothing else changes. A name with two meanings is refused. `involved`: the types with operators of
 * their own that it handles. `later`: a table may not exist yet and is then looked for among the plan's tables.
 */
export function resolve(
  text: string,
  names: Names | undefined,
  involved: ReadonlySet<string>,
  later = false,
): string | Refusal {
  const tree = only(text)
  if (names === undefined) return text
  const wanted = structuredClone(tree) as Tree
  const handled = new Set([...involved, ...typesOf(tree, names)])
  const local = new Set(
    [...nodes(tree)].flatMap(({ type, node }) => (type === 'CommonTableExpr' ? [node['ctename']] : [])),
  )
  const edits: { at: number; put: string }[] = []
  for (const place of placesIn(wanted)) {
    const schema =
      place.kind === 'relation' ? tableSchema(place, names, local, later) : schemaOf(place, names, handled)
    if (schema === null) continue
    if (typeof schema !== 'string') return schema
    edits.push({ at: Number(place.node['location']), put: `${word(schema)}.` })
    qualify(place, schema)
  }
  const unclear = operatorProblem(tree, names, handled)
  if (unclear) return unclear
  const result = spliced(text, edits)
  if (shapeOf(only(result)) !== shapeOf(wanted))
    throw new Error(`names cannot be given their schemas in: ${text}`)
  return result
}

/** The schemas that a resolved text names, and the functions in them. */
export function usesOf(text: string): {
  readonly schemas: readonly string[]
  readonly functions: readonly string[]
} {
  const schemas = new Set<string>()
  const functions = new Set<string>()
  for (const { type, node } of nodes(only(text))) {
    const parts =
      type === 'FuncCall'
        ? node['funcname']
        : type === 'typeName'
          ? node['names']
          : type === 'A_Expr'
            ? node['name']
            : []
    const [schema, name] = strings(parts)
    if (name === undefined || schema === undefined || schema === 'pg_catalog') continue
    schemas.add(schema)
    if (type === 'FuncCall') functions.add(`${schema}.${name}`)
  }
  return { schemas: [...schemas], functions: [...functions] }
}

/**
 * Rights that writers lack: an expression runs with the rights of the session that writes the row, which needs them for
 * everything it names. `looked`: names are looked up with the writer's rights; in a CHECK they are already resolved.
 */
export function barred(text: string, table: Table, names: Names | undefined, looked = true): Refusal[] {
  if (names === undefined) return []
  const writes = ({ privilege }: { readonly privilege: string }) =>
    privilege === 'INSERT' || privilege === 'UPDATE'
  const granted = [...table.grants, ...table.columns.flatMap(({ grants }) => grants)].filter(writes)
  const writers = new Set([table.owner, ...granted.map(({ to }) => to)])
  const uses = usesOf(text)
  const without = (roles: readonly string[]) => roles.filter((role) => writers.has(role))
  const schemas = names.schemas.filter(
    ({ name }) => looked && uses.schemas.includes(name) && name !== table.schema,
  )
  const functions = names.functions.filter(({ schema, name }) => uses.functions.includes(`${schema}.${name}`))
  return [
    ...schemas.flatMap(({ name, barred: roles }) =>
      without(roles).map((role) =>
        missing(table, role, `use schema ${name}`, `USAGE ON SCHEMA ${word(name)}`),
      ),
    ),
    ...functions.flatMap(({ schema, name, barred: roles, takes = [] }) => {
      const full = `${word(schema)}.${word(name)}`
      const each = takes.length === 0 ? full : takes.map((types) => `${full}(${types})`).join(', ')
      return without(roles).map((role) =>
        missing(table, role, `run ${schema}.${name}`, `EXECUTE ON FUNCTION ${each}`),
      )
    }),
  ]
}

const missing = (table: Table, role: string, what: string, right: string): Refusal => ({
  refused: `${role} may write to ${table.schema}.${table.name}, but not ${what}: each of its writes would fail`,
  hint: `GRANT ${right} TO ${role === 'PUBLIC' ? role : word(role)}`,
})

/** Warnings about names in a plan's expressions that others can redefine. */
export function exposed({ values, queries }: Texts, names: Names | undefined): string[] {
  if (names === undefined) return []
  const uses = [...values.map((value) => `SELECT ${value}`), ...queries].map(usesOf)
  const named = new Set(uses.flatMap(({ schemas }) => schemas))
  const open = names.schemas.filter(({ name, open: by }) => by.length > 0 && named.has(name))
  const pathless = names.functions.filter(
    (one) => one.pathless && uses.some(({ functions }) => functions.includes(`${one.schema}.${one.name}`)),
  )
  return [
    ...open.map(
      ({ name, open: by }) =>
        `${by.join(', ')} may make functions and operators in schema ${name}, which an expression of this plan names, and so change what it does: REVOKE CREATE ON SCHEMA ${word(name)} FROM ${by.map((role) => (role === 'PUBLIC' ? role : word(role))).join(', ')}`,
    ),
    ...pathless.map(
      ({ schema, name }) =>
        `${schema}.${name} runs with the server's own names alone on its search path; where its body names anything else: ALTER FUNCTION ${word(schema)}.${word(name)} SET search_path = …`,
    ),
  ]
}

function* placesIn(tree: Tree): Generator<Place> {
  for (const { type, node } of nodes(tree)) {
    const parts = strings(type === 'FuncCall' ? node['funcname'] : type === 'typeName' ? node['names'] : [])
    const [name] = parts
    if (name !== undefined && parts.length === 1)
      yield { kind: type === 'FuncCall' ? 'function' : 'type', node, name }
    if (type === 'RangeVar' && node['schemaname'] === undefined)
      yield { kind: 'relation', node, name: String(node['relname']) }
  }
}

/** The schema that a bare name needs; null when it is the server's own or unknown. */
function schemaOf(
  { kind, name }: Place,
  names: Names,
  handled: ReadonlySet<string>,
): string | null | Refusal {
  const all: readonly {
    readonly schema: string
    readonly name: string
    readonly types?: readonly string[]
  }[] = kind === 'function' ? names.functions : kind === 'type' ? names.types : names.relations
  const found = all.filter((one) => one.name === name)
  const near = found.filter(({ schema }) => names.path.includes(schema))
  if (kind === 'function' && names.own.includes(name)) {
    const other = near.find(({ types = [] }) => types.some((type) => handled.has(type)))
    return other ? ambiguous(name, ['pg_catalog', other.schema]) : null
  }
  if (near.length > 1)
    return ambiguous(
      name,
      near.map(({ schema }) => schema),
    )
  const [one] = near
  if (one) return one.schema
  const [elsewhere] = found
  if (elsewhere)
    return {
      refused: `${name} is neither in pg_catalog nor in ${names.path.join(' or ')}`,
      hint: `write ${word(elsewhere.schema)}.${word(name)} if you mean that one`,
    }
  // The server's own types are not listed; its tables and views have a prefix.
  return kind === 'type' || name.startsWith('pg_')
    ? null
    : {
        refused: `there is no ${kind === 'function' ? 'function' : 'table'} ${name}`,
        hint: `it is looked up in pg_catalog, ${names.path.join(' and ')}: write its schema if it is in another one`,
      }
}

function tableSchema(
  place: Place,
  names: Names,
  local: ReadonlySet<unknown>,
  later: boolean,
): string | null | Refusal {
  const { name } = place
  const there = names.relations.some((one) => one.name === name)
  if (!local.has(name)) return there || !later ? schemaOf(place, names, new Set()) : comingTo(name, names)
  // A CTE of that name hides the table from only a part of the query.
  return there
    ? { refused: `${name} is the name of a WITH and of a table`, hint: 'give the WITH another name' }
    : null
}

const comingTo = (name: string, { path }: Names): string | null =>
  name.startsWith('pg_') ? null : (path[0] ?? null)

const ambiguous = (name: string, schemas: readonly string[]): Refusal => ({
  refused: `${name} can mean ${schemas.map((schema) => `${schema}.${name}`).join(' or ')}`,
  hint: `write which one: ${schemas.map((schema) => `${word(schema)}.${word(name)}`).join(' or ')}`,
})

function qualify({ kind, node }: Place, schema: string): void {
  // As the first key, where the parser puts it.
  if (kind === 'relation')
    for (const [key, value] of [['schemaname', schema], ...Object.entries(node)] as const) {
      delete node[key]
      node[key] = value
    }
  else (node[kind === 'function' ? 'funcname' : 'names'] as unknown[]).unshift({ String: { sval: schema } })
}

/** Types with their own operators that a cast or a call brings in. */
function typesOf(tree: Tree, names: Names): string[] {
  return [...nodes(tree)].flatMap(({ type, node }) => {
    const parts = strings(type === 'FuncCall' ? node['funcname'] : type === 'typeName' ? node['names'] : [])
    const name = parts.at(-1)
    const matches = (one: { readonly schema: string; readonly name: string }) =>
      one.name === name && (parts.length === 1 || one.schema === parts[0])
    if (type === 'FuncCall')
      return parts.length === 1 && names.own.includes(name ?? '')
        ? []
        : names.functions.filter(matches).flatMap(({ types }) => types)
    return names.types
      .filter((one) => one.base && matches(one))
      .map((one) => `${word(one.schema)}.${word(one.name)}`)
  })
}

/** Operators are looked up along the path, even implicit ones: of IN, CASE, NULLIF, BETWEEN, USING. */
function operatorProblem(tree: Tree, names: Names, handled: ReadonlySet<string>): Refusal | null {
  for (const { type, node } of nodes(tree))
    for (const operator of operatorsOf(type, node)) {
      const others = names.foreign.filter(({ name }) => name === operator)
      const [other] = names.operators.includes(operator)
        ? others.filter(({ types }) => types.some((one) => handled.has(one)))
        : others
      if (!other) continue
      const [of] = other.types.filter((one) => handled.has(one))
      return {
        refused: `what ${operator} means${of === undefined ? '' : ` for ${of}`} depends on where a session looks names up`,
        hint: `write OPERATOR(${word(other.schema)}.${operator})${names.operators.includes(operator) ? `, or cast to a type of the server's own first, such as …::text` : ''}`,
      }
    }
  return null
}

function operatorsOf(type: string, node: Record<string, unknown>): readonly string[] {
  if (type === 'CaseExpr') return node['arg'] ? ['='] : []
  if (type === 'JoinExpr') return node['usingClause'] || node['isNatural'] ? ['='] : []
  if (type === 'SubLink')
    return node['subLinkType'] === 'ANY_SUBLINK' && !node['operName'] ? ['='] : strings(node['operName'])
  if (type !== 'A_Expr') return []
  if (/BETWEEN/.test(String(node['kind']))) return ['>=', '<=']
  const parts = strings(node['name'])
  return parts.length === 1 ? parts : []
}

export const strings = (list: unknown): string[] =>
  (Array.isArray(list) ? list : []).flatMap((item) => {
    const text = (item as { String?: { sval?: string } }).String?.sval
    return text === undefined ? [] : [text]
  })

function only(text: string): Tree {
  const parsed = statements(text)
  const tree = 'trees' in parsed ? parsed.trees[0] : undefined
  if (tree === undefined) throw new Error(`cannot be read: ${text}`)
  return tree
}

/** A name as people write it: quoted where needed. */
const word = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) && 'trees' in statements(`SELECT ${name}.x(NULL::${name}.x)`)
    ? name
    : quote(name)

function spliced(text: string, edits: readonly { readonly at: number; readonly put: string }[]): string {
  const bytes = Buffer.from(text)
  let from = 0
  const parts = edits
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ at, put }) => {
      const before = bytes.subarray(from, at)
      from = at
      return [before, Buffer.from(put)]
    })
  return Buffer.concat([...parts, bytes.subarray(from)]).toString()
}
