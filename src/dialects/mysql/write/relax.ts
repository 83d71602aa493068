import type { Writers } from '../../interface/language.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { keyAsText } from '../walk/key.ts'
import { ddl, ways } from './ddl.ts'
import { definition, rest } from './defaults.ts'
import { lock } from './locks.ts'
import { columnIs } from './probes.ts'

/** Both servers write the table anew for it, while everybody reads and writes. */
export const relaxWriters = (dialect: string): Pick<Writers, 'allow_null'> => ({
  allow_null: ({ table, key, column }) => {
    const { rebuild } = ways(dialect)
    const empty = `FROM ${quoteTable(table)} WHERE ${quote(column.name)} IS NULL`
    const modify = (word: string) =>
      `ALTER TABLE ${quoteTable(table)} MODIFY COLUMN ${definition(column)} ${word}${rest(column)}, ${rebuild}`
    return {
      ...ddl({
        statement: modify('NULL'),
        undo: modify('NOT NULL'),
        is: columnIs(table, column.name, "IS_NULLABLE = 'YES'"),
        locks: [lock.online(table, 'rewrite'), lock.exclusive(table)],
      }),
      undoRequires: {
        code: 'PLAN_NULL',
        query: `SELECT COUNT(*) AS violations ${empty}`,
        sample: `SELECT ${key.length > 0 ? keyAsText(key) : `'a row without key' AS k0`} ${empty} LIMIT $1`,
        says: `${table.name}.${column.name} was required before this plan, and # rows have no value in it`,
        hint: `nothing was undone; give each of these rows a value in ${column.name}, then run plan rollback again`,
      },
    }
  },
})
