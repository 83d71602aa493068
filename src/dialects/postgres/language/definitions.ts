import { nameOf, nodes, shapeOf, statements, type Token, type Tree, tokens } from './parser.ts'
import { quote } from './quote.ts'

/**
 * The server's own definitions with one name changed. The parse tree decides which words are the column; a function,
 * string or type of the same name stays. The result is parsed again and must give exactly the intended tree. So a
 * definition that this cannot handle is an error, never a slightly different index.
 */
export function renameColumn(definition: string, from: string, to: string): string {
  const { text, unwrap } = wrap(definition)
  const before = only(text)
  const wanted = renamed(before, from, to)
  const goal = shapeOf(wanted)
  const columns = tokens(text).filter((token) => {
    if (token.string || token.comment || nameOf(token) !== from) return false
    const alone = statements(splice(text, [{ token, by: quote(to) }]))
    return 'trees' in alone && alone.trees[0] !== undefined && towards(before, alone.trees[0], wanted)
  })
  const result = splice(
    text,
    columns.map((token) => ({ token, by: quote(to) })),
  )
  if (shapeOf(only(result)) !== goal) throw new Error(`cannot rename ${from} in: ${definition}`)
  return unwrap(result)
}

/** The definition of an index or statistics object with another name; an index also gets CONCURRENTLY. */
export function renameObject(definition: string, to: string): string {
  const words = tokens(definition)
  const keyword = words.findIndex(({ text }) => /^(index|statistics)$/i.test(text))
  const isIndex = words[keyword]?.text.toLowerCase() === 'index'
  const qualified = words[keyword + 2]?.text === '.'
  const name = words[keyword + (qualified ? 3 : 1)]
  if (keyword < 0 || name === undefined)
    throw new Error(`not a definition that can be renamed: ${definition}`)
  const result = splice(definition, [{ token: name, by: isIndex ? `CONCURRENTLY ${quote(to)}` : quote(to) }])
  const tree = only(result) as {
    IndexStmt?: Record<string, unknown>
    CreateStatsStmt?: { defnames: unknown[] }
  }
  const old = only(definition) as typeof tree
  const last = (names: unknown[] | undefined) =>
    (names?.at(-1) as { String?: { sval?: string } } | undefined)?.String
  if (tree.IndexStmt) {
    if (tree.IndexStmt['idxname'] !== to) throw new Error(`cannot rename: ${definition}`)
    delete tree.IndexStmt['concurrent']
    tree.IndexStmt['idxname'] = old.IndexStmt?.['idxname']
  } else Object.assign(last(tree.CreateStatsStmt?.defnames) ?? {}, last(old.CreateStatsStmt?.defnames))
  if (shapeOf(tree) !== shapeOf(old)) throw new Error(`cannot rename: ${definition}`)
  return result
}

/** An index definition with its tablespace, which comes before WHERE. */
export function placed(definition: string, tablespace: string): string {
  let depth = 0
  const where = tokens(definition).find(({ text }) => {
    depth += text === '(' ? 1 : text === ')' ? -1 : 0
    return depth === 0 && /^where$/i.test(text)
  })
  const result = where
    ? splice(definition, [{ token: where, by: `TABLESPACE ${tablespace} ${where.text}` }])
    : `${definition} TABLESPACE ${tablespace}`
  only(result)
  return result
}

/** Constraint definitions are fragments, but the parser needs statements. */
function wrap(definition: string): { text: string; unwrap: (text: string) => string } {
  if (/^create /i.test(definition)) return { text: definition, unwrap: (text) => text }
  const prefix = 'ALTER TABLE t ADD CONSTRAINT c '
  return { text: prefix + definition, unwrap: (text) => text.slice(prefix.length) }
}

function only(text: string): Tree {
  const parsed = statements(text)
  if ('error' in parsed)
    throw new Error(`the parser does not know this definition (${parsed.error}): ${text}`)
  const [tree] = parsed.trees
  if (tree === undefined || parsed.trees.length !== 1) throw new Error(`not one statement: ${text}`)
  return tree
}

/** A copy of the tree in which every reference to the column has the new name. */
function renamed(tree: Tree, from: string, to: string): Tree {
  const copy = structuredClone(tree) as Tree
  const swap = (list: unknown) => {
    for (const item of Array.isArray(list) ? list : []) {
      const text = (item as { String?: { sval: string } }).String
      if (text?.sval === from) text.sval = to
    }
  }
  for (const { type, node } of nodes(copy)) {
    if (type === 'ColumnRef' && Array.isArray(node['fields'])) swap(node['fields'].slice(-1))
    if ((type === 'IndexElem' || type === 'StatsElem') && node['name'] === from) node['name'] = to
    // Only this table's side is renamed: pk_attrs belong to the referenced table.
    if (type === 'Constraint')
      for (const list of ['keys', 'including', 'fk_attrs', 'fk_del_set_cols']) swap(node[list])
  }
  return copy
}

/** Whether `to` differs from `from` only where it has what `goal` wants. */
function towards(from: Tree, to: Tree, goal: Tree): boolean {
  const [a, b, c] = [leaves(from), leaves(to), leaves(goal)]
  if (a.size !== b.size || a.size !== c.size) return false
  let moved = false
  for (const [path, value] of b) {
    if (a.get(path) === value) continue
    if (c.get(path) !== value) return false
    moved = true
  }
  return moved
}

function leaves(tree: Tree): Map<string, unknown> {
  const found = new Map<string, unknown>()
  const walk = (value: unknown, path: string) => {
    if (value === null || typeof value !== 'object') found.set(path, value)
    else for (const [key, inner] of Object.entries(value)) walk(inner, `${path}/${key}`)
  }
  walk(JSON.parse(shapeOf(tree)), '')
  return found
}

function splice(text: string, edits: readonly { token: Token; by: string }[]): string {
  const bytes = Buffer.from(text)
  const parts: Buffer[] = []
  let at = 0
  for (const { token, by } of edits) {
    parts.push(bytes.subarray(at, token.start), Buffer.from(by))
    at = token.end
  }
  return Buffer.concat([...parts, bytes.subarray(at)]).toString()
}
