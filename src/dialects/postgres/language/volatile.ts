import { nodes, statements } from './parser.ts'

/**
 * Whether an expression, as the server prints it, calls a function of one of these names. It goes by name, since
 * pg_depend omits the server's own functions. A name that is volatile with some arguments counts for all, and what cannot
 * be read counts as volatile.
 */
export function isVolatile(sql: string, volatileFunctions: ReadonlySet<string>): boolean {
  const parsed = statements(`SELECT ${sql}`)
  if ('error' in parsed) return true
  for (const { type, node } of nodes(parsed.trees)) {
    if (type !== 'FuncCall') continue
    const parts = (node['funcname'] ?? []) as { String?: { sval?: string } }[]
    if (volatileFunctions.has(parts.at(-1)?.String?.sval ?? '')) return true
  }
  return false
}
