import type { Language, Writers } from '../dialects/dialect.ts'
import type { Outline } from '../intents/outline.ts'
import type { Plan } from '../plan/plan.ts'
import { type Action, PHASES, type Phase, type Step, type Sync, type TableRef, type Written } from './step.ts'
import { wordingOf } from './words.ts'

/** Everything that is asked of one table, by all intents of the plan together. */
export type Merged = Outline & { readonly key: Extract<Action, { do: 'fill' }>['key']; readonly name: string }

/** One thing to do, and who belongs into its transaction. */
type Unit = { readonly actions: readonly Action[] }

/** The phases of a program in order, without those that have nothing to do. */
export function phasesOf(
  plan: Plan,
  tables: readonly Merged[],
  language: Language,
  writers: Writers,
): { phase: Phase; steps: Step[] }[] {
  const units: Record<Phase, Unit[]> = {
    expand: tables.flatMap(expand),
    backfill: tables
      .filter(({ fills }) => fills.length > 0)
      .map(({ table, key, fills }) => ({ actions: [{ do: 'fill', table, key, groups: fills }] })),
    enforce: tables.flatMap(({ enforce }) => enforce.map((action) => ({ actions: [action] }))),
    verify: [
      ...tables.flatMap(verify),
      ...plan.invariants.map(
        ({ name, sql, sample }): Unit => ({ actions: [{ do: 'prove_query', name, sql, sample }] }),
      ),
    ],
    contract: contract(tables, language),
  }
  const write = (action: Action): Written => (writers[action.do] as (action: Action) => Written)(action)
  return PHASES.map((phase) => ({
    phase,
    steps: units[phase].map(({ actions }, index) => step(phase, index + 1, actions, write)),
  })).filter(({ steps }) => steps.length > 0)
}

function step(
  phase: Phase,
  number: number,
  actions: readonly Action[],
  write: (action: Action) => Written,
): Step {
  const parts = actions.map((action) => ({ action, written: write(action) }))
  return {
    id: `${phase}.${number}`,
    phase,
    ...wordingOf(actions),
    reversible: !actions.some((action) => action.do === 'drop_column'),
    parts,
  }
}

/** The columns and the trigger that keeps them in step, in one short transaction. */
const expand = (merged: Merged): Unit[] => {
  const sync = syncOf(merged)
  const actions = [...merged.expand, ...(sync ? [{ do: 'install_sync', sync } as const] : [])]
  return actions.length > 0 ? [{ actions }] : []
}

const verify = (merged: Merged): Unit[] => {
  const { table, key, rules, holds } = merged
  const sync = syncOf(merged)
  const checks = sync !== null || holds.indexes.length + holds.constraints.length + holds.notNull.length > 0
  return [
    ...(rules.length > 0 ? [{ actions: [{ do: 'prove_rows', table, key, rules } as const] }] : []),
    ...(checks
      ? [
          {
            actions: [
              {
                do: 'prove_catalogue',
                name: `${table.name}-catalogue`,
                checks: { table, sync, ...holds },
              } as const,
            ],
          },
        ]
      : []),
  ]
}

/** What contract does to one table: retire its old shape, and later drop it. Two transactions. */
type Contract = { readonly retire: readonly Action[]; readonly drop: readonly Action[] }

function contractOf(merged: Merged, language: Language): Contract {
  const { table, retire, releases, beforeDrop, afterDrop } = merged
  const sync = syncOf(merged)
  const graves = retire.map((column) => ({ name: column, stored: tombstone(language, table, column) }))
  const retired = sync && graves.length > 0 ? buried(sync, graves) : sync
  const replace: Action[] =
    sync && retired && retired !== sync ? [{ do: 'replace_sync', sync: retired, previous: sync }] : []
  return {
    retire: [
      ...graves.map(
        ({ name, stored }): Action => ({ do: 'retire_column', table, column: name, tombstone: stored }),
      ),
      ...replace,
    ],
    drop: [
      ...(retired ? [{ do: 'remove_sync', sync: retired } as const] : []),
      ...beforeDrop,
      ...graves.map(({ stored }): Action => ({ do: 'drop_column', table, column: stored, releases })),
      ...afterDrop,
    ],
  }
}

/** Everything is retired before anything is dropped: the plan's waiting time lies between. */
function contract(tables: readonly Merged[], language: Language): Unit[] {
  const all = tables.map((table) => contractOf(table, language))
  return [...all.map(({ retire }) => retire), ...all.map(({ drop }) => drop)]
    .filter((actions) => actions.length > 0)
    .map((actions) => ({ actions }))
}

export const tombstone = (language: Language, table: TableRef, column: string): string =>
  language.helperName(`plan_drop_${column}`, table.schema, table.name)

const syncOf = ({ table, name, sync }: Merged): Sync | null =>
  sync.length > 0 ? { table, name, groups: sync, aliases: [] } : null

/** The same sync, once the old columns carry their tombstones' names. */
function buried(sync: Sync, aliases: Sync['aliases']): Sync {
  const stored = (column: string) => aliases.find(({ name }) => name === column)?.stored ?? column
  const groups = sync.groups.map((group) =>
    group.kind === 'pair'
      ? { ...group, down: group.down.map((one) => ({ ...one, column: stored(one.column) })) }
      : group,
  )
  return { ...sync, groups, aliases }
}
