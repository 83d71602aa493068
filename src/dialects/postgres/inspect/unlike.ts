import type { Snapshot, Table } from '../../../schema/snapshot.ts'
import { alter, constraintComment } from '../language/attributes.ts'
import { renameColumn } from '../language/definitions.ts'
import { quote, quoteTable } from '../language/quote.ts'

/** Measured on 14: VALIDATE skips a key's parts for partitions, and none of them can be validated alone. */
const VALIDATES_PARTS = 180_000

/** Foreign keys to a partitioned table, and statistics that belong to somebody else. */
export function unlike(table: Table, from: string, to: string, { server }: Snapshot): string[] {
  const keys = table.foreignKeys.filter(
    (key) => key.from.columns.includes(from) && key.validated && key.copies !== undefined,
  )
  const others = table.statistics.filter(
    ({ columns, owner }) => columns.includes(from) && owner !== undefined && owner !== table.owner,
  )
  return [
    ...(server.number >= VALIDATES_PARTS ? [] : keys).map(
      ({ name, definition, comment }) =>
        `the foreign key ${name} comes back validated, but its parts for the partitions it refers to stay NOT VALID in the catalogue (each row is looked up all the same): this server validates them only where it makes the key in one go, and no writer of either table gets in meanwhile; after contract, at a quiet time: ${[
          `${alter(table)} DROP CONSTRAINT ${quote(name)}, ADD CONSTRAINT ${quote(name)} ${renameColumn(definition, from, to)}`,
          ...constraintComment(table, name, comment),
        ].join('; ')}`,
    ),
    ...others.map(
      ({ schema, name, owner = '' }) =>
        `the statistics ${schema}.${name} belong to ${owner}: where the user who runs the plan is no member of that role, or the role may not CREATE in the schema, they are that user's from enforce on; after contract: ALTER STATISTICS ${quoteTable({ schema, name })} OWNER TO ${quote(owner)}`,
    ),
  ]
}
