import { qualified } from '../../schema/lookup.ts'
import type { Column, Snapshot, Table } from '../../schema/snapshot.ts'
import type { NewColumn } from '../column.ts'
import type { TableRef } from '../refs.ts'
import type { Step } from '../step.ts'

/**
 * Objects in the database that have the names of what these steps make and are something else, a line for each. What
 * only a server can compare, such as the text of a CHECK, is not looked at. `sameType` compares two types of columns.
 */
export function unlike(
  snapshot: Snapshot,
  steps: readonly Step[],
  sameType: (one: string, other: string) => boolean,
): string[] {
  const actions = steps.flatMap(({ parts }) => parts.map(({ action }) => action))
  /** A later step, carried out by hand as well, gives the column its default. */
  const getsDefault = ({ schema, name }: TableRef, column: string): boolean =>
    actions.some(
      (action) =>
        (action.do === 'set_default' ||
          action.do === 'set_temporary_default' ||
          action.do === 'set_not_null') &&
        action.table.schema === schema &&
        action.table.name === name &&
        (typeof action.column === 'string' ? action.column : action.column.name) === column,
    )
  const columns = actions.flatMap((action) => {
    if (action.do !== 'add_column' && action.do !== 'add_column_with_default') return []
    const { table, found } = look(snapshot, action.table, ({ columns: all }) => all, action.column.name)
    const given = action.do === 'add_column_with_default' || getsDefault(action.table, action.column.name)
    return found === undefined
      ? []
      : columnFaults(found, action.column, given, sameType).map((fault) => `${table}.${found.name} ${fault}`)
  })
  const indexes = actions.flatMap((action) => {
    if (action.do !== 'create_index') return []
    const { table, found } = look(snapshot, action.table, (one) => one.indexes, action.name)
    return found === undefined
      ? []
      : indexFaults(found, action).map((fault) => `index ${found.name} of ${table} ${fault}`)
  })
  return [...columns, ...indexes]
}

function look<T extends { readonly name: string }>(
  snapshot: Snapshot,
  { schema, name }: TableRef,
  among: (table: Table) => readonly T[],
  wanted: string,
): { readonly table: string; readonly found: T | undefined } {
  const table = snapshot.tables.find((one) => one.schema === schema && one.name === name)
  return {
    table: qualified({ schema, name }),
    found: table && among(table).find((one) => one.name === wanted),
  }
}

function columnFaults(
  found: Column,
  wanted: NewColumn,
  hasDefault: boolean,
  sameType: (one: string, other: string) => boolean,
): string[] {
  // The catalogue shows the order of a text beside its type, and none that is the table's own.
  const order = / collate (\w+)$/i.exec(wanted.type)?.[1] ?? null
  const bare = order === null ? wanted.type : wanted.type.replace(/(?: character set \w+)? collate \w+$/i, '')
  const same = sameType(found.type, bare) && (order === null || (found.collation ?? order) === order)
  const type = same ? [] : [`is ${found.type}, not ${wanted.type}`]
  const collation =
    wanted.collation === null || found.collation === wanted.collation
      ? []
      : [`has the collation ${found.collation ?? 'of its table'}, not ${wanted.collation}`]
  const computed = found.generated === null ? [] : ['is computed by the server']
  const numbered = found.identity === null ? [] : ['numbers its rows itself']
  const given =
    found.default === null || hasDefault ? [] : ['has a default, which would hide who wrote a row']
  return [...type, ...collation, ...computed, ...numbered, ...given]
}

function indexFaults(
  found: Table['indexes'][number],
  wanted: { readonly unique: boolean; readonly definition: string },
): string[] {
  const others = found.columns.filter((column) => !wanted.definition.includes(column))
  return [
    ...(found.unique === wanted.unique ? [] : [found.unique ? 'is unique' : 'is not unique']),
    ...(found.valid ? [] : ['is not valid: its build was interrupted']),
    ...(others.length === 0 ? [] : [`is of other columns: ${others.join(', ')}`]),
  ]
}
