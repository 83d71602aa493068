import { PlanError } from '../../../../errors.ts'
import type { Outline } from '../../../../intents/tables/outline.ts'
import type { Action, FillGroup } from '../../../../program/action.ts'
import type { Asked } from '../../../gather.ts'
import type { Merged, TableUnit } from '../merged.ts'

/** Refuses a default where no trigger marks the rows that have nothing else. */
export function requireMarkable(asked: readonly Asked<Outline>[], synced: boolean): void {
  for (const { outline, at } of asked) {
    const given = outline.marks.find((one) => one.default !== null)
    if (synced || given === undefined) continue
    throw new PlanError(
      'PLAN_UNSUPPORTED',
      `${outline.table.name}.${given.column} has a default, and without triggers nothing tells a row that has only this from one whose value the application has written: rows of code that does not know the column would keep the default`,
      {
        hint: 'leave out default and required; once the application writes the column, add them by a plan of its own (set_default, set_required)',
        at,
      },
    )
  }
}

/** What computes the values of marked rows; empty where nothing marks any. */
export const sweptGroups = ({ marking, fills }: Merged): FillGroup[] => {
  if (marking === null) return []
  const found = fills.filter(({ once, computing }) => computing !== undefined && once === undefined)
  const all = found.flatMap(({ computing }) => computing ?? [])
  const reads = new Map(all.flatMap((one) => one.reads).map((one) => [one.name, one]))
  return [
    {
      set: found.flatMap(({ set }) => set),
      from: [],
      once: { where: null, steady: true },
      computing: {
        columns: all.flatMap(({ columns }) => columns),
        reads: [...reads.values()],
        marks: marking,
      },
    },
  ]
}

/** The triggers stop, what they have marked is computed, and the marks go. Nothing can be marked in between. */
export const unmarked = (merged: Merged): TableUnit[] => {
  const { table, walk, name: sync, path, marking } = merged
  if (marking === null) return []
  const sweep: Action = { do: 'fill', table, ...walk, groups: sweptGroups(merged), mark: { sync, path } }
  const actions: readonly Action[] = [
    { do: 'remove_marks', marks: marking },
    sweep,
    { do: 'drop_marks', marks: marking },
  ]
  return actions.map((action) => ({ actions: [action], final: true }))
}
