import type { Action } from '../../program/action.ts'
import type { Archive, KeptColumn, KeptRows } from '../../program/kinds/archive-action.ts'
import type { KeyColumn, TableRef } from '../../program/refs.ts'
import type { Assignment } from '../../program/sync.ts'
import type { Loss, Statements } from '../../program/written.ts'
import { qualified } from '../../schema/lookup.ts'
import type { ArchiveReads } from '../interface/language.ts'

type Dialect = {
  readonly quote: (name: string) => string
  readonly quoteTable: (table: TableRef) => string
  readonly sameImage: (a: string, b: string, type: string) => string
  /** Whether a column has what an assignment of this value would store. Never NULL. */
  readonly same: (assignment: Assignment) => string
  readonly isNull: (value: string) => string
  /** `SELECT 1`, or what is shorter. */
  readonly any: string
  /** Counts the rows of a table for which the condition holds, as `rows` or by another name. */
  readonly query: (table: TableRef, condition: string, as?: string) => string
  readonly lost: (
    what: string,
    all: {
      readonly table: TableRef
      readonly key: readonly KeyColumn[]
      readonly columns: readonly { readonly column: string; readonly type: string }[]
      readonly where: string
    },
  ) => Loss
  readonly keyAsText: (key: readonly KeyColumn[]) => string
  readonly limit: string
}

/** The archive in a lookup. */
export const KEPT = 'plan_kept'

const names = (columns: readonly string[]): string => columns.join(', ')

