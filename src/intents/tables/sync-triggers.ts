import type { Position } from '../../errors.ts'
import { isOfSync, isSyncTrigger, leadName } from '../../program/drift.ts'
import type { Sync, SyncGroup } from '../../program/sync.ts'
import type { Traits } from '../../program/traits.ts'
import type { Table, Trigger } from '../../schema/snapshot.ts'
import { refuse } from '../refuse.ts'
import { type Context, refOf, syncName } from './context.ts'
import type { Outline } from './outline.ts'

/** Triggers of others that may change a row before it is written, in the order in which they run. */
const shaping = (table: Table): readonly Trigger[] =>
  table.triggers.filter(
    ({ timing, level, name }) => timing === 'before' && level === 'row' && !isSyncTrigger(name),
  )

/**
 * The events for which the sync needs a second trigger: others have a trigger there, or a default is evaluated after the
 * first one.
 */
export function aheadOf(table: Table, traits: Traits, groups: readonly SyncGroup[]): Sync['ahead'] {
  const pairs = groups.filter(({ kind }) => kind === 'pair')
  // Until the default is set, NULL may come from the old version. The trigger that runs first is created after that.
  const late = !traits.transactionalDdl && pairs.some(({ up }) => up.some((one) => takesNull(one)))
  return (['insert', 'update'] as const).flatMap((event) => {
    const first = shaping(table).find(({ events }) => events.includes(event))
    const needed = pairs.length > 0 && (first !== undefined || (late && event === 'insert'))
    return needed ? [{ event, before: first?.name ?? null }] : []
  })
}

const takesNull = (one: SyncGroup['up'][number]): boolean =>
  'default' in one && one.default?.takesNull === true

/** Refuses a trigger that has a name of the sync already: it is not ours, and would be pinned as part of the table. */
export function requireFree(
  table: Table | undefined,
  { sync: groups }: Outline,
  sync: string,
  at: Position,
): void {
  const taken = table?.triggers.find(({ name }) => isOfSync(name, sync))
  if (groups.length > 0 && table && taken)
    refuse(
      'PLAN_UNSUPPORTED',
      `the trigger ${taken.name} of ${table.schema}.${table.name} has a name that this plan gives to its own, and is not of this plan`,
      'look who made it, and drop it (DROP TRIGGER) or give it another name; or give the plan another name',
      at,
    )
}

/**
 * Refuses unless every trigger of others that uses these columns fires for writes of either version, between the sync's
 * own triggers.
 */
export function requireHeard(context: Context, table: Table, columns: readonly string[], at: Position): void {
  if (context.sync === 'application') return
  const no = (name: string, why: string, hint: string) =>
    refuse('PLAN_UNSUPPORTED', `the trigger ${name} of ${table.schema}.${table.name} ${why}`, hint, at)
  for (const { name, enabled, updateOf = [] } of table.triggers) {
    const missed = updateOf.filter((column) => columns.includes(column))
    if (enabled !== 'D' && missed.length > 0)
      no(
        name,
        `fires on UPDATE OF ${missed.join(', ')}, so an UPDATE that names only the new shape passes it by`,
        `before this plan make it fire on every UPDATE: the same trigger (CREATE OR REPLACE TRIGGER) without OF ${updateOf.join(', ')}; where that is too often, on UPDATE alone, with WHEN (${missed.map((column) => `OLD.${column} IS DISTINCT FROM NEW.${column}`).join(' OR ')})`,
      )
  }
  if (context.traits.triggerOrder !== 'name') return
  const last = syncName(context.language, context.plan, refOf(table))
  const early = shaping(table).find(({ name }) => name < leadName(last))
  const late = shaping(table).find(({ name }) => name > last)
  const found = early ?? late
  if (found)
    no(
      found.name,
      `has a name that sorts ${early ? 'before' : 'behind'} those of the sync, which has to run first and last`,
      `rename the trigger to a name between ${leadName(last)} and ${last}, such as one that begins with a letter from a to y`,
    )
}

/** Warnings for servers whose triggers run in the order of their creation. */
export function ordered(context: Context, table: Table, columns: readonly string[]): string[] {
  if (context.traits.triggerOrder === 'name' || columns.length === 0 || context.sync === 'application')
    return []
  const sync = syncName(context.language, context.plan, refOf(table))
  const event = ({ events }: Trigger) =>
    events.flatMap((one) =>
      one === 'insert' ? [`PRECEDES ${sync}_ins`] : one === 'update' ? [`PRECEDES ${sync}_upd`] : [],
    )
  return shaping(table).flatMap((trigger) =>
    event(trigger).map(
      (words) =>
        `who makes ${trigger.name} again while this plan runs keeps its name and writes FOR EACH ROW ${words}: what a trigger does behind the sync is not carried over`,
    ),
  )
}
