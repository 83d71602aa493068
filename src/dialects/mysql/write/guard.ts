import { sha256 } from '../../../program/fingerprint.ts'
import type { Guard, Sync } from '../../../program/sync.ts'
import type { Writers } from '../../interface/language.ts'
import { syncRule } from '../../relational/sync-rule.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { lock } from './locks.ts'
import { done, triggerIs } from './probes.ts'
import { firstParts, lastParts, MESSAGE, syntax, triggerName } from './sync.ts'

const EVENTS = ['insert', 'update'] as const
type Event = (typeof EVENTS)[number]

const nameOf = ({ name }: Guard, event: Event): string => `${name}_g${event.slice(0, 2)}`

const asSync = ({ table, name }: Guard): Sync => ({ table, name, groups: [], aliases: [], ahead: [] })

const linesOf = (guard: Guard, event: Event): string[] =>
  syncRule(syntax(asSync(guard))).onGuarded(event, guard.columns, [refusal(guard)])

function refusal({ plan, columns }: Guard): string {
  const all = columns.map(({ column }) => column).join(', ')
  const message = `plan ${plan} drops ${all}: deploy code that does not write it, or roll back`
  return `SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ${literal(message.slice(0, MESSAGE))};`
}

/** A mark for the whole body, which the catalogue does not return as it was written. */
const markOf = (guard: Guard, event: Event): string =>
  `/* plan ${sha256(linesOf(guard, event).join('\n')).slice(0, 32)} */`

/** The trigger that runs first as long as there is no guard. */
function firstOf({ table, name, sync, others }: Guard, event: Event): string | null {
  const own = { table, name, groups: [], aliases: [], ahead: sync ?? [] }
  const [ahead] = firstParts(own).filter((part) => part.event.toLowerCase() === event)
  if (ahead) return triggerName(own, ahead)
  const last = lastParts.find((part) => part.event.toLowerCase() === event)
  return others[event] ?? (sync && last ? triggerName(own, last) : null)
}

/** It runs ahead of the sync, which writes these columns itself, and so sees only what clients write. */
const create = (guard: Guard, event: Event): string => {
  const first = firstOf(guard, event)
  return [
    `CREATE TRIGGER ${quoteTable({ schema: guard.table.schema, name: nameOf(guard, event) })} BEFORE ${event.toUpperCase()} ON ${quoteTable(guard.table)} FOR EACH ROW ${first === null ? '' : `PRECEDES ${quote(first)} `}BEGIN ${markOf(guard, event)}`,
    ...linesOf(guard, event).map((line) => `  ${line}`),
    'END',
  ].join('\n')
}

const drop = (guard: Guard, event: Event): string =>
  `DROP TRIGGER IF EXISTS ${quoteTable({ schema: guard.table.schema, name: nameOf(guard, event) })}`

const is = (guard: Guard, event: Event, mark?: string): string =>
  triggerIs(guard.table, nameOf(guard, event), mark)

export const guardWriters: Pick<Writers, 'install_guard' | 'remove_guard'> = {
  install_guard: ({ guard }) => ({
    run: 'statements',
    statements: EVENTS.map((event) => create(guard, event)),
    doneEach: EVENTS.map((event) => done(is(guard, event, markOf(guard, event)))),
    undo: EVENTS.map((event) => drop(guard, event)),
    probe: done(EVENTS.map((event) => is(guard, event, markOf(guard, event))).join(' AND ')),
    transaction: 'autocommit',
    locks: [lock.exclusive(guard.table)],
    namesTaken: `SELECT CONCAT('trigger ', TRIGGER_NAME) AS what, DEFINER AS owner FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ${literal(guard.table.schema)} AND TRIGGER_NAME IN (${EVENTS.map((event) => literal(nameOf(guard, event))).join(', ')})`,
  }),
  remove_guard: ({ guard }) => ({
    run: 'statements',
    statements: EVENTS.map((event) => drop(guard, event)),
    undo: EVENTS.flatMap((event) => [drop(guard, event), create(guard, event)]),
    probe: done(`NOT (${EVENTS.map((event) => is(guard, event)).join(' OR ')})`),
    undoNeeded: done(`NOT (${EVENTS.map((event) => is(guard, event)).join(' AND ')})`),
    transaction: 'autocommit',
    locks: [lock.exclusive(guard.table)],
  }),
}
