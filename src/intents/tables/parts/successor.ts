import type { NewColumn } from '../../../program/column.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { existingColumn } from '../context.ts'

/** Everything that the server stores about the old column, except its values. */
export const successor = (from: Column, name: string, grants: Column['grants']): NewColumn => ({
  ...existingColumn(from),
  ...{ name, grants },
})

/** What goes with the old column and has no counterpart on the new one. */
export const goesWith = (table: Table, column: string): string[] => [
  ...table.constraints
    .filter((one) => one.kind === 'not null' && !one.validated && one.columns.includes(column))
    .map(({ name }) => `${name} is not validated and gets no twin; it goes with ${column}`),
  ...table.indexes
    .filter((index) => index.columns.includes(column) && !index.valid)
    .map(({ name }) => `index ${name} is INVALID and gets no twin; it goes with ${column}`),
  ...table.indexes
    .filter((index) => index.columns.includes(column) && index.clustered)
    .map(
      ({ name }) =>
        `the table is clustered on ${name}; mark its twin again with CLUSTER ON of ALTER TABLE afterwards`,
    ),
]
