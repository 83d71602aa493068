import type { TableRef } from '../../../program/refs.ts'
import type { Traits } from '../../../program/traits.ts'
import type { Writers } from '../../interface/language.ts'
import { requiresDistinct } from '../../relational/distinct.ts'
import {
  alter,
  attributes,
  constraintComment,
  definition,
  finished,
  indexAttributes,
} from '../language/attributes.ts'
import { isNull, isSet, same } from '../language/equality.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { archiveWriters } from '../walk/archive.ts'
import { fill } from '../walk/backfill.ts'
import { tryRows } from '../walk/trials.ts'
import { proveCatalogue, proveQuery, proveRows } from '../walk/verify.ts'
import { guardWriters } from './guard.ts'
import { keyWriters } from './keys.ts'
import { lock } from './locks.ts'
import { blockWrites, columnLosses, lost, syncLosses } from './losses.ts'
import { markWriters } from './marks.ts'
import { furtherWriters } from './numbers.ts'
import { columnIs, constraintIs, functionIs, relationIs, sourceOf, triggersAre } from './probes.ts'
import { relaxWriters } from './relax.ts'
import { retiringWriters } from './retire.ts'
import { meeting, ruleWriters } from './rules.ts'
import { sealWriters } from './seal.ts'
import { statisticsWriters } from './statistics.ts'
import {
  createSync,
  dropSync,
  functionName,
  mustSucceed,
  namesTaken,
  syncFunction,
  triggerNames,
} from './sync.ts'
import { together } from './together.ts'
import { dropValues } from './values.ts'

const regclass = (table: TableRef) => `${literal(quoteTable(table))}::regclass`

/**
 * Actions that the traits of this server never ask for. Indexes, constraints and rights of a column go with it, and every
 * change of the catalogue shares a transaction with others.
 */
type Never =
  | 'lead_sync'
  | 'reserve_names'
  | 'release_names'
  | 'set_not_null'
  | 'set_temporary_default'
  | 'show_column'
  | 'drop_index'
  | 'drop_constraint'
  | 'grant_column'
  | 'revoke_column'
  | 'disable_index'

