/** `SELECT * FROM t WHERE (a, b) IN (('1', '2'))`, of columns and values that are quoted. */
export function lookAt(
  table: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const one = (parts: readonly string[]) => (parts.length === 1 ? parts[0] : `(${parts.join(', ')})`)
  return `SELECT * FROM ${table} WHERE ${one(columns)} IN (${rows.map(one).join(', ')})`
}
