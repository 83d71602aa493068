import { SYNC_PREFIX } from '../../../program/drift.ts'
import type { Snapshot, Table } from '../../../schema/snapshot.ts'
import { quote } from '../language/quote.ts'

/**
 * An UPDATE of ours fires the application's triggers, and its functions in indexes, checks and generated columns. Some of
 * these look names up by the session's search path and would fail with ours. A batch on such a table gets the path that
 * names in plans have.
 */
export function batchPath(table: Table, { names }: Snapshot): readonly string[] | null {
  if (names === undefined) return null
  const triggers = table.triggers.some(
    ({ name, pathless, enabled, events }) =>
      pathless === true && enabled !== 'D' && events.includes('update') && !name.startsWith(SYNC_PREFIX),
  )
  const texts = [
    ...[...table.indexes, ...table.constraints].map(({ definition }) => definition),
    ...table.columns.flatMap(({ generated }) => (generated ? [generated.expression] : [])),
  ]
  const called = names.functions.some(
    ({ schema, name, pathless }) => pathless && texts.some((text) => text.includes(`${schema}.${name}(`)),
  )
  return triggers || called ? names.path : null
}

/** Roles that could change what those triggers and functions do, and so what runs with our rights. */
export function inheritedFrom(table: Table, snapshot: Snapshot): string[] {
  const path = batchPath(table, snapshot) ?? []
  return (snapshot.names?.schemas ?? [])
    .filter(({ name, open }) => path.includes(name) && open.length > 0)
    .map(
      ({ name, open }) =>
        `batches on ${table.schema}.${table.name} set off triggers or functions that look names up in schema ${name}, where ${open.join(', ')} may make objects: give these functions a search_path of their own, or REVOKE CREATE ON SCHEMA ${quote(name)}`,
    )
}

/**
 * Functions in counterparts that may not find what they need when these are created. From version 17 on the server
 * restricts the path itself.
 */
export function lookedUp(table: Table, column: string, { names }: Snapshot): string[] {
  const again = [...table.indexes, ...table.constraints.filter(({ kind }) => kind === 'check')].filter(
    ({ columns }) => columns.includes(column),
  )
  return (names?.functions ?? []).flatMap(({ schema, name, pathless }) => {
    const by = again.filter(({ definition }) => pathless && definition.includes(`${schema}.${name}(`))
    return by.length === 0
      ? []
      : [
          `${by.map((one) => one.name).join(', ')} ${by.length === 1 ? 'calls' : 'call'} ${schema}.${name}, which looks names up by the path of its caller: made again for the new column it finds the server's own names alone, and enforce stops where it needs others; ALTER FUNCTION ${schema}.${name} SET search_path = ${names?.path.join(', ')} first`,
        ]
  })
}
