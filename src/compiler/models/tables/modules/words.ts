import type { Action, FillGroup } from '../../../../program/action.ts'
import { type MarkAction, type Marks, pinnedText } from '../../../../program/kinds/computing.ts'
import type { TableRef } from '../../../../program/refs.ts'
import type { Wording } from '../../../phases.ts'

const list = (names: readonly string[]): string => names.join(', ')

const columnsOf = ({ columns }: Pick<Marks, 'columns'>): string => list(columns.map(({ column }) => column))

/** What is said of a backfill that calls functions of modules; null for any other. */
export function computedOutside({ name }: TableRef, groups: readonly FillGroup[]): Wording | null {
  const group = groups.find(({ computing }) => computing)
  if (!group?.computing) return null
  const { columns, marks } = group.computing
  const calls = [...new Set(columns.map(({ call }) => pinnedText(call)))]
  const set = list(group.set.map(({ column }) => column))
  return marks === undefined
    ? {
        title: `compute ${set} of ${name} by ${list(calls)}, batch by batch`,
        reason:
          'no expression of the database can: the runner reads a batch, calls the function for each row, and writes what it gave where the row is still as it was read, together with the ledger row',
      }
    : {
        title: `compute ${set} of the marked rows of ${name} by ${list(calls)}, until none is left`,
        reason:
          'what clients wrote meanwhile; a mark goes in the transaction that writes the value, and later phases sweep again before they begin',
      }
}

export const markWords: {
  readonly [Kind in MarkAction['do']]: (action: Extract<MarkAction, { do: Kind }>) => Wording
} = {
  install_marks: ({ marks }) => ({
    title: `mark rows of ${marks.table.name} that are new or change, so that ${columnsOf(marks)} is computed for them`,
    reason:
      'a trigger cannot call a module, so it notes the key of the row, and sweeps compute what is noted',
  }),
  remove_marks: ({ marks }) => ({
    title: `remove the triggers that mark rows of ${marks.table.name}`,
    reason: `every writer writes ${columnsOf(marks)} itself by now`,
  }),
  drop_marks: ({ marks }) => ({
    title: `drop the marks of ${marks.table.name}`,
    reason: 'none is left, so every row has its value',
  }),
}

/** Other ways to do the same, each with the reason why it was not taken. */
export const markInstead: {
  readonly [Kind in MarkAction['do']]: (action: Extract<Action, { do: Kind }>) => readonly string[]
} = {
  install_marks: () => [
    'a column for the marks would change the table of the application, and write each marked row twice',
    'NULL as the mark would allow no function that gives NULL, and no required column',
  ],
  remove_marks: () => [],
  drop_marks: () => [],
}
