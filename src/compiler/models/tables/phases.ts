import type { Language } from '../../../dialects/interface/language.ts'
import type { Held } from '../../../intents/tables/outline.ts'
import type { Plan } from '../../../plan/plan.ts'
import type { Action, FillGroup } from '../../../program/action.ts'
import type { Phase } from '../../../program/step.ts'
import { swapsIn } from '../../../program/sync.ts'
import type { Traits } from '../../../program/traits.ts'
import { archiveFor } from './archive/overwritten.ts'
import { contract } from './contract.ts'
import { type Merged, syncOf, type TableUnit } from './merged.ts'
import { sweptGroups } from './modules/marks.ts'
import { granted, successors } from './rights.ts'

/** What each phase does, step by step. */
export const unitsOf = (
  plan: Plan,
  tables: readonly Merged[],
  language: Language,
  traits: Traits,
): Record<Phase, readonly TableUnit[]> => ({
  expand: [
    ...tables.flatMap((table) => dryRun(table, plan)),
    ...tables.flatMap(reserve),
    ...tables.flatMap((table) => expand(table, traits)),
    ...authored(tables, 'run_sql'),
    ...(language.rightsByName ? tables.map(granted).filter(({ actions }) => actions.length > 0) : []),
  ],
  backfill: tables.flatMap(backfill),
  enforce: tables.flatMap(({ enforce }) => enforce.map((action) => ({ actions: [action] }))),
  verify: [
    ...tables.flatMap((table) => verify(table, language)),
    ...plan.invariants.map(
      ({ name, sql, sample }): TableUnit => ({ actions: [{ do: 'prove_query', name, sql, sample }] }),
    ),
  ],
  contract: [...contract(tables, language, traits), ...authored(tables, 'finish_sql')],
})

/** Whatever fails for an existing row is found before anything is changed. */
const dryRun = ({ table, walk: { key, index }, trials, fills }: Merged, { backfill }: Plan): TableUnit[] =>
  trials.length === 0
    ? []
    : [
        {
          actions: [
            {
              do: 'try_rows',
              table,
              key,
              index,
              trials,
              passes: backfill.onError === 'quarantine' && !fills.some(({ once }) => once?.steady === false),
            },
          ],
        },
      ]

/** New keys of documents. Undoing one writes many rows, which has to come after the end of the sync. */
const reserve = ({ table, walk: { key, index, keeps }, named, fills }: Merged): TableUnit[] =>
  fills.flatMap(({ keys }) =>
    keys ? [{ actions: [{ do: 'reserve_key', table, key, index, keeps, named, keys }] }] : [],
  )

/** The columns and the trigger that keeps them in step, in one short transaction. */
const expand = (merged: Merged, { transactionalDdl }: Traits): TableUnit[] => {
  const sync = syncOf(merged)
  // What undoing loses is reported by the keys of its rows.
  const named = (action: Action): Action =>
    merged.named.length > 0 &&
    (action.do === 'add_column' || action.do === 'add_column_with_default' || action.do === 'install_sync')
      ? { ...action, key: merged.named }
      : action
  const isAlone = ({ do: kind }: Action) => kind === 'allow_null'
  const lends = sync !== null && !transactionalDdl && swapsIn(sync.groups).length > 0
  const marking = merged.marking ? [{ do: 'install_marks', marks: merged.marking } as const] : []
  const actions = [
    ...merged.expand.filter((action) => !isAlone(action)).map(named),
    ...(lends ? [{ do: 'reserve_names', sync } as const] : []),
    ...(sync ? [named({ do: 'install_sync', sync })] : []),
    ...(transactionalDdl ? marking : []),
    // The new column is not required before all rows are filled.
    ...merged.defaults.map((action) => ({ ...action, required: false })),
    ...(sync && sync.ahead.length > 0 && !transactionalDdl ? [{ do: 'lead_sync', sync } as const] : []),
    ...(lends ? [{ do: 'release_names', sync } as const] : []),
  ]
  return [
    // Undoing one reads all rows, which must not happen under the locks of the others.
    ...merged.expand.filter(isAlone).map((action) => ({ actions: [action] })),
    ...(actions.length > 0 ? [{ actions }] : []),
    // Where a lock keeps writers out while the column is undone, no other table can be dropped under it.
    ...(transactionalDdl ? [] : marking.map((action) => ({ actions: [action] }))),
  ]
}

/** One pass fills all new columns. Columns that were there before get a pass of their own for each intent. */
const backfill = (merged: Merged): TableUnit[] => {
  const { table, name: sync, path, walk, fills } = merged
  const isAlone = ({ once, computing }: FillGroup) => once !== undefined || computing !== undefined
  const together = fills.filter((group) => !isAlone(group))
  const alone = fills.filter(isAlone).map((group) => [group])
  return [together, ...alone, sweptGroups(merged)]
    .filter((groups) => groups.length > 0)
    .flatMap((groups): TableUnit[] => [
      ...archiveFor(groups).map((action) => ({ actions: [action] })),
      { actions: [{ do: 'fill', table, ...walk, groups, mark: { sync, path } }] },
    ])
}

const verify = (merged: Merged, { rightsByName }: Language): TableUnit[] => {
  const {
    table,
    walk: { key },
    rules: wished,
    holds,
    marking,
  } = merged
  const rules = [
    ...wished,
    ...(marking
      ? [{ name: `${table.name}-computed`, rule: { rule: 'computed', marks: marking } } as const]
      : []),
  ]
  const sync = syncOf(merged)
  const rights = (rightsByName ? successors(merged) : [])
    .filter(({ whole }) => whole)
    .map(({ from, to }) => ({ from, to }))
  const checks = sync !== null || marking !== null || rights.length > 0 || holds.length > 0
  const held = (kind: Held) => holds.filter(({ what }) => what === kind).map(({ name }) => name)
  return [
    ...(rules.length > 0 ? [{ actions: [{ do: 'prove_rows', table, key, rules } as const] }] : []),
    ...(checks
      ? [
          {
            actions: [
              {
                do: 'prove_catalogue',
                name: `${table.name}-catalogue`,
                checks: {
                  ...{ table, sync, indexes: held('index') },
                  ...{ constraints: held('constraint'), notNull: held('not null') },
                  ...(marking && { marks: [marking] }),
                  ...(rights.length > 0 && { rights }),
                },
              } as const,
            ],
          },
        ]
      : []),
  ]
}

/** Each statement of the author is a step, so that the ledger knows which of them have run. */
const authored = (tables: readonly Merged[], kind: 'run_sql' | 'finish_sql'): TableUnit[] =>
  tables
    .flatMap(({ statements }) => statements.filter((one) => one.do === kind))
    .map((action) => ({ actions: [action], ...(kind === 'finish_sql' && { final: true as const }) }))
