import { nodes, statements } from './parser.ts'

/**
 * Whether an expression, as the server prints it, calls a function by one of these names. By name, since pg_depend
 * knows nothing of the server's own functions: they are pinned. A name that is volatile with some arguments counts
 * with all, and what cannot be read counts as volatile.
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
