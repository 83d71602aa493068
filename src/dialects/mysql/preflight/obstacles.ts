import type { NewColumn } from '../../../program/column.ts'
import type { Column, Constraint, Table } from '../../../schema/snapshot.ts'
import type { Growth } from '../../interface/language.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { bytesPerCharacter, widthOf } from '../walk/widths.ts'
import { setsWhole } from '../write/defaults.ts'

/**
 * What keeps these servers from changing a table while others write, read from the catalogue. Each was measured on MySQL
 * 9.7 and MariaDB 10.11. Their own refusals only speak of ALGORITHM and name no index and no column.
 */

/** Why MariaDB changes nothing about the table, not even its comment. The index stands on a hidden virtual column. */
export function frozen({ indexes }: Table): Refusal | null {
  const long = indexes.find(({ method }) => method === 'hash')
  return long
    ? {
        refused: `has the unique index ${long.name} on long values, beside which this server changes a table only by copying it`,
        hint: rebuilt(long.name),
      }
    : null
}

/** Why no column can be added or dropped by changing only the catalogue. */
export function unalterable(table: Table, mariadb: boolean): Refusal | null {
  const { indexes, columns, kind, rowFormat = '' } = table
  const words = indexes.find(({ method }) => method === 'fulltext')
  if (words)
    return {
      refused: `has the fulltext index ${words.name}, beside which this server changes columns only by blocking writes`,
      hint: rebuilt(words.name),
    }
  if (/^compressed$/i.test(rowFormat))
    return {
      refused: 'has ROW_FORMAT=COMPRESSED, in which this server adds columns only by writing the table anew',
      hint: `change the row format first (ALTER TABLE ${quoteTable(table)} ROW_FORMAT=DYNAMIC), beside running writes`,
    }
  if (!mariadb) return null
  const period = indexes.find(({ definition }) => /\bWITHOUT OVERLAPS\b/.test(definition))
  if (period)
    return {
      refused: `has the key ${period.name} WITHOUT OVERLAPS, beside which this server changes columns only by copying the table`,
      hint: 'add the column by hand through a copy of the table, such as pt-online-schema-change makes one',
    }
  const virtuals = columns.filter(({ generated }) => generated?.kind === 'virtual')
  const [computed] = kind === 'partitioned' ? virtuals : []
  if (computed)
    return {
      refused: `is partitioned and has the virtual column ${computed.name}, beside which this server drops columns only by copying the table`,
      hint: `drop ${computed.name} before this plan and add it again afterwards, the server does both while others write`,
    }
  const virtual = virtuals.find(({ name }) => indexes.some((index) => index.columns.includes(name)))
  return virtual
    ? {
        refused: `has an index on the virtual column ${virtual.name}, beside which this server changes columns only by blocking writes`,
        hint: `drop that index before this plan and build it again afterwards: ${indexes.find((index) => index.columns.includes(virtual.name))?.name ?? ''}`,
      }
    : null
}

const rebuilt = (index: string): string =>
  `drop ${index} before this plan and build it again afterwards, at a quiet time`

/** Why the table cannot be rewritten while others write, which making a column required needs. */
export function unrewritable(table: Table, mariadb: boolean): Refusal | null {
  const { indexes, columns } = table
  const spatial = indexes.find(({ method }) => method === 'spatial')
  if (spatial)
    return {
      refused: `has the spatial index ${spatial.name}, beside which this server makes a column NOT NULL only by blocking writes`,
      hint: rebuilt(spatial.name),
    }
  const checked = mariadb ? null : unmodifiable(table, 'makes a column NOT NULL')
  if (checked) return { ...checked, hint: `let the new column be empty; or ${checked.hint}` }
  const stored = mariadb ? columns.find(({ generated }) => generated?.kind === 'stored') : undefined
  return stored
    ? {
        refused: `has the stored generated column ${stored.name}, beside which this server makes a column NOT NULL only by copying the table`,
        hint: `let the new column be empty; or drop ${stored.name} before this plan and add it again afterwards, as VIRTUAL beside running writes`,
      }
    : null
}

/** Why MySQL cannot give a column this default, where that needs the whole column (`MODIFY`). */
export const unsettable = (table: Table, type: string, value: string): Refusal | null =>
  setsWhole(type, value) ? unmodifiable(table, `gives a column the default ${value}`) : null

/** MySQL never prints DEFAULT NULL for a column of these types. */
const DEFAULTLESS = /^(tiny|medium|long)?(text|blob)|^json|^geom|point|linestring|polygon/i

/**
 * After ALTER … DROP DEFAULT a column that may be empty has no default at all: who leaves it out is refused. MODIFY gives
 * such a column DEFAULT NULL, and cannot be told not to (measured on 9.7).
 */
const isBare = ({ notNull, default: given, type, definition }: Column): boolean =>
  !(notNull || given !== null || definition === undefined || DEFAULTLESS.test(type)) &&
  !/\bDEFAULT\b/.test(definition)

