import { type Expression, type KeyRename, keyName } from '../../../program/column.ts'
import { sha256 } from '../../../program/fingerprint.ts'
import { type Assignment, type Sync, swappedSync, swapsIn } from '../../../program/sync.ts'
import {
  agreement,
  authoredIn,
  type Column,
  type Pair,
  pairsOf,
  type Row,
  type Side,
  syncRule,
  type TriggerSyntax,
} from '../../relational/sync-rule.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { imageOf, same, sameImage } from '../walk/equality.ts'
import { apart, merged } from '../walk/json-keys.ts'
import { triggerIs } from './probes.ts'

type Event = 'INSERT' | 'UPDATE'

/** A trigger of the sync. An event has a first one only when triggers of others come between. */
export type Part = { readonly event: Event; readonly place: 'first' | 'last' }

/** These servers have one trigger per event; all belong to the sync. */
const EVENTS: readonly Event[] = ['INSERT', 'UPDATE']

export const lastParts: readonly Part[] = EVENTS.map((event) => ({ event, place: 'last' }))

export const firstParts = (sync: Sync): readonly Part[] =>
  EVENTS.filter((event) => ahead(sync, event) !== undefined).map((event) => ({ event, place: 'first' }))

const ahead = (sync: Sync, event: Event) => sync.ahead.find((one) => one.event.toUpperCase() === event)

const SUFFIXES = { first: { INSERT: 'in1', UPDATE: 'up1' }, last: { INSERT: 'ins', UPDATE: 'upd' } } as const

export const triggerName = (sync: Sync, { event, place }: Part): string =>
  `${sync.name}_${SUFFIXES[place][event]}`

/**
 * BEFORE triggers of an event run in the order of their creation. The last one is created after all others, so that it
 * carries over what they did to the row. A column that the statement leaves out is NULL here, even if it is required.
 */
export const syncTrigger = (sync: Sync, part: Part): string =>
  `CREATE TRIGGER ${quoteTable({ schema: sync.table.schema, name: triggerName(sync, part) })} BEFORE ${part.event} ON ${quoteTable(sync.table)} FOR EACH ROW ${order(sync, part)}${syncBody(sync, part)}`

const order = (sync: Sync, { event, place }: Part): string =>
  place === 'last'
    ? ''
    : `PRECEDES ${quote(ahead(sync, event)?.before ?? triggerName(sync, { event, place: 'last' }))} `

export const dropTrigger = (sync: Sync, part: Part): string =>
  `DROP TRIGGER IF EXISTS ${quoteTable({ schema: sync.table.schema, name: triggerName(sync, part) })}`

/**
 * The trigger's body. The catalogue changes texts in it (it drops a backslash or a quote, differently on each server), so
 * a seal in a comment stands for the whole.
 */
const syncBody = (sync: Sync, part: Part): string =>
  [`BEGIN ${syncSeal(sync, part)}`, ...syncLines(sync, part), 'END'].join('\n')

export const syncSeal = (sync: Sync, part: Part): string =>
  `/* plan ${sha256(syncLines(sync, part).join('\n')).slice(0, 32)} */`

function syncLines(sync: Sync, part: Part): string[] {
  const lines = eitherWay(sync, part)
  return [
    // A batch handles its own table itself and nothing else. No trigger that it fires can write to that table.
    `  IF NOT (@plan_backfill <=> ${literal(sync.name)}) THEN`,
    ...(lines.length > 0 ? lines : ['SET @plan_backfill = @plan_backfill;']).map((line) => `    ${line}`),
    '  END IF;',
  ]
}

/**
 * The table's names change in one statement, and no trigger can be replaced in the same moment. So the trigger knows both
 * orders. Which of them holds it asks the row itself: a column that is not there is error 1054 when the statement that
 * names it is executed, and not earlier.
 */
function eitherWay(sync: Sync, part: Part): string[] {
  const [swap] = swapsIn(sync.groups)
  if (!swap) return linesOf(sync, part)
  const branch = (lines: readonly string[]) => lines.map((line) => `    ${line}`)
  return [
    'BEGIN',
    '  DECLARE plan_swapped BOOLEAN DEFAULT FALSE;',
    '  BEGIN',
    '    DECLARE EXIT HANDLER FOR 1054 SET plan_swapped = TRUE;',
    `    DO NEW.${quote(swap.shadow)};`,
    '  END;',
    '  IF plan_swapped THEN',
    ...branch(linesOf(swappedSync(sync), part)),
    '  ELSE',
    ...branch(linesOf(sync, part)),
    '  END IF;',
    'END;',
  ]
}

function linesOf(sync: Sync, { event, place }: Part): string[] {
  const { onInsert, onUpdate, afterOthers } = syncRule(syntax(sync))
  const rule = event === 'INSERT' ? onInsert : onUpdate
  const pairs = pairsOf(sync.groups)
  const left = pairs.flatMap((group, index) => [
    ...group.down.map((one, n) => [heldName(sync, 'old', index, n), image(one)] as const),
    ...group.up.map((one, n) => [heldName(sync, 'new', index, n), image(one)] as const),
  ])
  const held = [[heldName(sync), '1'] as const, ...left]
  if (place === 'first')
    return [...pairs.flatMap(rule), `SET ${held.map(([name, value]) => `${name} = ${value}`).join(', ')};`]
  if (ahead(sync, event) === undefined) return sync.groups.flatMap(rule)
  return [
    ...pairs.flatMap(afterOthers),
    `SET ${held.map(([name]) => `${name} = NULL`).join(', ')};`,
    ...sync.groups.filter(({ kind }) => kind === 'fill').flatMap(rule),
  ]
}

