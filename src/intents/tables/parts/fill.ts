import type { Assignment } from '../../../program/sync.ts'
import type { Table } from '../../../schema/snapshot.ts'
import type { Context } from '../context.ts'
import type { Part } from '../outline.ts'
import { triggerGapOf } from '../preconditions.ts'

/** A column that gets a value in all rows, and in new ones that are written without it. `given`: it has a default, too. */
export function fill(context: Context, table: Table, set: Assignment, given: boolean): Part {
  const writes = `the version in which every writer of ${table.name} writes ${set.column} itself`
  return {
    watch: set.value.reads,
    sync: [{ kind: 'fill', up: [set] }],
    fills: [{ set: [set], from: [] }],
    deploys: [
      {
        dualWrite: writes,
        readsNew: null,
        onlyNew: `${writes}${given ? ' or leaves it to its default' : ''}`,
      },
    ],
    triggerGaps: triggerGapOf(context, table, set.value.reads),
  }
}
