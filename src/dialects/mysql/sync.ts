import { sha256 } from '../../compiler/fingerprint.ts'
import type { Assignment, Expression, Sync } from '../../compiler/step.ts'
import { agreement, authoredIn, type Pair, type Row, syncRule, type Tongue } from '../sync-rule.ts'
import { same, sameImage } from './equality.ts'
import { literal, quote, quoteTable } from './quote.ts'

type Event = 'INSERT' | 'UPDATE'

/** These servers have a trigger for each event; both belong to the sync. */
export const EVENTS: readonly Event[] = ['INSERT', 'UPDATE']

export const triggerName = (sync: Sync, event: Event): string =>
  `${sync.name}_${event === 'INSERT' ? 'ins' : 'upd'}`

/**
 * BEFORE triggers of an event run in the order in which they were made: this one comes last, so that what other triggers did
 * to the row is carried over too. A column of a row that does not name it is NULL here, also where it is required.
 */
export const syncTrigger = (sync: Sync, event: Event): string =>
  `CREATE TRIGGER ${quoteTable({ schema: sync.table.schema, name: triggerName(sync, event) })} BEFORE ${event} ON ${quoteTable(sync.table)} FOR EACH ROW ${syncBody(sync, event)}`

export const dropTrigger = (sync: Sync, event: Event): string =>
  `DROP TRIGGER IF EXISTS ${quoteTable({ schema: sync.table.schema, name: triggerName(sync, event) })}`

/**
 * What the trigger does. The catalogue does not give texts in it back as they were written (a backslash or a quote less,
 * another one on each server), so a seal in a comment stands for the whole.
 */
const syncBody = (sync: Sync, event: Event): string =>
  [`BEGIN ${syncSeal(sync, event)}`, ...syncLines(sync, event), 'END'].join('\n')

export const syncSeal = (sync: Sync, event: Event): string =>
  `/* plan ${sha256(syncLines(sync, event).join('\n')).slice(0, 32)} */`

function syncLines(sync: Sync, event: Event): string[] {
  const lines = sync.groups.flatMap((group) => (event === 'INSERT' ? onInsert(group) : onUpdate(group)))
  return [
    // A batch knows what it does to its own table, and nothing else; no trigger that it sets off can write to that one.
    `  IF NOT (@plan_backfill <=> ${literal(sync.name)}) THEN`,
    ...(lines.length > 0 ? lines : ['SET @plan_backfill = @plan_backfill;']).map((line) => `    ${line}`),
    '  END IF;',
  ]
}

const tongue: Tongue = {
  quote,
  same,
  sameImage,
  elseIf: 'ELSEIF',
  yes: 'TRUE',
  assign: (column, value) => `SET NEW.${column} = ${value};`,
  evaluate: (value, row) => evaluate(value, row),
  conflict: (group) => conflict(group),
  // In the session's time, as the server reads the column: by seconds since 1970 one hour of autumn could not be told.
  own: (value, type) => `${value} <=> CURRENT_TIMESTAMP${/\(\d\)/.exec(type)?.[0] ?? ''}`,
  stored: (column) => column,
}

const { onInsert, onUpdate } = syncRule(tongue)

/** The servers cut a longer message, in strict mode with an error of their own. */
const MESSAGE = 128

function conflict(group: Pair): string[] {
  const names = [...group.down, ...group.up].map(({ column }) => column).join(', ')
  const message = `one statement wrote different values to two shapes of the same data: ${names}`
  return [`SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ${literal(message.slice(0, MESSAGE))};`]
}

/**
 * The expression over what the trigger sees, its columns named there by the places that its reading found. A row built of
 * NEW for it to read would say the same: measured, that is twice as slow, and 40 times for TEXT on MariaDB.
 */
function evaluate({ sql, places = [] }: Expression, row: Row): string {
  let from = 0
  const parts = places.flatMap(({ start, end, column }) => {
    const before = sql.slice(from, start)
    from = end
    return [before, `${row}.${quote(column)}`]
  })
  const text = [...parts, sql.slice(from)].join('')
  return places.length === 1 && parts[0] === '' && from === sql.length ? text : `(${text})`
}

/** Nothing but a column. */
const isCopy = ({ sql, reads }: Expression): boolean => reads.length === 1 && sql === quote(reads[0] ?? '')

/** Queries that fail where an expression of the author's would: an unknown function shows only when a trigger fires. */
export function tries(sync: Sync): string[] {
  const values = authoredIn(sync.groups, isCopy).map(({ sql }) => `(${sql})`)
  return values.length === 0 ? [] : [`SELECT ${values.join(', ')} FROM ${quoteTable(sync.table)} LIMIT 0`]
}

/** Whether the two shapes of a row agree; `prefix` stands before column names. */
export const agrees = (group: Pair, written: (one: Assignment) => string, prefix: string): string =>
  agreement({ quote, same, sameImage }, group, written, prefix)
