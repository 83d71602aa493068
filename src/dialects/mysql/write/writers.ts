import type { TableRef } from '../../../program/refs.ts'
import { type Sync, swapsIn } from '../../../program/sync.ts'
import type { Traits } from '../../../program/traits.ts'
import type { Statements } from '../../../program/written.ts'
import type { Writers } from '../../interface/language.ts'
import { authorsWriters } from '../../relational/authored.ts'
import { requiresDistinct } from '../../relational/distinct.ts'
import { isMariadb } from '../connect/mariadb.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { archiveWriters } from '../walk/archive.ts'
import { fill } from '../walk/backfill.ts'
import { same } from '../walk/equality.ts'
import { keyWriters } from '../walk/keys.ts'
import { tryRows } from '../walk/trials.ts'
import { proveCatalogue, proveQuery, proveRows } from '../walk/verify.ts'
import { constraintWriters } from './constraints.ts'
import { ddl, isCut, ways } from './ddl.ts'
import {
  asDefault,
  defaulted,
  definition,
  givenDefault,
  rest,
  setDefault,
  temporaryDefault,
} from './defaults.ts'
import { guardWriters } from './guard.ts'
import { lock } from './locks.ts'
import { blockWrites, columnLosses, lost, syncLosses } from './losses.ts'
import { markWriters } from './marks.ts'
import { columnIs, done, indexIs, triggerIs } from './probes.ts'
import { relaxWriters } from './relax.ts'
import { rightsWriters } from './rights.ts'
import { ruleWriters } from './rules.ts'
import { sealWriters } from './seal.ts'
import { swapWriters } from './swap.ts'
import {
  dropTrigger,
  firstParts,
  isSealed,
  lastParts,
  mustSucceed,
  namesTaken,
  type Part,
  syncTrigger,
  triggerName,
} from './sync.ts'
import { behind, hidden, shownAlone } from './visibility.ts'

const alter = (table: TableRef) => `ALTER TABLE ${quoteTable(table)}`

/**
 * Actions that the traits of these servers never ask for: a unique index is its constraint, NOT NULL is set at once, and
 * there are no statistics objects and no sequences.
 */
type Never =
  | 'add_words'
  | 'add_unique'
  | 'add_not_null'
  | 'finish_not_null'
  | 'create_statistics'
  | 'rename_statistics'
  | 'replace_sync'
  | 'own_sequence'
  | 'delete_unique'
  | 'create_sequence'
  | 'make_identity'

/**
 * How each action is written for MySQL and MariaDB. Every statement is one change that asserts how it is made: a server
 * that would have to copy the table refuses.
 */