/** Why MySQL could not give the column back what it has for a default. */
export const unrestorable = (table: Table, column: Column): Refusal | null =>
  isBare(column)
    ? {
        refused: 'has no default, not even NULL, and to repeat its definition would give it NULL',
        hint: `give it that before this plan, which changes only the catalogue: ALTER TABLE ${quoteTable(table)} ALTER COLUMN ${quote(column.name)} SET DEFAULT NULL`,
      }
    : null

/** Why MySQL cannot change one property of a column by repeating the others. */
export const unrepeatable = (table: Table): Refusal | null =>
  unmodifiable(table, 'repeats the definition of a column')

/** Why MySQL does something to any column only by copying the table. */
export function unmodifiable(table: Table, does: string): Refusal | null {
  const { columns, constraints } = table
  const rechecked = (one: Constraint) =>
    columns.flatMap(({ name, type }) => (one.columns.includes(name) ? (RECHECKED.exec(type) ?? []) : []))[0]
  const check = constraints.find(
    (one) => one.kind === 'check' && one.validated && rechecked(one) !== undefined,
  )
  return check
    ? {
        refused: `has the check ${check.name} over a column of type ${rechecked(check)}, beside which this server ${does} only by copying the table`,
        hint: `switch the check off before this plan (ALTER TABLE ${quoteTable(table)} ALTER CHECK ${quote(check.name)} NOT ENFORCED, which is done beside running writes) and on again afterwards, which copies the table`,
      }
    : null
}

/** Types that MySQL treats as changed when a check names such a column, whichever column is changed. */
const RECHECKED = /^(date|time|datetime|timestamp|enum|set|(tiny|medium|long)(text|blob))\b/i

/** The limit of both servers, including the primary key. */
const MOST_INDEXES = 64

/** InnoDB's limit, without the three columns it adds itself. */
const MOST_COLUMNS = 1017

/** The row limit of both servers, without values stored elsewhere; and InnoDB's for what a page of 16 kB holds. */
const [MOST_BYTES, MOST_IN_PAGE] = [65_535, 8_126]

/** How often columns can be added and dropped instantly: release notes of MySQL 8.0.29 and 9.1. */
export const mostRowVersions = (version: number): number => (version >= 90_100 ? 255 : 64)

/** Why the table cannot hold what a plan adds to it; null when it can. */
export function overfull(table: Table, growth: Growth, version: number, mariadb: boolean): Refusal | null {
  const columns = table.columns.length + growth.columns.length
  if (columns > MOST_COLUMNS)
    return {
      refused: `would have ${columns} columns while both shapes are there, and a table can have ${MOST_COLUMNS}`,
      hint: 'drop columns that nobody uses before this plan, or make several plans, one after the other',
    }
  const indexes = table.indexes.length + growth.indexes
  if (indexes > MOST_INDEXES)
    return {
      refused: `would have ${indexes} indexes while both shapes are there, and a table can have ${MOST_INDEXES}`,
      hint: 'drop indexes that nobody uses before this plan, or make several plans, one after the other',
    }
  const versions = (table.rowVersions ?? 0) + growth.columns.length + growth.dropped
  if (table.rowVersions !== undefined && versions > mostRowVersions(version))
    return {
      refused: `has had ${table.rowVersions} of ${mostRowVersions(version)} instant changes of its columns, and this plan makes ${growth.columns.length + growth.dropped}`,
      hint: `rebuild it once at a quiet time: ALTER TABLE ${quoteTable(table)} FORCE, ALGORITHM=INPLACE, LOCK=NONE`,
    }
  return tooWide(table, growth.columns, mariadb)
}

function tooWide(table: Table, added: readonly NewColumn[], mariadb: boolean): Refusal | null {
  const { columns, collation, rowFormat = '' } = table
  if (collation === undefined) return null
  const width = (column: Pick<NewColumn, 'type' | 'collation'>) =>
    widthOf(column.type, bytesPerCharacter(spelled(column.type) ?? column.collation ?? collation))
  const empties = Math.ceil((columns.filter(({ notNull }) => !notNull).length + added.length) / 8)
  const row = sum([...columns, ...added].map((one) => width(one).row)) + empties
  const stored = columns.filter(({ generated }) => generated?.kind !== 'virtual')
  const page = sum([...stored, ...added].map((one) => width(one).page)) + empties + HEADER
  const wide = (bytes: number, most: number, where: string): Refusal => ({
    refused: `would have rows of up to ${bytes} bytes${where} while both shapes are there, and they can have ${most}`,
    hint: 'make columns shorter, or TEXT, before this plan, or make several plans, one after the other; each column counts with its longest value',
  })
  if (row > MOST_BYTES) return wide(row, MOST_BYTES, '')
  // MariaDB checks the rows themselves.
  return !mariadb && /^dynamic$/i.test(rowFormat) && page > MOST_IN_PAGE
    ? wide(page, MOST_IN_PAGE, ' within a page')
    : null
}

/** The character set or collation that a plan may name with a type. */
const spelled = (type: string): string | undefined =>
  /\b(?:character set|charset|collate)\s+(\w+)/i.exec(type)?.[1]?.toLowerCase()

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

/** Bytes of a row in InnoDB: its header, and its transaction. */
const HEADER = 5 + 13
