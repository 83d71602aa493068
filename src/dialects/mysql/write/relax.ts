import type { Relaxation } from '../../../program/kinds/rule-action.ts'
import type { Statements } from '../../../program/written.ts'
import type { Writers } from '../../interface/language.ts'
import { isEmptyByNow, type Obstacle, wasRequired } from '../../relational/relaxation.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { keyAsText } from '../walk/key.ts'
import { ddl, ways } from './ddl.ts'
import { definition, givenDefault, rest } from './defaults.ts'
import { lock } from './locks.ts'
import { columnIs } from './probes.ts'

export const relaxWriters = (dialect: string): Pick<Writers, 'allow_null' | 'drop_not_null'> => ({
  allow_null: (action) => relaxed(dialect, action, wasRequired(action)),
  drop_not_null: (action) => relaxed(dialect, action, isEmptyByNow(action, `SELECT * ${empty(action)}`)),
})

const empty = ({ table, column }: Relaxation): string =>
  `FROM ${quoteTable(table)} WHERE ${quote(column.name)} IS NULL`

/** Both servers write the table anew for it, while everybody reads and writes. */
function relaxed(dialect: string, action: Relaxation, obstacle: Obstacle): Statements {
  const { table, key, column, default: given } = action
  const { rebuild } = ways(dialect)
  const more = `${given === null ? '' : ` DEFAULT ${givenDefault(column, given, dialect)}`}${rest(column)}, ${rebuild}`
  const modify = (word: string) =>
    `ALTER TABLE ${quoteTable(table)} MODIFY COLUMN ${definition(column)} ${word}${more}`
  return {
    ...ddl({
      statement: modify('NULL'),
      undo: modify('NOT NULL'),
      is: columnIs(table, column.name, "IS_NULLABLE = 'YES'"),
      locks: [lock.online(table, 'rewrite'), lock.exclusive(table)],
    }),
    undoRequires: {
      ...obstacle,
      query: `SELECT COUNT(*) AS violations ${empty(action)}`,
      sample: `SELECT ${key.length > 0 ? keyAsText(key) : `'a row without key' AS k0`} ${empty(action)} LIMIT $1`,
    },
  }
}