/** How a database of tables looks values up that it keeps in an archive. */
export function archiveBy(dialect: Dialect) {
  const { quote, quoteTable, sameImage, any, query } = dialect
  const kept = (name: string) => `${KEPT}.${quote(name)}`

  const keyed = ({ table, key }: Archive): string[] =>
    key.map(({ name, stored }) => `${kept(name)} = ${quoteTable(table)}.${quote(stored)}`)

  const unchanged = ({ table, columns }: Archive, seen: readonly string[]): string[] =>
    columns
      .filter(({ stored }) => seen.includes(stored))
      .map(({ name, stored, type }) => sameImage(kept(name), `${quoteTable(table)}.${quote(stored)}`, type))

  const found = (what: string, archive: Archive, seen: readonly string[]): string =>
    `(${what} FROM ${quoteTable(archive.archive)} ${KEPT} WHERE ${[...keyed(archive), ...unchanged(archive, seen)].join(' AND ')})`

  const reads = (archive: Archive): ArchiveReads => ({
    has: (seen) => `EXISTS ${found(any, archive, seen)}`,
    value: (column, seen) => found(`SELECT ${kept(column)}`, archive, seen),
    isEmpty: (column) => dialect.isNull(quote(column)),
    same: (assignment) => `(${dialect.same(assignment)})`,
  })

  /** Rows of the archive whose own row is there no more. */
  const orphaned = ({ table, archive, key }: Archive): string =>
    `NOT EXISTS (${any} FROM ${quoteTable(table)} plan_row WHERE ${key.map(({ name, stored }) => `plan_row.${quote(stored)} = ${quoteTable(archive)}.${quote(name)}`).join(' AND ')})`

  type Create = Extract<Action, { do: 'create_archive' }>

  const tells = (action: Create): NonNullable<Statements['tells']> => {
    const { table, archive, groups } = action
    const { has } = reads(action)
    const all = names(groups.flatMap(({ columns }) => columns))
    const since = query(table, `NOT ${has([])}`)
    return [
      {
        says: `kept in ${qualified(archive)}: ${all} of # of ${table.name}, which a rollback puts back`,
        query: query(table, has([])),
      },
      ...groups
        .filter(({ seen }) => seen.length > 0)
        .map(({ columns, seen, given }) => ({
          says: `changed since they were kept: ${names(seen)} of # of ${table.name}, where ${names(columns)} becomes ${given} now`,
          query: query(table, `${has([])} AND NOT ${has(seen)}`),
        })),
      ...groups.map(({ columns, given }) => ({
        says: `written since: # of ${table.name}, where ${names(columns)} becomes ${given ?? 'NULL'}`,
        query: since,
      })),
    ]
  }

  /** What a rollback must find before it begins: each row that needs a value has one. */
  const required = (action: Create): Pick<Statements, 'undoRequires'> => {
    const { table, archive, key, groups } = action
    const columns = groups.filter(({ required }) => required).flatMap((group) => group.columns)
    if (columns.length === 0) return {}
    const missing = `NOT ${reads(action).has([])}`
    const place = `${qualified(archive)} (${names([...key.map(({ name }) => name), ...columns])})`
    return {
      undoRequires: {
        query: query(table, missing, 'violations'),
        sample: `SELECT ${dialect.keyAsText(key.map(({ stored, type }) => ({ name: stored, type })))} FROM ${quoteTable(table)} WHERE ${missing} LIMIT ${dialect.limit}`,
        code: 'PLAN_NULL',
        says: `${names(columns)} of ${table.name} was required before this plan, and # rows have no value in it: they were written since it was dropped`,
        hint: `nothing was undone; insert one row for each of them into ${place}, with its key and the value that it shall have, then run plan rollback again`,
      },
    }
  }

  /** Values that only the archive has: their rows were deleted. */
  const losses = (action: Create): readonly Loss[] => {
    const { archive, key, groups, columns } = action
    const old = groups.flatMap((group) => group.columns)
    return [
      dialect.lost(`values of ${names(old)} that ${archive.name} keeps of rows deleted since`, {
        ...{ table: archive, key: key.map(({ name, type }) => ({ name, type })) },
        columns: columns
          .filter(({ name }) => old.includes(name))
          .map(({ name, type }) => ({ column: name, type })),
        where: orphaned(action),
      }),
    ]
  }

  /** A row and what is kept of it. */
  const matches = ({ key }: Archive, row: string, of = KEPT): string =>
    key.map(({ name, stored }) => `${of}.${quote(name)} = ${row}.${quote(stored)}`).join(' AND ')

  /** The row still has what the backfill gave it. */
  const asWritten = ({ written }: KeptRows, row: string, of = KEPT): string =>
    written
      .map(({ name, stored, type }) => sameImage(`${of}.${quote(name)}`, `${row}.${quote(stored)}`, type))
      .join(' AND ')

  /** Rows do not get back what they had where somebody has changed them since. */
  const changed = (keep: KeptRows): Loss => {
    const { table, archive, key, columns } = keep
    const all = quoteTable(archive)
    return dialect.lost(
      `what ${names(columns.map(({ stored }) => stored))} had before the backfill, of rows changed since (these stay as they are)`,
      {
        ...{ table: archive, key: key.map(({ name, type }) => ({ name, type })) },
        columns: columns.map(({ name, type }) => ({ column: name, type })),
        where: `EXISTS (${any} FROM ${quoteTable(table)} plan_row WHERE ${matches(keep, 'plan_row', all)} AND NOT (${asWritten(keep, 'plan_row', all)}))`,
      },
    )
  }

  return {
    reads,
    /** What the batches of a backfill keep of their rows. */
    rows: {
      matches,
      asWritten,
      /** Something is kept of the row. */
      has: (keep: KeptRows): string =>
        `EXISTS (${any} FROM ${quoteTable(keep.archive)} ${KEPT} WHERE ${matches(keep, quoteTable(keep.table))})`,
      losses: (keep: KeptRows): readonly Loss[] => [changed(keep)],
    },
    /** What a rollback says, needs and loses where an archive is. */
    told: (action: Create): Pick<Statements, 'tells' | 'undoRequires' | 'losses'> =>
      action.written
        ? {}
        : {
            tells: tells(action),
            ...required(action),
            losses: losses(action),
          },
  }
}

/** The columns of an archive as its table has them, the key first. */
export const columnsIn = ({
  key,
  columns,
  written = [],
}: Archive & { readonly written?: readonly KeptColumn[] }): readonly KeptColumn[] => [
  ...key,
  ...columns,
  ...written,
]