/** Session variables by which the first trigger tells the last one how it left the row. */
const heldName = (sync: Sync, side?: Side, group = 0, column = 0): string =>
  `@plan_${sha256(`${sync.table.schema} ${sync.name}`).slice(0, 10)}${side === undefined ? '' : `_${side}_${group}_${column}`}`

const image = ({ column, type = '' }: Column): string => imageOf(`NEW.${quote(column)}`, type)

const untouched = (sync: Sync, columns: readonly Column[], side: Side, group: number): string =>
  [
    `${heldName(sync)} IS NOT NULL`,
    ...columns.map((one, n) => `${image(one)} <=> ${heldName(sync, side, group, n)}`),
  ].join(' AND ')

export const syntax = (sync: Sync): TriggerSyntax => ({
  isNull: (value) => `${value} IS NULL`,
  quote,
  same,
  sameImage,
  elseIf: 'ELSEIF',
  yes: 'TRUE',
  kept: (sql) => `(${sql})`,
  assign: (column, value) => `SET NEW.${column} = ${value};`,
  evaluate: (value, row) => evaluate(value, row),
  conflict: (group) => conflict(group),
  // In the session's time, as the server reads the column: in seconds since 1970 one hour of autumn would be ambiguous.
  own: (value, type) => `${value} <=> CURRENT_TIMESTAMP${/\(\d\)/.exec(type)?.[0] ?? ''}`,
  untouched: (columns, side, place) => untouched(sync, columns, side, place),
  stored: (column) => column,
  agree,
})

/** The trigger exists as this program creates it. */
export const isSealed = (sync: Sync, part: Part): string =>
  triggerIs(sync.table, triggerName(sync, part), syncSeal(sync, part))

function agree(keys: KeyRename, event: 'insert' | 'update'): string[] {
  const [next, before] = [`NEW.${quote(keys.column)}`, `OLD.${quote(keys.column)}`]
  const names = `${keyName(keys, keys.from)}, ${keyName(keys, keys.to)}`
  const message = `one statement wrote different values to two keys of the same data: ${names}`
  return [
    `SET ${next} = ${merged(next, event === 'insert' ? 'NULL' : before, keys)};`,
    ...(keys.onConflict === 'error'
      ? [
          `IF ${apart(next, keys)} THEN`,
          `  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ${literal(message.slice(0, MESSAGE))};`,
          'END IF;',
        ]
      : []),
  ]
}

/** The servers cut a longer message, and in strict mode raise another error. */
export const MESSAGE = 128

function conflict(group: Pair): string[] {
  const names = [...group.down, ...group.up].map(({ column }) => column).join(', ')
  const message = `one statement wrote different values to two shapes of the same data: ${names}`
  return [`SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ${literal(message.slice(0, MESSAGE))};`]
}

/**
 * The expression over the trigger's row, with its columns replaced at the places that parsing found. A row built from NEW
 * would give the same, but measured twice as slow, and 40 times for TEXT on MariaDB.
 */
const evaluate = (value: Expression, row: Row): string => placed(value, `${row}.`)

/** `row` is put before each column, which takes the name under which it is stored. */
function placed({ sql, places = [], renamed }: Expression, row: string): string {
  let from = 0
  const parts = places.flatMap(({ start, end, column }) => {
    const before = sql.slice(from, start)
    from = end
    return [before, `${row}${quote(renamed?.name === column ? renamed.stored : column)}`]
  })
  const text = [...parts, sql.slice(from)].join('')
  return places.length === 1 && parts[0] === '' && from === sql.length ? text : `(${text})`
}

/** The expression over a row of the table. The author's own text stays as it is where it can. */
export const asStored = (value: Expression): string => (value.renamed ? placed(value, '') : value.sql)

/** The expression is only a column. */
const isCopy = ({ sql, reads }: Expression): boolean => reads.length === 1 && sql === quote(reads[0] ?? '')

/** Triggers that have the sync's names, whatever their bodies say. */
export const namesTaken = (sync: Sync): string =>
  `SELECT CONCAT('trigger ', TRIGGER_NAME) AS what, DEFINER AS owner FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ${literal(sync.table.schema)} AND TRIGGER_NAME IN (${[...lastParts, ...firstParts(sync)].map((part) => literal(triggerName(sync, part))).join(', ')})`

/** Queries that fail where the author's expression would: an unknown function shows only when a trigger fires. */
export function mustSucceed(sync: Sync): string[] {
  const values = authoredIn(sync.groups, isCopy).map((value) => `(${asStored(value)})`)
  return values.length === 0 ? [] : [`SELECT ${values.join(', ')} FROM ${quoteTable(sync.table)} LIMIT 0`]
}

/** Whether the two shapes of a row agree. `prefix` is put before column names. */
export const agrees = (group: Pair, written: (one: Assignment) => string, prefix: string): string =>
  agreement({ quote, same, sameImage }, group, written, prefix)
