import { nodes, statements, type Tree } from '../../src/dialects/postgres/language/parser.ts'

/** What the server itself has: names of functions, operators, types, and tables and views. */
export type Own = Readonly<Record<'functions' | 'operators' | 'relations' | 'types', ReadonlySet<string>>>

/** Reads all of that in one row. */
export const OWN = `SELECT
  ARRAY(SELECT proname::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace) AS functions,
  ARRAY(SELECT oprname::text FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace) AS operators,
  ARRAY(SELECT relname::text FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace) AS relations,
  ARRAY(SELECT typname::text FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace UNION SELECT 'bigserial') AS types`

const strings = (list: unknown): string[] =>
  (Array.isArray(list) ? list : []).flatMap(
    ({ String: text }: { String?: { sval: string } }) => text?.sval ?? [],
  )

/** Names in a statement that are neither the server's own nor have a schema: those that would be looked up elsewhere. */
export function unsafeNames(statement: string, own: Own): string[] {
  const parsed = statements(statement)
  if ('error' in parsed) return [`cannot be read: ${statement}`]
  const all = [...nodes(parsed.trees as Tree)]
  const local = new Set(
    all.flatMap(({ type, node }) => (type === 'CommonTableExpr' ? [node['ctename']] : [])),
  )
  const bare = (list: unknown, known: ReadonlySet<string>) => {
    const parts = strings(list)
    return parts.length === 1 && !known.has(parts[0] ?? '') ? parts : []
  }
  return all.flatMap(({ type, node }) => {
    if (type === 'FuncCall') return bare(node['funcname'], own.functions)
    if (type === 'typeName') return bare(node['names'], own.types)
    if (type === 'A_Expr' && !/BETWEEN/.test(String(node['kind']))) return bare(node['name'], own.operators)
    const name = String(node['relname'])
    return /^(RangeVar|relation)$/.test(type) &&
      !node['schemaname'] &&
      !local.has(name) &&
      !own.relations.has(name)
      ? [name]
      : []
  })
}

/** Functions that a statement makes without a path of their own, and paths that it sets to anything but the server's own. */
export const unsafePaths = (statement: string): boolean =>
  (/^CREATE (OR REPLACE )?FUNCTION/.test(statement) &&
    !statement.includes(' SET search_path = pg_catalog, pg_temp AS ')) ||
  (/\bsearch_path\b/.test(statement) &&
    !statement.includes('pg_catalog, pg_temp') &&
    !/search\\+_path=|\$\d+/.test(statement))
