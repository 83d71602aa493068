import type { ArchiveReads, Language } from '../../../../dialects/interface/language.ts'
import type { Position } from '../../../../errors.ts'
import { refuse } from '../../../../intents/refuse.ts'
import { refOf } from '../../../../intents/tables/context.ts'
import type { Outline, RetiredColumn } from '../../../../intents/tables/outline.ts'
import type { Action, RowRule } from '../../../../program/action.ts'
import { newColumns } from '../../../../program/actions.ts'
import type { Archive, KeptColumn } from '../../../../program/kinds/archive-action.ts'
import type { Assignment, SyncGroup } from '../../../../program/sync.ts'
import type { Traits } from '../../../../program/traits.ts'
import type { Column, Snapshot, Table } from '../../../../schema/snapshot.ts'
import { tombstone } from '../tombstone.ts'
import { type Walk, walkAlong } from '../walk.ts'
import { keptColumn } from './column.ts'
import { requireKeepable } from './keepable.ts'

/** The values that a drop takes away, and how each row gets them back. */
export type Kept = {
  readonly walk: Walk
  /** Null where the new shape holds all there is. */
  readonly archive: Extract<Action, { do: 'create_archive' }> | null
  readonly values: readonly Value[]
}

/** Columns that get their values back together. `where`: the condition for rows that have none of them. */
type Value = {
  readonly set: readonly Assignment[]
  readonly where: string
  readonly rule: { readonly name: string; readonly rule: RowRule }
}

type Told = {
  readonly plan: string
  readonly language: Language
  readonly traits: Traits
  readonly snapshot: Snapshot
  /** The ledger's schema, or the prefix of its tables. */
  readonly ledger: string
}

type Merged = Pick<Outline, 'table' | 'retire' | 'sync' | 'expand'>

/** What contract keeps of a table whose columns it drops. */
export function keptOf(told: Told, merged: Merged, table: Table, at: Position): Kept {
  const { language, traits, snapshot } = told
  requireKeepable(told, merged, table, at)
  const gone = merged.retire.map(({ column }) => column)
  const walk = walkAlong({ language, traits, snapshot }, table, gone, at)
  if (walk.key.length === 0)
    refuse(
      'PLAN_UNSUPPORTED',
      `${table.schema}.${table.name} has no unique key without NULLs that stays, and contract.archive keeps each value with the key of its row`,
      'add a primary key first, or leave archive out',
      at,
    )
  const groups = groupsOf(told, merged, table)
  const kept = groups.flatMap(({ old, seen }) => [...old, ...seen])
  const place = {
    table: refOf(table),
    archive: language.archiveOf(told.ledger, told.plan, table, snapshot, []),
  }
  const key = walk.key.map(({ name, type }) => keptColumn(language, table, { stored: name, type }))
  const archive: Archive = { ...place, key, columns: kept }
  const reads = language.archived(archive)
  return {
    walk,
    archive:
      kept.length === 0
        ? null
        : {
            do: 'create_archive',
            ...archive,
            groups: groups
              .filter(({ old }) => old.length > 0)
              .map(({ old, seen, given, required }) => ({
                columns: old.map(({ name }) => name),
                seen: seen.map(({ stored }) => stored),
                ...{ given, required },
              })),
          },
    values: groups.map((group) => comesBack(group, reads)),
  }
}

/** Columns whose values belong together, as contract drops them. */
type Group = {
  /** The old columns, by the names that people know. */
  readonly names: readonly string[]
  readonly old: readonly KeptColumn[]
  readonly seen: readonly KeptColumn[]
  /** What a row gets that has no values in the archive, or other ones in the new shape by now. */
  readonly otherwise: readonly Assignment[]
  /** Rows that are not in the archive are not held to `otherwise`: computed again it would be another value. */
  readonly loose: boolean
  /** A row may have `otherwise` in place of what was kept: its own triggers wrote that. */
  readonly follows: boolean
  /** The same in words; null for nothing. */
  readonly given: string | null
  readonly required: boolean
}