/** How each action is written for PostgreSQL. Every statement is sent in its own call. */
export const writers = (traits: Traits): Writers<Never> => ({
  add_column: (action) => ({
    ...together({
      // Without DEFAULT, which would hide who wrote the column, and without NOT NULL, which would refuse old writers.
      statements: [
        `${alter(action.table)} ADD COLUMN ${definition(action.column)}`,
        ...attributes(action.table, action.column),
      ],
      undo: [`${alter(action.table)} DROP COLUMN IF EXISTS ${quote(action.column.name)}`],
      probe: columnIs(action.table, action.column.name),
      locks: [lock.exclusive(action.table)],
    }),
    ...columnLosses(action),
  }),

  add_column_with_default: ({ table, column, default: value, notNull, key }) => ({
    ...together({
      statements: [
        `${alter(table)} ADD COLUMN ${definition(column)} DEFAULT ${wrapped(value.sql)}${notNull ? ' NOT NULL' : ''}`,
        ...attributes(table, column),
      ],
      undo: [`${alter(table)} DROP COLUMN IF EXISTS ${quote(column.name)}`],
      probe: columnIs(table, column.name),
      locks: [lock.exclusive(table)],
    }),
    blockWrites: blockWrites(table),
    losses: [
      lost(`values of ${column.name} other than its default`, {
        ...{ table, key, columns: [{ column: column.name, type: column.type }] },
        where: `NOT (${same(quote(column.name), wrapped(value.sql), column.type)})`,
      }),
    ],
  }),

  install_sync: ({ sync, key }) => ({
    ...together({
      statements: createSync(sync),
      undo: [
        ...triggerNames(sync).map(
          (trigger) => `DROP TRIGGER IF EXISTS ${quote(trigger)} ON ${quoteTable(sync.table)}`,
        ),
        `DROP FUNCTION IF EXISTS ${functionName(sync)}()`,
        ...dropValues(sync, 'IF EXISTS '),
      ],
      probe: triggersAre(sync.table, triggerNames(sync), 'all'),
      locks: [lock.shareRowExclusive(sync.table)],
    }),
    blockWrites: blockWrites(sync.table),
    losses: syncLosses(sync, key),
    mustSucceed: mustSucceed(sync),
    namesTaken: namesTaken(sync),
  }),

  // Dropped and created again: CREATE OR REPLACE would leave the function to its current owner.
  replace_sync: ({ sync, previous }) =>
    together({
      statements: [...dropSync(previous), ...createSync(sync)],
      undo: [...dropSync(sync), ...createSync(previous)],
      probe: functionIs(sync.table.schema, sync.name, sourceOf(syncFunction(sync))),
      locks: [lock.exclusive(sync.table)],
    }),

  remove_sync: ({ sync }) =>
    together({
      statements: dropSync(sync),
      undo: createSync(sync),
      probe: triggersAre(sync.table, triggerNames(sync), 'none'),
      locks: [lock.exclusive(sync.table)],
    }),

  try_rows: tryRows,
  ...archiveWriters,
  ...sealWriters,
  ...guardWriters,
  ...markWriters,
  ...relaxWriters(traits),
  ...statisticsWriters,
  ...retiringWriters,
  ...ruleWriters,
  ...keyWriters,
  ...furtherWriters,
  fill,
  prove_rows: proveRows,
  prove_catalogue: proveCatalogue,
  prove_query: proveQuery,

  create_index: ({ table, name: index, definition: text, comment, targets, distinct }) => ({
    run: 'statements',
    ...requiresDistinct(quoteTable)(table, distinct),
    statements: [text, ...indexAttributes({ schema: table.schema, name: index }, comment, targets)],
    undo: [`DROP INDEX CONCURRENTLY IF EXISTS ${quoteTable({ schema: table.schema, name: index })}`],
    probe: relationIs(
      table.schema,
      index,
      `i.indisvalid AND i.indrelid = to_regclass(${literal(quoteTable(table))})${finished(comment, targets)}`,
    ),
    transaction: 'unbounded',
    locks: [lock.shareUpdate(table, 'build')],
    // An interrupted build leaves an INVALID index, which IF NOT EXISTS would take for a finished one.
    repair: [`DROP INDEX CONCURRENTLY IF EXISTS ${quoteTable({ schema: table.schema, name: index })}`],
  }),

  add_unique: ({ table, name: constraint, index, deferrable, deferred, comment }) =>
    together({
      // The index takes the constraint's name.
      statements: [
        `${alter(table)} ADD CONSTRAINT ${quote(constraint)} UNIQUE USING INDEX ${quote(index)}${deferrable ? ' DEFERRABLE' : ''}${deferred ? ' INITIALLY DEFERRED' : ''}`,
        ...constraintComment(table, constraint, comment),
      ],
      undo: [`${alter(table)} DROP CONSTRAINT IF EXISTS ${quote(constraint)}`],
      probe: constraintIs(table, constraint),
      locks: [lock.exclusive(table)],
    }),

  add_constraint: ({ table, name: constraint, definition: text, references, comment, condition }) => ({
    ...(condition !== undefined && { requires: meeting(table, constraint, condition) }),
    ...together({
      statements: [
        `${alter(table)} ADD CONSTRAINT ${quote(constraint)} ${text}${/ NOT (VALID|ENFORCED)$/.test(text) ? '' : ' NOT VALID'}`,
        ...constraintComment(table, constraint, comment),
      ],
      undo: [`${alter(table)} DROP CONSTRAINT IF EXISTS ${quote(constraint)}`],
      probe: constraintIs(table, constraint),
      locks: references
        ? [lock.shareRowExclusive(table), lock.shareRowExclusive(references)]
        : [lock.exclusive(table)],
    }),
  }),

  validate_constraint: ({ table, name: constraint, references }) => ({
    run: 'statements',
    statements: [`${alter(table)} VALIDATE CONSTRAINT ${quote(constraint)}`],
    undo: [],
    probe: constraintIs(table, constraint, 'convalidated'),
    transaction: 'unbounded',
    locks: [lock.shareUpdate(table, 'scan'), ...(references ? [lock.rowShare(references)] : [])],
  }),

  add_not_null: ({ table, column, name: constraint, inherit, comment }) => ({
    ...together({
      statements: [
        `${alter(table)} ADD CONSTRAINT ${quote(constraint)} ${traits.notNullNotValid ? `NOT NULL ${quote(column)}` : `CHECK (${isSet(quote(column))})`}${inherit ? '' : ' NO INHERIT'} NOT VALID`,
        ...constraintComment(table, constraint, comment),
      ],
      undo: [`${alter(table)} DROP CONSTRAINT IF EXISTS ${quote(constraint)}`],
      probe: constraintIs(table, constraint),
      locks: [lock.exclusive(table)],
    }),
    // With rows without a value the constraint is not even added, because every later write of such a row would fail.
    requires: {
      query: `SELECT count(*)::text AS violations FROM ${quoteTable(table)} WHERE ${isNull(quote(column))}`,
      look: `SELECT * FROM ${quoteTable(table)} WHERE ${isNull(quote(column))}`,
      code: 'PLAN_NULL',
      says: `${table.name}.${column} is required, but # rows have no value in it`,
      hint: EMPTY,
    },
  }),

  // With the CHECK as proof, SET NOT NULL reads no row (12+).
  finish_not_null: ({ table, column, name: constraint }) =>
    together({
      statements: [
        `${alter(table)} ALTER COLUMN ${quote(column)} SET NOT NULL`,
        `${alter(table)} DROP CONSTRAINT ${quote(constraint)}`,
      ],
      undo: [`${alter(table)} ALTER COLUMN ${quote(column)} DROP NOT NULL`],
      probe: columnIs(table, column, 'attnotnull'),
      locks: [lock.exclusive(table)],
    }),

  set_default: ({ table, column: { name: column }, default: value }) =>
    together({
      statements: [`${alter(table)} ALTER COLUMN ${quote(column)} SET DEFAULT ${wrapped(value)}`],
      undo: [`${alter(table)} ALTER COLUMN ${quote(column)} DROP DEFAULT`],
      probe: columnIs(table, column, 'atthasdef'),
      locks: [lock.exclusive(table)],
    }),

  own_sequence: ({ table, column, sequence }) =>
    together({
      statements: [`ALTER SEQUENCE ${quoteTable(sequence)} OWNED BY ${quoteTable(table)}.${quote(column)}`],
      undo: [],
      probe: `SELECT EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid WHERE d.classid = 'pg_class'::regclass AND d.objid = to_regclass(${literal(quoteTable(sequence))}) AND d.refobjid = ${regclass(table)} AND d.deptype = 'a' AND a.attname = ${literal(column)}) AS done`,
      locks: [lock.accessShare(table, 'moment')],
    }),
})

const EMPTY =
  'give these rows a value (in the old or the new shape), then advance again; or roll back and leave out required'

const wrapped = (expression: string): string => `(${expression})`
