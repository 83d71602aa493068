import type { Language } from '../../../../dialects/interface/language.ts'
import { refOf } from '../../../../intents/tables/context.ts'
import type { Action, FillGroup } from '../../../../program/action.ts'
import type { KeptRows } from '../../../../program/kinds/archive-action.ts'
import type { KeyColumn } from '../../../../program/refs.ts'
import type { Snapshot, Table } from '../../../../schema/snapshot.ts'
import { keptColumn } from './column.ts'

type Told = {
  readonly plan: string
  readonly language: Language
  readonly snapshot: Snapshot
  /** The ledger's schema, or the prefix of its tables. */
  readonly ledger: string
}

/** The groups of a backfill, each with the table that keeps what it overwrites. `key`: the key that the backfill goes along. */
export const keepingWhatTheyOverwrite = (
  told: Told,
  table: Table,
  key: readonly KeyColumn[],
  groups: readonly FillGroup[],
): FillGroup[] =>
  groups.map((group) =>
    group.once && !group.keys ? { ...group, keep: keepOf(told, table, key, group) } : group,
  )

function keepOf(
  { plan, language, snapshot, ledger }: Told,
  table: Table,
  key: readonly KeyColumn[],
  { set }: FillGroup,
): KeptRows {
  const kept = (stored: string, type: string, name = stored) =>
    keptColumn(language, table, { stored, name, type })
  return {
    table: refOf(table),
    archive: language.archiveOf(
      ledger,
      plan,
      table,
      snapshot,
      set.map(({ column }) => column),
    ),
    key: key.map(({ name, type }) => kept(name, type)),
    columns: set.map(({ column, type }) => kept(column, type)),
    written: set.map(({ column, type }) =>
      kept(column, type, language.helperName(`plan_new_${column}`, plan, column)),
    ),
  }
}

/** The table that a batch copies to, before the pass begins. */
export const archiveFor = (groups: readonly FillGroup[]): Action[] =>
  groups.flatMap(({ keep }) => (keep ? [{ do: 'create_archive' as const, ...keep, groups: [] }] : []))
