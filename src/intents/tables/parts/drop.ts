import type { Action } from '../../../program/action.ts'
import type { Column, Constraint, Table } from '../../../schema/snapshot.ts'
import { type Context, refOf } from '../context.ts'
import type { Part, RetiredColumn } from '../outline.ts'
import { warningsOf } from '../warnings.ts'

/**
 * `alone`: nothing takes over what the server stores about the column. `now`: the column as expand has changed it.
 * `shadow`: the new column that takes its name.
 */
type How = Pick<RetiredColumn, 'alone' | 'now' | 'shadow' | 'instead'>

/** Retires a column and drops it in the end, with everything on it that would prevent that. */
export const dropped = (context: Context, table: Table, column: Column, how: How = {}): Part => ({
  retire: [
    // Rights by name stay with the name.
    { ...retired(context, column, how), ...(how.shadow !== undefined && { rights: [] }) },
  ],
  dropsBefore: dropsBefore(context, table, column.name),
  referencedTables: table.foreignKeys
    .filter(({ from }) => from.columns.includes(column.name))
    .map(({ to }) => ({ schema: to.schema, name: to.table })),
  warnings: warningsOf(context, table, [column.name]),
})

/** The old column as contract treats it. */
function retired({ language }: Context, column: Column, how: How): RetiredColumn {
  const temporaryDefault = how.now ? null : language.temporaryDefault(column)
  const strict = !how.now && column.notNull && column.default === null && temporaryDefault === null
  const stamped = column.onUpdate !== undefined
  return {
    ...{ column: column.name, definition: column.definition ?? null, temporaryDefault, stamped, strict },
    rights: language.rightsByName ? column.grants : [],
    ...(column.invisible && { invisible: true }),
    ...how,
  }
}

export const checksOn = (table: Table, column: string): readonly Constraint[] =>
  table.constraints.filter(({ kind, columns }) => kind === 'check' && columns.includes(column))

/** What the server drops with the column, and that nothing replaces. `instead`: what to do about its indexes. */
export const goes = (table: Table, column: string, instead: string): string[] => [
  ...table.indexes
    .filter((index) => index.columns.includes(column))
    .map(({ name }) => `index ${name} goes with ${column}; ${instead}`),
  ...table.constraints
    .filter((one) => ['check', 'exclusion'].includes(one.kind) && one.columns.includes(column))
    .map(({ name, kind }) => `${kind} ${name} goes with ${column}`),
  ...table.foreignKeys
    .filter((key) => key.from.columns.includes(column))
    .map(({ name }) => `foreign key ${name} goes with ${column}`),
  ...table.statistics
    .filter(({ columns }) => columns.includes(column))
    .map(({ name }) => `statistics ${name} go with ${column}`),
]

/** What must be dropped before a column, where the server would otherwise refuse or only remove the column from it. */
function dropsBefore({ traits }: Context, table: Table, column: string): Action[] {
  if (traits.dropsDependents) return []
  const ref = refOf(table)
  const constraint = (
    kind: 'foreign key' | 'check',
    { name, definition }: Pick<Constraint, 'name' | 'definition'>,
  ) => ({ do: 'drop_constraint', column, table: ref, name, kind, definition }) as const
  return [
    ...table.foreignKeys
      .filter(({ from }) => from.columns.includes(column))
      .map(
        (key): Action => ({
          ...constraint('foreign key', key),
          references: { schema: key.to.schema, name: key.to.table },
        }),
      ),
    ...checksOn(table, column).map((check) => constraint('check', check)),
    ...table.indexes
      .filter(({ columns }) => columns.includes(column))
      .map(({ name, definition }): Action => ({ do: 'drop_index', column, table: ref, name, definition })),
  ]
}
