import type { Action } from '../../../program/action.ts'
import type { Statements } from '../../../program/written.ts'
import { authorsWriters } from '../../relational/authored.ts'
import { alter, definition } from '../language/attributes.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { lock } from './locks.ts'
import { columnIs, relationIs } from './probes.ts'

type Sequence = Extract<Action, { do: 'create_sequence' }>['sequence']

/** An identity asks nobody for a right on its sequence, and a default does. */
const created = (sequence: Sequence): string[] => [
  `CREATE SEQUENCE ${quoteTable(sequence)}`,
  `GRANT USAGE ON SEQUENCE ${quoteTable(sequence)} TO PUBLIC`,
]

const regclass = (name: string): string => `${literal(name)}::pg_catalog.regclass`

/** Our own sessions look names up in pg_catalog alone. */
const lookedUp = (path: readonly string[], inTransaction: boolean) => {
  const set = (to: string) =>
    inTransaction
      ? `SELECT pg_catalog.set_config('search_path', ${literal(to)}, true)`
      : `SET search_path = ${to}`
  return { before: set(path.map(quote).join(', ')), after: set('pg_catalog, pg_temp') }
}

/** Statements of the author, and columns that the server computes or numbers. */
export const furtherWriters = {
  ...authorsWriters(lookedUp),

  add_generated: ({ table, column, value }: Extract<Action, { do: 'add_generated' }>): Statements => ({
    run: 'statements',
    statements: [
      `${alter(table)} ADD COLUMN ${definition(column)} GENERATED ALWAYS AS (${value.sql}) VIRTUAL`,
    ],
    undo: [`${alter(table)} DROP COLUMN IF EXISTS ${quote(column.name)}`],
    probe: columnIs(table, column.name),
    transaction: 'step',
    locks: [lock.exclusive(table)],
  }),

  create_sequence: ({ sequence }: Extract<Action, { do: 'create_sequence' }>): Statements => ({
    run: 'statements',
    statements: created(sequence),
    undo: [`DROP SEQUENCE IF EXISTS ${quoteTable(sequence)}`],
    probe: relationIs(sequence.schema, sequence.name),
    transaction: 'step',
    locks: [],
  }),

  // The table is locked before any number is read, so nobody takes one in between.
  make_identity: (action: Extract<Action, { do: 'make_identity' }>): Statements => {
    const { table, column, sequence, next, always, indexed } = action
    const [name, seq] = [quote(column), quoteTable(sequence)]
    const own = `pg_catalog.pg_get_serial_sequence(${literal(quoteTable(table))}, ${literal(column)})::pg_catalog.regclass`
    const most = indexed ? `(SELECT max(${name}) FROM ${quoteTable(table)})` : 'NULL::bigint'
    return {
      run: 'statements',
      statements: [
        `${alter(table)} ALTER COLUMN ${name} DROP DEFAULT`,
        `${alter(table)} ALTER COLUMN ${name} ADD GENERATED ${always ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`,
        `SELECT pg_catalog.setval(${own}, greatest(s.last_value, ${most}), s.is_called OR ${most} IS NOT NULL) FROM ${seq} AS s`,
        `DROP SEQUENCE ${seq}`,
      ],
      undo: [
        `LOCK TABLE ${quoteTable(table)} IN ACCESS EXCLUSIVE MODE`,
        ...created(sequence),
        `SELECT pg_catalog.setval(${regclass(seq)}, pg_catalog.nextval(${own}))`,
        `${alter(table)} ALTER COLUMN ${name} DROP IDENTITY`,
        `${alter(table)} ALTER COLUMN ${name} SET DEFAULT ${next}`,
      ],
      probe: columnIs(table, column, "attidentity <> ''"),
      transaction: 'step',
      locks: [lock.exclusive(table)],
    }
  },
}
