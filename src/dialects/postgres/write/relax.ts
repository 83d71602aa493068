import type { Traits } from '../../../program/traits.ts'
import type { Writers } from '../../interface/language.ts'
import { alter, constraintComment } from '../language/attributes.ts'
import { isNull, isSet } from '../language/equality.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { keyAsText } from '../walk/key.ts'
import { lock } from './locks.ts'
import { columnIs, constraintIs } from './probes.ts'

/**
 * DROP NOT NULL changes only the catalogue. The way back must not read all rows while others wait, so it is a constraint
 * that is validated later. Each statement commits by itself, and a try that failed can be repeated.
 */
export const relaxWriters = (traits: Traits): Pick<Writers, 'allow_null'> => ({
  allow_null: ({ table, key, column: { name: column }, name, original }) => {
    const of = alter(table)
    const drop = `${of} DROP CONSTRAINT IF EXISTS ${quote(name)}`
    const validate = `${of} VALIDATE CONSTRAINT ${quote(name)}`
    const inherit = original?.inherit === false ? ' NO INHERIT' : ''
    const empty = `FROM ${quoteTable(table)} WHERE ${isNull(quote(column))}`
    return {
      run: 'statements',
      statements: [`${of} ALTER COLUMN ${quote(column)} DROP NOT NULL`],
      undo: traits.notNullNotValid
        ? [
            drop,
            `${of} ADD CONSTRAINT ${quote(name)} NOT NULL ${quote(column)}${inherit} NOT VALID`,
            ...(original?.validated === false ? [] : [validate]),
            ...constraintComment(table, name, original?.comment ?? null),
          ]
        : [
            drop,
            `${of} ADD CONSTRAINT ${quote(name)} CHECK (${isSet(quote(column))}) NOT VALID`,
            validate,
            `${of} ALTER COLUMN ${quote(column)} SET NOT NULL, DROP CONSTRAINT ${quote(name)}`,
          ],
      probe: columnIs(table, column, 'NOT attnotnull'),
      undoNeeded: traits.notNullNotValid
        ? constraintIs(table, name, 'convalidated').replace('SELECT EXISTS', 'SELECT NOT EXISTS')
        : columnIs(table, column, 'NOT attnotnull'),
      transaction: 'autocommit',
      locks: [lock.exclusive(table)],
      undoRequires: {
        code: 'PLAN_NULL',
        query: `SELECT count(*)::text AS violations ${empty}`,
        sample: `SELECT ${key.length > 0 ? keyAsText(key) : 'ctid::text AS k0'} ${empty} LIMIT $1::bigint`,
        says: `${table.name}.${column} was required before this plan, and # rows have no value in it`,
        hint: `nothing was undone; give each of these rows a value in ${column}, then run plan rollback again`,
      },
    }
  },
})
