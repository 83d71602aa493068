import { sha256 } from '../../compiler/fingerprint.ts'
import type { Assignment, Expression, Sync, SyncGroup } from '../../compiler/step.ts'
import { same, sameImage } from './equality.ts'
import { literal, quote, quoteTable } from './quote.ts'

type Event = 'INSERT' | 'UPDATE'
type Row = 'NEW' | 'OLD'
type Pair = Extract<SyncGroup, { kind: 'pair' }>

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
    // Our own backfill knows what it does.
    '  IF @plan_backfill IS NULL THEN',
    ...(lines.length > 0 ? lines : ['SET @plan_backfill = NULL;']).map((line) => `    ${line}`),
    '  END IF;',
  ]
}

function onInsert(group: SyncGroup): string[] {
  if (group.kind === 'fill')
    return group.up.map((one) => `IF NEW.${quote(one.column)} IS NULL THEN ${assign(one)} END IF;`)
  const unwritten = group.up.map(({ column }) => `NEW.${quote(column)} IS NULL`).join(' AND ')
  return [
    `IF ${unwritten} THEN`,
    ...group.up.map((one) => `  ${assign(one)}`),
    `ELSEIF ${group.down.map((one) => defaulted(one)).join(' AND ')} THEN`,
    ...group.down.map((one) => `  ${assign(one)}`),
    `ELSEIF ${disagree(group)} THEN`,
    ...settle(group),
    'END IF;',
  ]
}

/** A column's DEFAULT never counts as a write. A volatile one cannot be told from a value, so it counts as none. */
const defaulted = ({ column, type, default: given }: Pair['down'][number]): string => {
  if (given?.volatile) return 'TRUE'
  const name = `NEW.${quote(column)}`
  return given ? `(${name} IS NULL OR ${same(name, `(${given.sql})`, type)})` : `${name} IS NULL`
}

function onUpdate(group: SyncGroup): string[] {
  if (group.kind === 'fill') return group.up.flatMap((one) => refill(one))
  const oldChanged = changed(group.down)
  const newChanged = changed(group.up)
  return [
    `IF ${newChanged} THEN`,
    `  IF ${oldChanged} THEN`,
    `    IF ${disagree(group)} THEN`,
    ...settle(group).map((line) => `    ${line}`),
    '    END IF;',
    '  ELSE',
    ...lazyFill(group).map((line) => `    ${line}`),
    ...group.down.map((one) => `    ${assign(one)}`),
    '  END IF;',
    `ELSEIF ${oldChanged} THEN`,
    ...group.up.map((one) => `  ${assign(one)}`),
    'END IF;',
  ]
}

const disagree = (group: Pair): string =>
  `NOT (${agrees(group, (one) => evaluate(one.value, 'NEW'), 'NEW.')})`

/** The servers cut a longer message, in strict mode with an error of their own. */
const MESSAGE = 128

/** Both sides were written, and differ: the plan says who wins. */
function settle(group: Pair): string[] {
  if (group.onConflict === 'new') return group.down.map((one) => `  ${assign(one)}`)
  if (group.onConflict === 'old') return group.up.map((one) => `  ${assign(one)}`)
  const names = [...group.down, ...group.up].map(({ column }) => column).join(', ')
  const message = `one statement wrote different values to two shapes of the same data: ${names}`
  return [`  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ${literal(message.slice(0, MESSAGE))};`]
}

/**
 * A client of the new shape may meet a row before the backfill does. What it leaves alone there is not empty, only
 * not filled yet: fill it first, or the old value would lose that part.
 */
function lazyFill(group: Pair): string[] {
  if (group.up.length < 2) return []
  const unfilled = group.up.map(({ column }) => `OLD.${quote(column)} IS NULL`).join(' AND ')
  const fill = group.up.map((one) => {
    const column = `NEW.${quote(one.column)}`
    return `  IF ${column} IS NULL THEN SET ${column} = ${evaluate(one.value, 'OLD')}; END IF;`
  })
  return [`IF ${unfilled} THEN`, ...fill, 'END IF;']
}

/** A derived column follows its sources as long as nobody wrote another value into it. */
function refill(one: Assignment): string[] {
  if (one.value.volatile || one.value.reads.length === 0) return []
  const column = quote(one.column)
  const was = evaluate(one.value, 'OLD')
  return [
    `IF ${changed(one.value.reads.map((name) => ({ column: name })))} AND ${unchanged([one])} THEN`,
    // An empty one is not filled yet. Its old source is left alone: it may be a value that cannot be converted.
    `  IF OLD.${column} IS NULL THEN ${assign(one)}`,
    `  ELSEIF ${same(`OLD.${column}`, was, one.type)} THEN ${assign(one)} END IF;`,
    'END IF;',
  ]
}

type Column = { readonly column: string; readonly type?: string }

/** Whether the statement left the columns alone; types are known only of those that are synced. */
const unchanged = (columns: readonly Column[]): string =>
  columns
    .map(({ column, type = '' }) => sameImage(`NEW.${quote(column)}`, `OLD.${quote(column)}`, type))
    .join(' AND ')

const changed = (columns: readonly Column[]): string => `NOT (${unchanged(columns)})`

const assign = (one: Assignment): string => `SET NEW.${quote(one.column)} = ${evaluate(one.value, 'NEW')};`

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

/** Queries that fail where an expression of the author's would: an unknown function shows only when a trigger fires. */
export function tries(sync: Sync): string[] {
  const values = sync.groups
    .flatMap((group) => [...group.up, ...(group.kind === 'pair' ? group.down : [])])
    .filter(({ value: { sql, reads } }) => sql !== quote(reads[0] ?? 'x'))
    .map(({ value }) => `(${value.sql})`)
  return values.length === 0 ? [] : [`SELECT ${values.join(', ')} FROM ${quoteTable(sync.table)} LIMIT 0`]
}

/**
 * Whether the two shapes of a row agree: equal, or for a lossy pair new = f(old) or old = g(new), since both are
 * what somebody wrote. `prefix` stands before column names.
 */
export function agrees(group: Pair, written: (one: Assignment) => string, prefix: string): string {
  const side = (all: readonly Assignment[]) =>
    all.map((one) => same(`${prefix}${quote(one.column)}`, written(one), one.type)).join(' AND ')
  if (!group.identical) return `(${side(group.up)}) OR (${side(group.down)})`
  return group.up
    .map((one) => sameImage(`${prefix}${quote(one.column)}`, written(one), one.type))
    .join(' AND ')
}
