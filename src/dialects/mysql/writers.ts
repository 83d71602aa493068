import type { Action, NewColumn, Sync, TableRef, Written } from '../../compiler/step.ts'
import type { Traits, Writers } from '../dialect.ts'
import { fill } from './backfill.ts'
import { constraintWriters } from './constraints.ts'
import { ddl, isCut, modified, ways } from './ddl.ts'
import { same } from './equality.ts'
import { lock } from './locks.ts'
import { lossQuery, syncLosses } from './losses.ts'
import { isMariadb } from './mariadb.ts'
import { columnIs, done, HAS_DEFAULT, indexIs, triggerIs } from './probes.ts'
import { literal, quote, quoteTable } from './quote.ts'
import { dropTrigger, EVENTS, syncSeal, syncTrigger, tries, triggerName } from './sync.ts'
import { proveCatalogue, proveQuery, proveRows } from './verify.ts'

const alter = (table: TableRef) => `ALTER TABLE ${quoteTable(table)}`

/**
 * How each action is written for MySQL and MariaDB. Every statement is one change that says how it may be made: a server
 * that would have to copy the table refuses instead.
 */
export const writers =
  (dialect: string) =>
  (traits: Traits): Writers => {
    const { instant, online, rebuild } = ways(dialect)
    const dropping = (column: string): string =>
      traits.instantDrop && (isMariadb(dialect) || !isCut(column)) ? instant : rebuild
    return {
      add_column: ({ table, column, own }) => ({
        ...ddl({
          statement: `${alter(table)} ADD COLUMN ${definition(column)} NULL${rest(column)}, ${instant}`,
          undo: `${alter(table)} DROP COLUMN ${quote(column.name)}, ${dropping(column.name)}`,
          is: columnIs(table, column.name),
          locks: [lock.exclusive(table)],
        }),
        ...(own && {
          losses: [
            {
              what: `values of ${column.name}`,
              query: lossQuery(table, `${quote(column.name)} IS NOT NULL`),
            },
          ],
        }),
      }),

      add_column_with_default: ({ table, column, default: value, notNull }) => ({
        ...ddl({
          statement: `${alter(table)} ADD COLUMN ${definition(column)} ${notNull ? 'NOT NULL' : 'NULL'} DEFAULT ${asDefault(value.sql)}${rest(column)}, ${instant}`,
          undo: `${alter(table)} DROP COLUMN ${quote(column.name)}, ${dropping(column.name)}`,
          is: columnIs(table, column.name),
          locks: [lock.exclusive(table)],
        }),
        losses: [
          {
            what: `values of ${column.name} other than its default`,
            query: lossQuery(table, `NOT (${same(quote(column.name), `(${value.sql})`, column.type)})`),
          },
        ],
      }),

      install_sync: ({ sync }) => ({
        // That of UPDATE first: a row that is inserted before there is the other one is empty, and no harm comes of it.
        statements: UPDATE_FIRST.map((event) => syncTrigger(sync, event)),
        each: UPDATE_FIRST.map((event) => done(sealed(sync, event))),
        undo: EVENTS.map((event) => dropTrigger(sync, event)),
        probe: done(EVENTS.map((event) => sealed(sync, event)).join(' AND ')),
        squatters: squatters(sync),
        transaction: 'alone',
        locks: [lock.exclusive(sync.table)],
        losses: syncLosses(sync),
        tries: tries(sync),
      }),

      remove_sync: ({ sync }) => ({
        statements: EVENTS.map((event) => dropTrigger(sync, event)),
        undo: UPDATE_FIRST.flatMap((event) => [dropTrigger(sync, event), syncTrigger(sync, event)]),
        probe: done(`NOT (${EVENTS.map((event) => syncIs(sync, event)).join(' OR ')})`),
        // Half of a sync is none.
        standing: done(`NOT (${EVENTS.map((event) => syncIs(sync, event)).join(' AND ')})`),
        transaction: 'alone',
        locks: [lock.exclusive(sync.table)],
      }),

      fill,
      prove_rows: proveRows,
      prove_catalogue: proveCatalogue,
      prove_query: proveQuery,

      create_index: ({ table, name, definition: text }) =>
        ddl({
          statement: `${alter(table)} ADD ${text}, ${online}`,
          undo: `${alter(table)} DROP INDEX ${quote(name)}, ${online}`,
          is: indexIs(table, name),
          locks: [lock.online(table, 'build'), lock.exclusive(table)],
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

      // Both servers write the table anew for it, while everybody reads and writes.
      set_not_null: ({ table, column, default: given }) => {
        const more = `${given === null ? '' : ` DEFAULT ${MOMENT.test(given) ? given : asDefault(given)}`}${rest(column)}, ${rebuild}`
        return {
          ...ddl({
            statement: `${alter(table)} MODIFY COLUMN ${definition(column)} NOT NULL${more}`,
            undo: `${alter(table)} MODIFY COLUMN ${definition(column)} NULL${more}`,
            is: columnIs(table, column.name, "IS_NULLABLE = 'NO'"),
            locks: [lock.online(table, 'rewrite'), lock.exclusive(table)],
          }),
          requires: {
            query: `SELECT COUNT(*) AS violations FROM ${quoteTable(table)} WHERE ${quote(column.name)} IS NULL`,
            code: 'PLAN_NULL',
            says: `${table.name}.${column.name} is required, but # rows have no value in it`,
            hint: 'give these rows a value (in the old or the new shape), then advance again; or roll back and leave out required',
          },
        }
      },

      lend_default: ({ table, column, default: value, definition: text }) =>
        text === undefined
          ? defaulted(table, column, asDefault(value), dialect)
          : lent(table, column, text, value, dialect),
      set_default: (action) => setDefault(action, dialect),

      // By name it works as before, so the sync goes on; MariaDB has to be told the whole column again.
      retire_column: ({ table, column, definition: text }) => {
        const whole = (more: string) => `MODIFY COLUMN ${quote(column)} ${modified(`${text}${more}`)}`
        const [hide, show] = isMariadb(dialect)
          ? [whole(' INVISIBLE'), whole('')]
          : [`ALTER COLUMN ${quote(column)} SET INVISIBLE`, `ALTER COLUMN ${quote(column)} SET VISIBLE`]
        return ddl({
          statement: `${alter(table)} ${hide}, ${instant}`,
          undo: `${alter(table)} ${show}, ${instant}`,
          is: columnIs(table, column, "EXTRA LIKE '%INVISIBLE%'"),
          locks: [lock.exclusive(table)],
        })
      },

      drop_column: ({ table, column }) => ({
        ...ddl({
          statement: `${alter(table)} DROP COLUMN ${quote(column)}, ${dropping(column)}`,
          undo: null,
          is: `NOT ${columnIs(table, column)}`,
          locks: [lock.exclusive(table)],
        }),
      }),

      add_unique: () => unused('add_unique'),
      add_not_null: () => unused('add_not_null'),
      settle_not_null: () => unused('settle_not_null'),
      create_statistics: () => unused('create_statistics'),
      rename_statistics: () => unused('rename_statistics'),
      replace_sync: () => unused('replace_sync'),
      own_sequence: () => unused('own_sequence'),
    }
  }

const UPDATE_FIRST = [...EVENTS].reverse()

type Event = (typeof EVENTS)[number]

/** Triggers that have the names of the sync, whatever their bodies say of themselves. */
const squatters = (sync: Sync): string =>
  `SELECT CONCAT('trigger ', TRIGGER_NAME) AS what, DEFINER AS owner FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ${literal(sync.table.schema)} AND TRIGGER_NAME IN (${EVENTS.map((event) => literal(triggerName(sync, event))).join(', ')})`

const syncIs = (sync: Sync, event: Event): string => triggerIs(sync.table, triggerName(sync, event))
/** It is there as this program makes it. */
const sealed = (sync: Sync, event: Event): string =>
  triggerIs(sync.table, triggerName(sync, event), syncSeal(sync, event))

/** The traits of these servers never ask for it. */
const unused = (action: Action['do']): never => {
  throw new Error(`no program for MySQL or MariaDB has ${action}`)
}

const definition = ({ name, type, collation }: NewColumn): string =>
  `${quote(name)} ${type}${collation ? ` COLLATE ${collation}` : ''}`

const rest = ({ onUpdate, comment }: NewColumn): string =>
  `${onUpdate === undefined ? '' : ` ON UPDATE ${onUpdate}`}${comment === null ? '' : ` COMMENT ${literal(comment)}`}`

/** As the servers print it; in brackets MariaDB would make another sort of default of it. */
const MOMENT = /^current_timestamp(\(\d*\))?$/i

/** By ALTER COLUMN MySQL keeps no constant for these types, and makes now(3) of a moment with a fraction. */
const WHOLE = /^((tiny|medium|long)?(text|blob)|json)/i

function setDefault(
  { table, column, required, default: value }: Extract<Action, { do: 'set_default' }>,
  dialect: string,
): Written {
  const mariadb = isMariadb(dialect)
  const moment = MOMENT.test(value)
  // By ALTER COLUMN MariaDB takes ON UPDATE away.
  const whole = mariadb ? column.onUpdate !== undefined : WHOLE.test(column.type) || moment
  if (!whole) return defaulted(table, column.name, mariadb && moment ? value : asDefault(value), dialect)
  const { instant } = ways(dialect)
  const modify = `MODIFY COLUMN ${definition(column)} ${required ? 'NOT NULL' : 'NULL'}`
  const bracketed = WHOLE.test(column.type) && !enclosed(value.trim()) ? `(${value})` : asDefault(value)
  return ddl({
    statement: `${alter(table)} ${modify} DEFAULT ${moment ? value : bracketed}${rest(column)}, ${instant}`,
    undo: `${alter(table)} ${modify}${rest(column)}, ${instant}`,
    is: columnIs(table, column.name, HAS_DEFAULT),
    locks: [lock.exclusive(table)],
  })
}

/** For a column whose other properties the server would take away with ALTER COLUMN. */
function lent(table: TableRef, column: string, text: string, value: string, dialect: string): Written {
  const { instant } = ways(dialect)
  const whole = (more: string) => `MODIFY COLUMN ${quote(column)} ${modified(`${text}${more}`)}`
  return ddl({
    statement: `${alter(table)} ${whole(` DEFAULT ${asDefault(value)}`)}, ${instant}`,
    undo: `${alter(table)} ${whole('')}, ${instant}`,
    is: columnIs(table, column, HAS_DEFAULT),
    locks: [lock.exclusive(table)],
  })
}

function defaulted(table: TableRef, column: string, value: string, dialect: string): Written {
  const { instant } = ways(dialect)
  return ddl({
    statement: `${alter(table)} ALTER COLUMN ${quote(column)} SET DEFAULT ${value}, ${instant}`,
    undo: `${alter(table)} ALTER COLUMN ${quote(column)} DROP DEFAULT, ${instant}`,
    is: columnIs(table, column, HAS_DEFAULT),
    locks: [lock.exclusive(table)],
  })
}

const LITERAL = /^(-?[\d.]+(e[+-]?\d+)?|b?'([^'\\]|''|\\[\s\S])*'|NULL|TRUE|FALSE)$/i

/** A literal stands as it is; anything else MySQL takes only within brackets, CURRENT_TIMESTAMP too. */
const asDefault = (sql: string): string => {
  const bare = sql.trim()
  return LITERAL.test(bare) || enclosed(bare) ? bare : `(${bare})`
}

/** Whether the first bracket is closed by the last one. */
function enclosed(sql: string): boolean {
  let depth = 0
  for (const [index, character] of [...sql].entries()) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (depth === 0) return index > 0 && index === [...sql].length - 1
  }
  return false
}
