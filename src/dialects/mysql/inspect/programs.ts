import { isSyncTrigger } from '../../../program/drift.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Mention, Table } from '../../../schema/snapshot.ts'
import type { Row, Session } from '../../interface/session.ts'
import { namesWithin, readBody } from '../../relational/bodies.ts'
import { folded } from '../language/definitions.ts'
import { bodyWords } from './bodies.ts'
import { SYSTEM } from './dependents.ts'

/** Stored programs of all databases. Their text is NULL for users who may not see it. */
const PROGRAMS = `
  SELECT LOWER(routine_type) AS kind, routine_schema AS program_schema, routine_name AS name, '' AS on_schema, '' AS on_table,
    routine_definition AS definition FROM information_schema.ROUTINES WHERE routine_schema NOT IN ${SYSTEM}
  UNION ALL SELECT 'event', event_schema, event_name, '', '', event_definition FROM information_schema.EVENTS
  UNION ALL SELECT 'trigger', trigger_schema, trigger_name, event_object_schema, event_object_table, action_statement
    FROM information_schema.TRIGGERS WHERE trigger_schema NOT IN ${SYSTEM}`

/**
 * Routines, events and triggers whose text, strings included, names both a table and columns of it: the server records no
 * dependencies for them. A program in another database must also name ours. For a trigger of the table itself the columns
 * after NEW and OLD are certain and are listed elsewhere. Our own triggers are left out.
 */
export async function readPrograms(
  session: Session,
  tables: readonly TableRef[],
): Promise<(table: TableRef, columns: Table['columns']) => Mention[]> {
  if (tables.length === 0) return () => []
  const named = tables.map(() => 'LOCATE(LOWER(?), LOWER(definition)) > 0').join(' OR ')
  const { rows } = await session.query(
    `SELECT * FROM (${PROGRAMS}) p WHERE ${named} OR on_table IN (${tables.map(() => '?').join(', ')})`,
    [...tables.map(({ name }) => name.replaceAll('`', '``')), ...tables.map(({ name }) => name)],
  )
  const programs = rows
    .filter((row) => !isSyncTrigger(String(row['name'])))
    .map((row) => ({ row, words: bodyWords(String(row['definition'] ?? '')) }))
    .map(({ row, words }) => ({ row, words, names: foldedNames(row, words) }))
  return (table, columns) =>
    programs
      .map(({ row, words, names }): Mention => {
        const own = row['on_schema'] === table.schema && row['on_table'] === table.name
        const sure = own ? readBody(words).names.map(folded) : []
        const about = own || (names.has(folded(table.schema)) && names.has(folded(table.name)))
        const found = columns
          .map(({ name }) => name)
          .filter((name) => about && names.has(folded(name)) && !sure.includes(folded(name)))
        return { name: describe(row), columns: found }
      })
      .filter((mention) => mention.columns.length > 0)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Every name in a program, and its own database. Strings count, because statements can be built from them. */
const foldedNames = (row: Row, words: ReturnType<typeof bodyWords>): ReadonlySet<string> =>
  new Set([...namesWithin(words, bodyWords), String(row['program_schema'])].map(folded))

function describe(row: Row): string {
  const name = `${row['kind']} ${row['program_schema']}.${row['name']}`
  return row['on_table'] === '' ? name : `${name} on ${row['on_schema']}.${row['on_table']}`
}
