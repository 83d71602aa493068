import type { WordPlace } from '../../../program/kinds/type-action.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Statements } from '../../../program/written.ts'
import type { Writers } from '../../interface/language.ts'
import { alter } from '../language/attributes.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { lock } from './locks.ts'
import { columnIs } from './probes.ts'
import { isZoneChange } from './retyping.ts'

const renaming = (table: TableRef, from: string, to: string): string =>
  `${alter(table)} RENAME COLUMN ${quote(from)} TO ${quote(to)}`

const underLock = (
  table: TableRef,
  done: Pick<Statements, 'statements' | 'undo' | 'probe'> & { readonly also?: readonly TableRef[] },
): Statements => {
  const { also = [], ...rest } = done
  return {
    run: 'statements',
    ...rest,
    transaction: 'step',
    locks: [lock.exclusive(table), ...also.map(lock.exclusive)],
  }
}

const placed = (place: WordPlace): string =>
  place === null
    ? ''
    : 'before' in place
      ? ` BEFORE ${literal(place.before)}`
      : ` AFTER ${literal(place.after)}`

/** In UTC a time keeps its stored form when it gets or loses its zone. So the step sets the time zone of its session. */
const inUtc = (from: string, to: string): string[] =>
  isZoneChange(from, to) ? ["SET LOCAL TimeZone = 'UTC'"] : []

/** How an old column goes: under another name first, which can be undone, and then for good. */
export const retiringWriters: Pick<
  Writers,
  'retire_column' | 'swap_columns' | 'alter_type' | 'add_words' | 'drop_column'
> = {
  retire_column: ({ table, column, tombstone }) =>
    underLock(table, {
      statements: [renaming(table, column, tombstone)],
      undo: [renaming(table, tombstone, column)],
      probe: columnIs(table, tombstone),
    }),

  // The sync follows in the same transaction, so no statement finds it with other names than the table's.
  swap_columns: ({ table, swaps }) =>
    underLock(table, {
      statements: swaps.flatMap(({ name, shadow, tombstone }) => [
        renaming(table, name, tombstone),
        renaming(table, shadow, name),
      ]),
      undo: swaps.flatMap(({ name, shadow, tombstone }) => [
        renaming(table, name, shadow),
        renaming(table, tombstone, name),
      ]),
      probe: columnIs(table, swaps[0]?.tombstone ?? ''),
    }),

  // A server that writes the table anew all the same is seen before the commit, and rolled back.
  alter_type: ({ table, column, from, to, back }) =>
    underLock(table, {
      statements: [...inUtc(from, to), `${alter(table)} ALTER COLUMN ${quote(column)} TYPE ${to}`],
      undo:
        back === null
          ? []
          : [...inUtc(from, to), `${alter(table)} ALTER COLUMN ${quote(column)} TYPE ${from}`],
      probe: columnIs(table, column, `pg_catalog.format_type(atttypid, atttypmod) <> ${literal(from)}`),
    }),

  // No table is locked. Rows cannot hold the words before the commit (55P04).
  add_words: ({ type, words }) => ({
    run: 'statements',
    statements: words.map(
      ({ word, place }) =>
        `ALTER TYPE ${quoteTable(type)} ADD VALUE IF NOT EXISTS ${literal(word)}${placed(place)}`,
    ),
    undo: [],
    transaction: 'step',
    probe: `SELECT (SELECT count(*) FROM pg_catalog.pg_enum WHERE enumtypid = pg_catalog.to_regtype(${literal(quoteTable(type))}) AND enumlabel IN (${words.map(({ word }) => literal(word)).join(', ')})) = ${words.length} AS done`,
    locks: [],
  }),

  // Never CASCADE: an object that depends on the column and is not part of the plan must stop this.
  drop_column: ({ table, column, referencedTables }) =>
    underLock(table, {
      statements: [`${alter(table)} DROP COLUMN ${quote(column)}`],
      undo: [],
      probe: columnIs(table, column).replace('SELECT EXISTS', 'SELECT NOT EXISTS'),
      // Dropping a foreign key with the column locks the referenced table, too.
      also: referencedTables,
    }),
}
