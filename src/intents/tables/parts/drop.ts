import type { Action } from '../../../program/action.ts'
import type { Column, Constraint, Table } from '../../../schema/snapshot.ts'
import { type Context, refOf } from '../context.ts'
import type { Part, RetiredColumn } from '../outline.ts'
import { warningsOf } from '../warnings.ts'

/** Retires a column and drops it in the end, with everything on it that would prevent that. */
export const dropped = (context: Context, table: Table, column: Column): Part => ({
  retire: [retired(context, column)],
  dropsBefore: dropsBefore(context, table, column.name),
  referencedTables: table.foreignKeys
    .filter(({ from }) => from.columns.includes(column.name))
    .map(({ to }) => ({ schema: to.schema, name: to.table })),
  warnings: warningsOf(context, table, [column.name]),
})

/** The old column as contract treats it. */
function retired({ language }: Context, column: Column): RetiredColumn {
  const temporaryDefault = language.temporaryDefault(column)
  const strict = column.notNull && column.default === null && temporaryDefault === null
  const stamped = column.onUpdate !== undefined
  return {
    ...{ column: column.name, definition: column.definition ?? null, temporaryDefault, stamped, strict },
    rights: language.rightsByName ? column.grants : [],
    ...(column.invisible && { invisible: true }),
  }
}

export const checksOn = (table: Table, column: string): readonly Constraint[] =>
  table.constraints.filter(({ kind, columns }) => kind === 'check' && columns.includes(column))

/** What must be dropped before a column, where the server would otherwise refuse or only remove the column from it. */
function dropsBefore({ traits }: Context, table: Table, column: string): Action[] {
  if (traits.dropsDependents) return []
  const ref = refOf(table)
  return [
    ...table.foreignKeys
      .filter(({ from }) => from.columns.includes(column))
      .map(
        ({ name, definition, to }): Action => ({
          do: 'drop_constraint',
          column,
          table: ref,
          name,
          kind: 'foreign key',
          definition,
          references: { schema: to.schema, name: to.table },
        }),
      ),
    ...checksOn(table, column).map(
      ({ name, definition }): Action => ({
        do: 'drop_constraint',
        column,
        table: ref,
        name,
        kind: 'check',
        definition,
      }),
    ),
    ...table.indexes
      .filter(({ columns }) => columns.includes(column))
      .map(({ name, definition }): Action => ({ do: 'drop_index', column, table: ref, name, definition })),
  ]
}