function groupsOf(
  { language, traits }: Told,
  { table: ref, retire, sync, expand }: Merged,
  table: Table,
): Group[] {
  const fresh = (name: string) => newColumns(expand).find(({ column }) => column.name === name)?.column
  const storedOf = (one: RetiredColumn) => tombstone(language, traits, ref, one)
  const pairs = sync.flatMap((group) => (group.kind === 'pair' ? [group] : []))
  const paired = new Set(pairs.flatMap(({ down }) => down.map(({ column }) => column)))
  const single = retire.filter(({ column }) => !paired.has(column))
  const columnOf = (name: string) => table.columns.find((one) => one.name === name)
  const kept = (
    name: string,
    stored: string,
    like: Pick<Column, 'collation'> | undefined,
    type: string,
  ): KeptColumn => keptColumn(language, table, { stored, name, type }, like ?? { collation: null })
  return [
    ...pairs.map((group): Group => {
      const { swap, up, identical } = group
      const down = group.down.map((one) => {
        const retired = retire.find(({ column }) => column === one.column)
        const { renamed: _, ...value } = one.value
        return { name: one.column, ...one, value, column: retired ? storedOf(retired) : one.column }
      })
      return {
        names: down.map(({ name }) => name),
        old: identical ? [] : down.map(({ name, column, type }) => kept(name, column, columnOf(name), type)),
        seen: identical
          ? []
          : up.map(({ column, type }) => kept(column, swap ? swap.name : column, fresh(column), type)),
        otherwise: down.map(({ column, type, value }) => ({ column, type, value })),
        ...{ loose: false, follows: false, required: false },
        given: `what ${up.map(({ column }) => (swap ? swap.name : column)).join(' and ')} gives`,
      }
    }),
    ...single.map((retired): Group => {
      const like = columnOf(retired.column)
      const type = like?.type ?? 'text'
      const { value, loose, follows, given } = leftOut(retired, like, sync)
      const stored = storedOf(retired)
      return {
        names: [retired.column],
        old: [kept(retired.column, stored, like, type)],
        seen: [],
        otherwise: [{ column: stored, type, value }],
        ...{ loose, follows, given },
        required: given === null && (like?.notNull ?? false),
      }
    }),
  ]
}

const NOTHING: Assignment['value'] = { sql: 'NULL', reads: [], volatile: false }

/** What a row has that is written without the column, until it is dropped. */
function leftOut(
  { column, now, temporaryDefault }: RetiredColumn,
  like: Column | undefined,
  sync: readonly SyncGroup[],
): { value: Assignment['value']; loose: boolean; follows: boolean; given: string | null } {
  const fill = sync
    .flatMap((group) => (group.kind === 'fill' ? group.up : []))
    .find((one) => one.column === column)
  if (fill)
    return {
      value: fill.value,
      loose: fill.value.volatile,
      follows: true,
      given: 'what restore gives for the row',
    }
  const sql = now ? now.default : (like?.default?.sql ?? temporaryDefault)
  if (sql === null || sql === undefined) return { value: NOTHING, loose: false, follows: false, given: null }
  const volatile = !now && (like?.default?.volatile ?? false)
  return { value: { sql, reads: [], volatile }, loose: volatile, follows: false, given: `its default ${sql}` }
}

function comesBack({ names, old, seen, otherwise, loose, follows }: Group, reads: ArchiveReads): Value {
  const columns = seen.map(({ stored }) => stored)
  const set = otherwise.map((one, place): Assignment => {
    const kept = old[place]
    if (kept === undefined) return one
    const { value } = one
    return {
      ...one,
      value: {
        sql: `CASE WHEN ${reads.has(columns)} THEN ${reads.value(kept.name, columns)} ELSE (${value.sql}) END`,
        reads: value.reads,
        volatile: false,
      },
    }
  })
  const where = follows ? `NOT (${otherwise.map(reads.same).join(' AND ')})` : loose ? reads.has([]) : null
  return {
    set,
    where: otherwise.map(({ column }) => reads.isEmpty(column)).join(' AND '),
    rule: {
      name: `${names.join('-and-')}-can-come-back`,
      rule: { rule: 'has', set, where },
    },
  }
}

/** What contract does before it drops: the values are copied, and it is proven of every row that they can come back. */
export const keeping = ({ archive, walk, values }: Kept, { table }: Merged): readonly Action[][] => [
  ...(archive === null
    ? []
    : [
        [archive],
        [
          {
            do: 'copy_to_archive' as const,
            ...{ table, archive: archive.archive, key: archive.key, columns: archive.columns },
            index: walk.index,
          },
        ],
      ]),
  [{ do: 'prove_rows', table, key: walk.key, rules: values.map(({ rule }) => rule) }],
]
