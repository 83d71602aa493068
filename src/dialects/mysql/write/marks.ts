import { sha256 } from '../../../program/fingerprint.ts'
import type { MarkedColumn, Marks } from '../../../program/kinds/computing.ts'
import type { Writers } from '../../interface/language.ts'
import { imageColumn, noneMarked, tableOf } from '../../relational/marks.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { sameImage } from '../walk/equality.ts'
import { insert, stale, staleOf } from '../walk/marks.ts'
import { lock } from './locks.ts'
import { done, tableIs, triggerIs } from './probes.ts'

/** The one for rows that have changed comes first: a row that is new before the other one is there is walked. */
export const markEvents = ['update', 'insert'] as const
type Event = (typeof markEvents)[number]

export const markTrigger = ({ triggers }: Marks, event: Event): string => triggers[event]

/** The statement left the value as it was, or to its default. */
const unwritten = ({ column, type, default: given }: MarkedColumn): string =>
  given === null ? `NEW.${quote(column)} IS NULL` : sameImage(`NEW.${quote(column)}`, `(${given})`, type)

const linesOf = (marks: Marks, event: Event): string[] => [
  `IF ${event === 'insert' ? marks.columns.map(unwritten).join(' OR ') : stale(marks)} THEN`,
  `  ${insert(marks, event === 'insert' ? unwritten : (column) => staleOf(marks, column))}`,
  'END IF;',
]

/** A mark for the whole body, which the catalogue does not return as it was written. */
const marksSeal = (marks: Marks, event: Event): string =>
  `/* plan ${sha256(linesOf(marks, event).join('\n')).slice(0, 32)} */`

/**
 * It runs after the row is written and sees what BEFORE triggers made of it. It has the rights of who created it, so who
 * writes the table needs none on the marks.
 */
const create = (marks: Marks, event: Event): string =>
  [
    `CREATE TRIGGER ${quoteTable({ schema: marks.table.schema, name: markTrigger(marks, event) })} AFTER ${event.toUpperCase()} ON ${quoteTable(marks.table)} FOR EACH ROW BEGIN ${marksSeal(marks, event)}`,
    ...linesOf(marks, event).map((line) => `  ${line}`),
    'END',
  ].join('\n')

const drop = (marks: Marks, event: Event): string =>
  `DROP TRIGGER IF EXISTS ${quoteTable({ schema: marks.table.schema, name: markTrigger(marks, event) })}`

export const markIs = (marks: Marks, event: Event): string =>
  triggerIs(marks.table, markTrigger(marks, event), marksSeal(marks, event))

const there = (marks: Marks, event: Event): string => triggerIs(marks.table, markTrigger(marks, event))

export const markWriters: Pick<Writers, 'install_marks' | 'remove_marks' | 'drop_marks'> = {
  install_marks: ({ marks }) => {
    const is = [tableIs(tableOf(marks), 'TRUE'), ...markEvents.map((event) => markIs(marks, event))]
    const columns = [
      ...marks.key.map(({ type }, index) => `k${index} ${type} NOT NULL`),
      ...marks.columns.map((_, index) => `${imageColumn(index)} VARBINARY(16)`),
    ]
    return {
      run: 'statements',
      statements: [
        `CREATE TABLE ${quoteTable(tableOf(marks))} (plan_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, plan_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), ${columns.join(', ')}, KEY plan_key (${marks.key.map((_, index) => `k${index}`).join(', ')})) ENGINE=InnoDB`,
        ...markEvents.map((event) => create(marks, event)),
      ],
      doneEach: is.map(done),
      undo: [
        ...markEvents.toReversed().map((event) => drop(marks, event)),
        `DROP TABLE IF EXISTS ${quoteTable(tableOf(marks))}`,
      ],
      probe: done(is.join(' AND ')),
      transaction: 'autocommit',
      locks: [lock.exclusive(marks.table)],
      namesTaken: `SELECT CONCAT('trigger ', TRIGGER_NAME) AS what, DEFINER AS owner FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ${literal(marks.table.schema)} AND TRIGGER_NAME IN (${markEvents.map((event) => literal(markTrigger(marks, event))).join(', ')})`,
    }
  },
  remove_marks: ({ marks }) => ({
    run: 'statements',
    statements: markEvents.map((event) => drop(marks, event)),
    undo: markEvents.flatMap((event) => [drop(marks, event), create(marks, event)]),
    probe: done(`NOT (${markEvents.map((event) => there(marks, event)).join(' OR ')})`),
    undoNeeded: done(`NOT (${markEvents.map((event) => there(marks, event)).join(' AND ')})`),
    transaction: 'autocommit',
    locks: [lock.exclusive(marks.table)],
  }),
  drop_marks: ({ marks }) => ({
    run: 'statements',
    statements: [`DROP TABLE ${quoteTable(tableOf(marks))}`],
    undo: [],
    probe: done(`NOT ${tableIs(tableOf(marks), 'TRUE')}`),
    transaction: 'autocommit',
    // Of a table that nobody uses any more.
    locks: [],
    requires: noneMarked(marks, `SELECT COUNT(*) AS violations FROM ${quoteTable(tableOf(marks))}`),
  }),
}