export const writers =
  (dialect: string) =>
  (traits: Traits): Writers<Never> => {
    const { instant, online, rebuild } = ways(dialect)
    const isInstant = (column: string): boolean =>
      traits.instantDrop && (isMariadb(dialect) || !isCut(column))
    const dropping = (column: string): string => (isInstant(column) ? instant : rebuild)
    return {
      add_column: (action) => {
        const { table, column } = action
        return {
          ...ddl({
            statement: `${alter(table)} ADD COLUMN ${definition(column)} NULL${rest(column)}${behind(column)}, ${instant}`,
            undo: `${alter(table)} DROP COLUMN ${quote(column.name)}, ${dropping(column.name)}`,
            is: columnIs(table, column.name),
            locks: [lock.exclusive(table)],
          }),
          ...columnLosses(action),
        }
      },

      add_generated: ({ table, column, value }) =>
        ddl({
          statement: `${alter(table)} ADD COLUMN ${definition(column)} GENERATED ALWAYS AS (${value.sql}) VIRTUAL${rest(column)}, ${instant}`,
          undo: `${alter(table)} DROP COLUMN ${quote(column.name)}, ${instant}`,
          is: columnIs(table, column.name),
          locks: [lock.exclusive(table)],
        }),

      add_column_with_default: ({ table, column, default: value, notNull, key }) => ({
        ...ddl({
          statement: `${alter(table)} ADD COLUMN ${definition(column)} ${notNull ? 'NOT NULL' : 'NULL'} DEFAULT ${asDefault(value.sql)}${rest(column)}, ${instant}`,
          undo: `${alter(table)} DROP COLUMN ${quote(column.name)}, ${dropping(column.name)}`,
          is: columnIs(table, column.name),
          locks: [lock.exclusive(table)],
        }),
        blockWrites: blockWrites(table),
        losses: [
          lost(`values of ${column.name} other than its default`, {
            ...{ table, key, columns: [{ column: column.name, type: column.type }] },
            where: `NOT (${same(quote(column.name), `(${value.sql})`, column.type)})`,
          }),
        ],
      }),

      install_sync: ({ sync, key }) => ({
        // The UPDATE trigger comes first. A row that is inserted before the INSERT trigger exists is merely not filled,
        // which does no harm.
        ...made(sync, lastParts.toReversed()),
        namesTaken: namesTaken(sync),
        blockWrites: blockWrites(sync.table),
        losses: syncLosses(sync, key),
        mustSucceed: mustSucceed(sync),
      }),

      lead_sync: ({ sync }) => made(sync, firstParts(sync).toReversed()),

      // The last ones go first: without the first ones they would take all changes for the work of others.
      remove_sync: ({ sync }) => {
        const all = [...lastParts, ...firstParts(sync)]
        return {
          run: 'statements',
          statements: all.map((part) => dropTrigger(sync, part)),
          // With its columns swapped the triggers could not be created again. Then there is no way back once one is gone.
          undo:
            swapsIn(sync.groups).length > 0
              ? []
              : all.toReversed().flatMap((part) => [dropTrigger(sync, part), syncTrigger(sync, part)]),
          probe: done(`NOT (${all.map((part) => syncIs(sync, part)).join(' OR ')})`),
          // Half a sync does not count.
          undoNeeded: done(`NOT (${all.map((part) => syncIs(sync, part)).join(' AND ')})`),
          transaction: 'autocommit',
          locks: [lock.exclusive(sync.table)],
        }
      },

      try_rows: tryRows,
      ...archiveWriters,
      ...sealWriters,
      ...guardWriters,
      remove_guard: (action) => ({
        ...guardWriters.remove_guard(action),
        // Not while a drop writes the table anew.
        ...(action.guard.columns.every(({ column }) => isInstant(column)) && {
          alone: blockWrites(action.guard.table),
        }),
      }),
      ...relaxWriters(dialect),
      ...swapWriters(dialect, dropping),
      ...authorsWriters(() => ({ before: '', after: '' })),
      ...rightsWriters(dialect),
      fill,
      prove_rows: proveRows,
      prove_catalogue: proveCatalogue(dialect),
      prove_query: proveQuery,

      create_index: ({ table, name, definition: text, distinct }) => ({
        ...requiresDistinct(quoteTable)(table, distinct),
        ...ddl({
          statement: `${alter(table)} ADD ${text}, ${online}`,
          undo: `${alter(table)} DROP INDEX ${quote(name)}, ${online}`,
          is: indexIs(table, name),
          locks: [lock.online(table, 'build'), lock.exclusive(table)],
        }),
      }),

      drop_index: ({ table, name, column, definition: text }) =>
        ddl({
          statement: `${alter(table)} DROP INDEX ${quote(name)}, ${online}`,
          undo: `${alter(table)} ADD ${text}, ${online}`,
          is: `NOT ${indexIs(table, name, column)}`,
          locks: [lock.exclusive(table)],
        }),

      rename_index: ({ table, from, to }) =>
        ddl({
          statement: `${alter(table)} RENAME INDEX ${quote(from)} TO ${quote(to)}, ${online}`,
          undo: `${alter(table)} RENAME INDEX ${quote(to)} TO ${quote(from)}, ${online}`,
          is: `(${indexIs(table, to)} AND NOT ${indexIs(table, from)})`,
          locks: [lock.exclusive(table)],
        }),

      ...constraintWriters(dialect),
      ...ruleWriters(dialect),
      ...keyWriters,
      ...markWriters,

      // Both servers rewrite the table for it, while everybody reads and writes.
      set_not_null: ({ table, column, default: given }) => {
        const more = `${given === null ? '' : ` DEFAULT ${givenDefault(column, given, dialect)}`}${rest(column)}, ${rebuild}`
        return {
          ...ddl({
            statement: `${alter(table)} MODIFY COLUMN ${definition(column)} NOT NULL${more}`,
            undo: `${alter(table)} MODIFY COLUMN ${definition(column)} NULL${more}`,
            is: columnIs(table, column.name, "IS_NULLABLE = 'NO'"),
            locks: [lock.online(table, 'rewrite'), lock.exclusive(table)],
          }),
          requires: {
            query: `SELECT COUNT(*) AS violations FROM ${quoteTable(table)} WHERE ${quote(column.name)} IS NULL`,
            look: `SELECT * FROM ${quoteTable(table)} WHERE ${quote(column.name)} IS NULL`,
            code: 'PLAN_NULL',
            says: `${table.name}.${column.name} is required, but # rows have no value in it`,
            hint: 'give these rows a value (in the old or the new shape), then advance again; or roll back and leave out required',
          },
        }
      },

      set_temporary_default: ({ table, column, default: value, definition: text }) =>
        text === undefined
          ? defaulted(table, column, asDefault(value), dialect)
          : temporaryDefault(table, column, text, value, dialect),
      set_default: (action) => setDefault(action, dialect),

      retire_column: (action) => {
        const { table, column, tombstone } = action
        return tombstone === column
          ? hidden(action, dialect)
          : ddl({
              statement: `${alter(table)} RENAME COLUMN ${quote(column)} TO ${quote(tombstone)}, ${online}`,
              undo: `${alter(table)} RENAME COLUMN ${quote(tombstone)} TO ${quote(column)}, ${online}`,
              is: columnIs(table, tombstone),
              locks: [lock.exclusive(table)],
            })
      },
      show_column: ({ table, ...shown }) => shownAlone(table, shown, dialect),

      drop_column: ({ table, column }) => ({
        ...ddl({
          statement: `${alter(table)} DROP COLUMN ${quote(column)}, ${dropping(column)}`,
          undo: null,
          is: `NOT ${columnIs(table, column)}`,
          locks: [...(isInstant(column) ? [] : [lock.online(table, 'rewrite')]), lock.exclusive(table)],
        }),
      }),
    }
  }

const made = (sync: Sync, parts: readonly Part[]): Statements => ({
  run: 'statements',
  statements: parts.map((part) => syncTrigger(sync, part)),
  doneEach: parts.map((part) => done(isSealed(sync, part))),
  undo: parts.toReversed().map((part) => dropTrigger(sync, part)),
  probe: done(parts.map((part) => isSealed(sync, part)).join(' AND ')),
  transaction: 'autocommit',
  locks: [lock.exclusive(sync.table)],
})

const syncIs = (sync: Sync, part: Part): string => triggerIs(sync.table, triggerName(sync, part))
