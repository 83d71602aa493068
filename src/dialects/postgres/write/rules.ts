import type { RuleAction } from '../../../program/kinds/rule-action.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Statements } from '../../../program/written.ts'
import type { Writers } from '../../interface/language.ts'
import { distinctBy } from '../../relational/distinct.ts'
import { alter, constraintComment, finished, indexAttributes } from '../language/attributes.ts'
import { renameObject } from '../language/definitions.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { renameCopies } from './copies.ts'
import { lock } from './locks.ts'
import { columnIs, constraintIs, relationIs } from './probes.ts'
import { together } from './together.ts'

type Kinds =
  | Exclude<RuleAction['do'], 'disable_index' | 'drop_not_null' | 'reserve_key' | 'retire_key'>
  | 'rename_index'
  | 'rename_constraint'

/**
 * Statements that each commit by themselves. They are undone one after the other as well: what reads rows on the way back
 * must not hold the lock of what changes the catalogue. They can be repeated: each first removes what it left.
 */
const apart = (parts: Pick<Statements, 'statements' | 'undo' | 'probe' | 'locks'>): Statements => ({
  run: 'statements',
  ...parts,
  transaction: 'autocommit',
})

/** Writers for what a table has already: its defaults, comments, indexes and constraints. */
export const ruleWriters: Pick<Writers, Kinds> = {
  change_default: ({ table, column: { name: column }, from, to }) => {
    const given = (value: string | null) =>
      `${alter(table)} ALTER COLUMN ${quote(column)} ${value === null ? 'DROP DEFAULT' : `SET DEFAULT ${value}`}`
    return together({
      statements: [given(to === null ? null : `(${to})`)],
      undo: [given(from)],
      probe: columnIs(
        table,
        column,
        from === null || to === null ? `${to === null ? 'NOT ' : ''}atthasdef` : differs(from),
      ),
      locks: [lock.exclusive(table)],
    })
  },

  set_comment: ({ table, column, from, to }) => {
    const on = column === null ? `TABLE ${quoteTable(table)}` : `COLUMN ${quoteTable(table)}.${quote(column)}`
    const comment = (text: string | null) => `COMMENT ON ${on} IS ${text === null ? 'NULL' : literal(text)}`
    const number = column === null ? '0' : 'attnum'
    return {
      run: 'statements',
      statements: [comment(to)],
      undo: [comment(from)],
      probe: columnIs(
        table,
        column ?? 'ctid',
        `(SELECT description FROM pg_catalog.pg_description WHERE objoid = attrelid AND classoid = 'pg_catalog.pg_class'::regclass AND objsubid = ${number}) IS NOT DISTINCT FROM ${to === null ? 'NULL' : literal(to)}`,
      ),
      transaction: 'step',
      locks: [lock.shareUpdate(table, 'moment')],
    }
  },

  rename_index: ({ table: { schema }, from, to }) =>
    together({
      statements: [`ALTER INDEX ${quoteTable({ schema, name: from })} RENAME TO ${quote(to)}`],
      undo: [`ALTER INDEX ${quoteTable({ schema, name: to })} RENAME TO ${quote(from)}`],
      probe: relationIs(schema, to),
      locks: [],
    }),

  rename_constraint: ({ table, from, to, copies = [] }) =>
    together({
      statements: [
        `${alter(table)} RENAME CONSTRAINT ${quote(from)} TO ${quote(to)}`,
        ...renameCopies(table, to, copies),
      ],
      undo: [`${alter(table)} RENAME CONSTRAINT ${quote(to)} TO ${quote(from)}`],
      probe: constraintIs(table, to),
      locks: [lock.exclusive(table)],
    }),

  delete_index: ({ table, name, definition, comment, targets, gone }) => {
    const index = { schema: table.schema, name }
    const there = relationIs(
      table.schema,
      name,
      `i.indisvalid AND i.indrelid = to_regclass(${literal(quoteTable(table))})${finished(comment, targets)}`,
    )
    const drop = `DROP INDEX CONCURRENTLY IF EXISTS ${quoteTable(index)}`
    return {
      run: 'statements',
      statements: gone ? [] : [drop],
      // An interrupted build leaves an INVALID index, which is in the way of the next one.
      undo: [drop, renameObject(definition, name), ...indexAttributes(index, comment, targets)],
      probe: relationIs(table.schema, name).replace('SELECT EXISTS', 'SELECT NOT EXISTS'),
      undoNeeded: there.replace('SELECT EXISTS', 'SELECT NOT EXISTS'),
      transaction: 'unbounded',
      locks: gone ? [] : [lock.shareUpdate(table, 'moment')],
    }
  },

  delete_check: ({ table, name, definition, validated, comment }) => {
    const drop = `${alter(table)} DROP CONSTRAINT IF EXISTS ${quote(name)}`
    const staged = / NOT (VALID|ENFORCED)$/.test(definition)
    return {
      ...apart({
        statements: [drop],
        undo: [
          drop,
          `${alter(table)} ADD CONSTRAINT ${quote(name)} ${definition}${staged ? '' : ' NOT VALID'}`,
          ...(validated ? [`${alter(table)} VALIDATE CONSTRAINT ${quote(name)}`] : []),
          ...constraintComment(table, name, comment),
        ],
        probe: constraintIs(table, name).replace('SELECT EXISTS', 'SELECT NOT EXISTS'),
        locks: [lock.exclusive(table)],
      }),
      ...(validated && { undoRequires: meeting(table, name, conditionIn(definition)) }),
    }
  },

  delete_unique: ({ table, name, columns, deferrable, deferred, comment }) => ({
    undoNeeded: constraintIs(table, name).replace('SELECT EXISTS', 'SELECT NOT EXISTS'),
    ...apart({
      statements: [`${alter(table)} DROP CONSTRAINT IF EXISTS ${quote(name)}`],
      // The index is built again before.
      undo: [
        `${alter(table)} ADD CONSTRAINT ${quote(name)} UNIQUE USING INDEX ${quote(name)}${deferrable ? ' DEFERRABLE' : ''}${deferred ? ' INITIALLY DEFERRED' : ''}`,
        ...constraintComment(table, name, comment),
      ],
      probe: constraintIs(table, name).replace('SELECT EXISTS', 'SELECT NOT EXISTS'),
      locks: [lock.exclusive(table)],
    }),
    undoRequires: distinctBy(quoteTable)(table, { keys: columns.map(quote), where: null }),
  }),
}

/** The default of the column is not this one any more. */
const differs = (from: string): string =>
  `(SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = attrelid AND d.adnum = attnum) IS DISTINCT FROM ${literal(from)}`

/** No row may break the condition. */
export const meeting = (
  table: TableRef,
  name: string,
  condition: string,
): NonNullable<Statements['requires']> => ({
  query: `SELECT COUNT(*) AS violations FROM ${quoteTable(table)} WHERE NOT (${condition})`,
  code: 'PLAN_INVARIANT',
  says: `# rows of ${table.name} do not meet ${name}`,
  hint: `look at them: SELECT * FROM ${quoteTable(table)} WHERE NOT (${condition}); change them, then run the same command again`,
})

/** The condition of a CHECK stands in brackets that its definition begins and ends with. */
const conditionIn = (definition: string): string =>
  definition.replace(/^CHECK /, '').replace(/ NO INHERIT$/, '')
