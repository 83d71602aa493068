import type { TableRef } from '../../../program/refs.ts'
import type { Row, Session } from '../../interface/session.ts'

/** Which tables to read: certain ones, or all of some databases. */
export type Scope = { readonly tables: readonly TableRef[] } | { readonly schemas: readonly string[] }

/** A statement that reads one kind of object, around the condition that selects the tables. */
export type ObjectQuery = {
  readonly schema: string
  readonly name: string
  readonly sql: (where: string) => string
}

/** Most tables in one statement; each has its own branch of a UNION. */
const BRANCHES = 50

/**
 * Both servers look up a single table only when schema and name are each compared with a constant. With `IN` or `OR` they
 * read the whole database, and MariaDB opens every table of it.
 */
export async function readRows(session: Session, query: ObjectQuery, scope: Scope): Promise<Row[]> {
  if ('schemas' in scope) {
    if (scope.schemas.length === 0) return []
    const places = scope.schemas.map(() => '?').join(', ')
    const { rows } = await session.query(query.sql(`${query.schema} IN (${places})`), scope.schemas)
    return [...rows]
  }
  const branch = query.sql(`${query.schema} = ? AND ${query.name} = ?`)
  const found: Row[] = []
  for (let at = 0; at < scope.tables.length; at += BRANCHES) {
    const tables = scope.tables.slice(at, at + BRANCHES)
    const { rows } = await session.query(
      tables.map(() => branch).join(' UNION ALL '),
      tables.flatMap(({ schema, name }) => [schema, name]),
    )
    found.push(...rows)
  }
  return found
}

/** The rows by table, which they name as `table_schema` and `table_name`. */
export function byTable<T extends Row>(rows: readonly T[]): (table: TableRef) => readonly T[] {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const key = tableKey(String(row['table_schema']), String(row['table_name']))
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return ({ schema, name }) => groups.get(tableKey(schema, name)) ?? []
}

/** One string for a table. */
export const tableKey = (schema: string, name: string): string => JSON.stringify([schema, name])

/** A text of the catalogue; null when it is empty or NULL. */
export const text = (value: unknown): string | null => (value === null || value === '' ? null : String(value))

/** Sorts by these texts, smaller character codes first, as PostgreSQL's catalogue does. */
export const by =
  <T>(...keys: readonly ((item: T) => string | number)[]) =>
  (a: T, b: T): number => {
    for (const key of keys) {
      const [x, y] = [key(a), key(b)]
      if (x !== y) return x < y ? -1 : 1
    }
    return 0
  }

/** A name in backticks, even one that we would refuse. */
export const printed = (name: string): string => `\`${name.replaceAll('`', '``')}\``
