import { qualified } from '../../../schema/lookup.ts'
import type { Snapshot, Table } from '../../../schema/snapshot.ts'
import type { IndexLanguage, IndexWish } from '../../interface/index-language.ts'
import { nodes, statements, type Tree } from './parser.ts'
import { quote, quoteTable } from './quote.ts'

/** The longest name, in bytes. */
const LONGEST = 63

const define: IndexLanguage['define'] = (
  table,
  name,
  { columns, expression, unique, where, method, include },
) =>
  [
    `CREATE ${unique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY ${quote(name)} ON ${quoteTable(table)}`,
    method === null ? '' : `USING ${quote(method)}`,
    `(${expression === null ? columns.map(quote).join(', ') : `(${expression.sql})`})`,
    include.length === 0 ? '' : `INCLUDE (${include.map(quote).join(', ')})`,
    where === null ? '' : `WHERE (${where.sql})`,
  ]
    .filter((part) => part !== '')
    .join(' ')

const refusal: IndexLanguage['refusal'] = (_, { columns, unique, method, include }) => {
  const kind = method ?? 'btree'
  if (unique && kind !== 'btree')
    return { refused: `an index of the kind ${kind} cannot be unique`, hint: 'leave method out, or unique' }
  if (include.length > 0 && !['btree', 'gist', 'spgist'].includes(kind))
    return {
      refused: `an index of the kind ${kind} stores no other columns`,
      hint: 'leave include out, or method',
    }
  return columns.length > 1 && ['hash', 'spgist'].includes(kind)
    ? {
        refused: `an index of the kind ${kind} has one column`,
        hint: 'leave method out, or name one column',
      }
    : null
}

/** The rule of the server (ChooseRelationName): table, columns, idx; and a number when that is taken. */
function nameFor(table: Table, wish: IndexWish, snapshot: Snapshot, label = 'idx'): string {
  const parts = [wish.expression ? calledIn(wish.expression.sql) : null, ...wish.columns, ...wish.include]
  const middle = parts.filter((part) => part !== null).join('_')
  for (let n = 0; ; n++) {
    const name = cut(table.name, middle, `${label}${n === 0 ? '' : n}`)
    const constrained = table.constraints.some((one) => one.name === name)
    if (!constrained && taken(table, name, snapshot) === null) return name
  }
}

/** What the server calls an expression: its outermost function, else `expr`. */
function calledIn(sql: string): string {
  const read = statements(`SELECT ${sql}`)
  const [tree] = 'trees' in read ? read.trees : []
  for (const { type, node } of nodes(tree ?? null)) {
    if (type === 'FuncCall') return lastOf(node['funcname'] as Tree) ?? 'expr'
    if (type === 'CoalesceExpr') return 'coalesce'
    if (!['SelectStmt', 'ResTarget', 'val', 'targetList', '0'].includes(type)) return 'expr'
  }
  return 'expr'
}

function lastOf(names: Tree): string | undefined {
  const last = Array.isArray(names) ? (names.at(-1) as { String?: { sval?: string } } | undefined) : undefined
  return last?.String?.sval
}

/** The longer of the two names is cut first, by whole characters. */
function cut(first: string, second: string, label: string): string {
  let [a, b] = [[...first], [...second]]
  const bytes = (part: readonly string[]) => Buffer.byteLength(part.join(''))
  while (bytes(a) + bytes(b) + label.length + 2 > LONGEST) {
    if (bytes(a) > bytes(b)) a = a.slice(0, -1)
    else b = b.slice(0, -1)
  }
  return `${a.join('')}_${b.join('')}_${label}`
}

/** Indexes share one set of names with all relations of the schema. */
function taken({ schema }: Table, name: string, { tables, names }: Snapshot): string | null {
  const inSchema = tables.filter((one) => one.schema === schema)
  const index = inSchema.find(({ indexes }) => indexes.some((one) => one.name === name))
  if (index) return `an index of ${qualified(index)}`
  const relation = [...inSchema, ...(names?.relations ?? [])].find(
    (one) => one.schema === schema && one.name === name,
  )
  return relation ? 'a table or view of the schema' : null
}

export const indexes: IndexLanguage = {
  ...{ refusal, nameFor, taken, define },
  hides: () => false,
  keysNeed: { own: false, unique: true },
}
