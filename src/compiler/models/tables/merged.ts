import type { Outline } from '../../../intents/tables/outline.ts'
import type { Action } from '../../../program/action.ts'
import type { Marks } from '../../../program/kinds/computing.ts'
import type { Guard, Seal, Sync } from '../../../program/sync.ts'
import type { Unit } from '../../phases.ts'
import type { Kept } from './archive/kept.ts'
import type { Walk } from './walk.ts'

/** Everything that all intents of the plan need from one table. */
export type Merged = Outline & {
  readonly ahead: Sync['ahead']
  readonly seal: Seal | null
  /** Refuses writes to the columns that go, before they are dropped. */
  readonly guard: Guard | null
  /** Notes the rows whose values have to be computed outside of the database. */
  readonly marking: Marks | null
  readonly walk: Walk
  /** The primary key, by which reports name rows. */
  readonly named: Walk['key']
  readonly name: string
  /** The search path of its batches, where they need one. */
  readonly path: readonly string[] | null
  /** What contract keeps of what it drops; null when the plan does not ask for that. */
  readonly kept: Kept | null
}

/** Actions of one step. */
export type TableUnit = Unit<Action>

/** What keeps the shapes of the table in step; null when nothing has to. */
export const syncOf = ({ table, name, sync, ahead }: Merged): Sync | null =>
  sync.length > 0 ? { table, name, groups: sync, aliases: [], ahead } : null
