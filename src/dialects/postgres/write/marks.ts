import { createHash } from 'node:crypto'
import type { MarkedColumn, Marks } from '../../../program/kinds/computing.ts'
import type { Writers } from '../../interface/language.ts'
import { imageColumn, noneMarked, tableOf } from '../../relational/marks.ts'
import { isNull, sameImage } from '../language/equality.ts'
import { dollarQuote, literal, quote, quoteTable } from '../language/quote.ts'
import { PINNED } from '../language/settings.ts'
import { insert, stale, staleOf } from '../walk/marks.ts'
import { lock } from './locks.ts'
import { relationIs, triggersAre } from './probes.ts'
import { together } from './together.ts'

/** The triggers for rows that are new, and for rows that have changed. */
export const markTriggers = ({ triggers }: Marks): readonly string[] => [triggers.insert, triggers.update]

const functionName = ({ table, name }: Marks): string => quoteTable({ schema: table.schema, name })

const body = (marks: Marks): string =>
  [
    'BEGIN',
    `  IF TG_OP = 'INSERT' THEN`,
    `    ${insert(marks, unwritten)}`,
    '  ELSE',
    `    ${insert(marks, (column) => staleOf(marks, column))}`,
    '  END IF;',
    '  RETURN NULL;',
    'END',
  ].join('\n')

/** The body's hash, as pg_proc.prosrc stores the body. */
export const marksHash = (marks: Marks): string =>
  createHash('md5')
    .update(`\n${body(marks)}\n`)
    .digest('hex')

/** The statement left the value as it was, or to its default. */
const unwritten = ({ column, type, default: given }: MarkedColumn): string =>
  given === null
    ? isNull(`NEW.${quote(column)}`)
    : sameImage(`NEW.${quote(column)}`, `(${given})::${type}`, type)

/**
 * The function has the rights of its owner, so who writes the table needs none on the marks. It names everything with its
 * schema, and inserts only the row's key and images of its values. These are texts, so what texts depend on is pinned.
 */
const pinned = Object.entries(PINNED)
  .map(([name, value]) => `SET ${name} = ${literal(value)}`)
  .join(' ')

const triggersOf = (marks: Marks): string[] => {
  const { insert: inserted, update } = marks.triggers
  const on = `ON ${quoteTable(marks.table)} FOR EACH ROW`
  const fn = `EXECUTE FUNCTION ${functionName(marks)}()`
  return [
    `CREATE FUNCTION ${functionName(marks)}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp ${pinned} AS ${dollarQuote(body(marks))}`,
    `CREATE TRIGGER ${quote(inserted)} AFTER INSERT ${on} WHEN (${marks.columns.map(unwritten).join(' OR ')}) ${fn}`,
    `CREATE TRIGGER ${quote(update)} AFTER UPDATE ${on} WHEN (${stale(marks)}) ${fn}`,
  ]
}

const withoutTriggers = (marks: Marks, there = ''): string[] => [
  ...markTriggers(marks).map((name) => `DROP TRIGGER ${there}${quote(name)} ON ${quoteTable(marks.table)}`),
  `DROP FUNCTION ${there}${functionName(marks)}()`,
]

export const markWriters: Pick<Writers, 'install_marks' | 'remove_marks' | 'drop_marks'> = {
  install_marks: ({ marks }) =>
    together({
      statements: [
        `CREATE TABLE ${quoteTable(tableOf(marks))} (plan_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, plan_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(), ${[...marks.key.map(({ type }, index) => `k${index} ${type} NOT NULL`), ...marks.columns.map((_, index) => `${imageColumn(index)} text`)].join(', ')})`,
        `CREATE INDEX ON ${quoteTable(tableOf(marks))} (${marks.key.map((_, index) => `k${index}`).join(', ')})`,
        ...triggersOf(marks),
      ],
      undo: [...withoutTriggers(marks, 'IF EXISTS '), `DROP TABLE IF EXISTS ${quoteTable(tableOf(marks))}`],
      probe: relationIs(marks.table.schema, marks.name),
      locks: [lock.shareRowExclusive(marks.table)],
    }),
  remove_marks: ({ marks }) =>
    together({
      statements: withoutTriggers(marks),
      undo: triggersOf(marks),
      probe: triggersAre(marks.table, markTriggers(marks), 'none'),
      locks: [lock.exclusive(marks.table)],
    }),
  drop_marks: ({ marks }) => ({
    ...together({
      statements: [`DROP TABLE ${quoteTable(tableOf(marks))}`],
      undo: [],
      probe: `SELECT pg_catalog.to_regclass(${literal(quoteTable(tableOf(marks)))}) IS NULL AS done`,
      // Of a table that nobody uses any more.
      locks: [],
    }),
    requires: noneMarked(
      marks,
      `SELECT pg_catalog.count(*)::text AS violations FROM ${quoteTable(tableOf(marks))}`,
    ),
  }),
}
