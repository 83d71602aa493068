import type { Relaxation } from '../../../program/kinds/rule-action.ts'
import type { Traits } from '../../../program/traits.ts'
import type { Statements } from '../../../program/written.ts'
import type { Writers } from '../../interface/language.ts'
import { isEmptyByNow, type Obstacle, wasRequired } from '../../relational/relaxation.ts'
import { alter, constraintComment } from '../language/attributes.ts'
import { isNull, isSet } from '../language/equality.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { keyAsText } from '../walk/key.ts'
import { lock } from './locks.ts'
import { columnIs } from './probes.ts'

export const relaxWriters = (traits: Traits): Pick<Writers, 'allow_null' | 'drop_not_null'> => ({
  allow_null: (action) => relaxed(traits, action, wasRequired(action)),
  drop_not_null: (action) => relaxed(traits, action, isEmptyByNow(action, `SELECT * ${empty(action)}`)),
})

const empty = ({ table, column }: Relaxation): string =>
  `FROM ${quoteTable(table)} WHERE ${isNull(quote(column.name))}`

/**
 * DROP NOT NULL changes only the catalogue. The way back must not read all rows while others wait, so it is a constraint
 * that is validated later. Each statement commits by itself, and all of them can be repeated.
 */
function relaxed({ notNullNotValid }: Traits, action: Relaxation, obstacle: Obstacle): Statements {
  const { table, key, name, original } = action
  const [of, column] = [alter(table), quote(action.column.name)]
  const drop = `${of} DROP CONSTRAINT IF EXISTS ${quote(name)}`
  const validate = `${of} VALIDATE CONSTRAINT ${quote(name)}`
  const inherit = original?.inherit === false ? ' NO INHERIT' : ''
  return {
    run: 'statements',
    statements: [`${of} ALTER COLUMN ${column} DROP NOT NULL`],
    undo: notNullNotValid
      ? [
          drop,
          `${of} ADD CONSTRAINT ${quote(name)} NOT NULL ${column}${inherit} NOT VALID`,
          ...(original?.validated === false ? [] : [validate]),
          ...constraintComment(table, name, original?.comment ?? null),
        ]
      : [
          drop,
          `${of} ADD CONSTRAINT ${quote(name)} CHECK (${isSet(column)}) NOT VALID`,
          validate,
          // With the validated constraint as proof, SET NOT NULL reads no row (12+). In one statement the server would drop
          // the proof first.
          `${of} ALTER COLUMN ${column} SET NOT NULL`,
          drop,
        ],
    probe: columnIs(table, action.column.name, 'NOT attnotnull'),
    transaction: 'autocommit',
    locks: [lock.exclusive(table)],
    undoRequires: {
      ...obstacle,
      query: `SELECT count(*)::text AS violations ${empty(action)}`,
      sample: `SELECT ${key.length > 0 ? keyAsText(key) : 'ctid::text AS k0'} ${empty(action)} LIMIT $1::bigint`,
    },
  }
}
