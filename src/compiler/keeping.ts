import type { Traits } from '../dialects/dialect.ts'
import type { Outline } from '../intents/outline.ts'
import { aheadOf } from '../intents/sync-triggers.ts'
import type { Table } from '../schema/snapshot.ts'
import type { Merged } from './phases.ts'
import type { Action } from './step.ts'

/** No trigger tells what undoing its columns would lose, so they do themselves. */
export const unguarded = ({ expand, sync }: Outline): readonly Action[] =>
  expand.map((action) => {
    const up =
      action.do === 'add_column'
        ? sync.flatMap((group) => group.up).find(({ column }) => column === action.column.name)
        : undefined
    return up === undefined ? action : ({ ...action, up } as Action)
  })

export const UNSYNCED = { sync: [], defaults: [], ahead: [] }

/** What the triggers do, and the defaults that wait for them: until then nobody would keep an old client's value. */
export function keptInStep(
  all: readonly Outline[],
  table: Table | undefined,
  traits: Traits,
): Pick<Merged, 'sync' | 'defaults' | 'ahead'> {
  const sync = all.flatMap((one) => one.sync)
  return {
    // What is derived comes after the columns it is derived from.
    sync: sync.toSorted((a, b) => Number(a.kind === 'fill') - Number(b.kind === 'fill')),
    defaults: all.flatMap((one) => one.defaults),
    ahead: table ? aheadOf(table, traits, sync) : [],
  }
}
