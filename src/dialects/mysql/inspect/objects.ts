import { createHash } from 'node:crypto'
import { isSyncTrigger } from '../../../program/drift.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Constraint, ForeignKey, Index, Trigger } from '../../../schema/snapshot.ts'
import type { Row, Session } from '../../interface/session.ts'
import { readBody } from '../../relational/bodies.ts'
import { DEFAULT_RULE, innodbReferences } from '../connect/mariadb.ts'
import { closing, columnsIn } from '../language/definitions.ts'
import { type Token, tokens } from '../language/tokens.ts'
import { bodyWords } from './bodies.ts'
import { by, byTable, type ObjectQuery, printed, readRows, type Scope, tableKey, text } from './query.ts'
import { commaSeparated, type TableText } from './text.ts'

const TABLE = 'table_schema AS table_schema, table_name AS table_name'

/** The index structure that the engine uses, which may differ from the requested one. */
export const INDEXES: ObjectQuery = {
  schema: 'table_schema',
  name: 'table_name',
  sql: (where) => `
    SELECT ${TABLE}, index_name AS name, index_type AS method, index_comment AS comment, non_unique AS duplicates
    FROM information_schema.STATISTICS WHERE ${where} AND seq_in_index = 1`,
}

/** An index from its row and its line in SHOW CREATE TABLE. */
export function readIndex(row: Row, { keys }: TableText, columns: readonly string[]): Index {
  const name = String(row['name'])
  const place = keys.findIndex((key) => key.name === name)
  const definition = keys[place]?.definition ?? ''
  const words = tokens(definition)
  const open = words.findIndex(({ text }) => text === '(')
  const parts = commaSeparated(words.slice(open + 1, closing(words, open)))
  return {
    name,
    definition,
    columns: columnsIn(
      parts
        .flat()
        .map(({ text }) => text)
        .join(' '),
      columns,
    ),
    key: plainKey(parts),
    unique: Number(row['duplicates']) === 0,
    primary: name === 'PRIMARY',
    method: String(row['method']).toLowerCase(),
    valid: true,
    partial: false,
    clustered: false,
    constraint: name === 'PRIMARY' ? name : null,
    comment: text(row['comment']),
    ...(Number(row['duplicates']) === 0 && { place }),
  }
}

/** Null when a part is an expression, a column prefix, or a period. */
function plainKey(parts: readonly (readonly Token[])[]): readonly string[] | null {
  const plain = parts.every(
    ([column, ...rest]) =>
      column?.kind === 'name' && rest.every(({ text }) => text === 'ASC' || text === 'DESC'),
  )
  return plain ? parts.map(([column]) => column?.means ?? '') : null
}

/** The primary key and the checks. A unique key is listed as an index. */
export function readConstraints({ keys, checks }: TableText, columns: readonly string[]): Constraint[] {
  const primary = keys.filter(({ name }) => name === 'PRIMARY')
  return [
    ...primary.map((key) => constraint('primary', key, columns)),
    ...checks.map((check) => constraint('check', check, columns)),
  ].sort(by(({ name }) => name))
}

const constraint = (
  kind: 'primary' | 'check',
  { name, definition }: { readonly name: string; readonly definition: string },
  columns: readonly string[],
): Constraint => ({
  name,
  kind,
  definition,
  columns: columnsIn(definition, columns),
  validated: !/\) NOT ENFORCED$/.test(definition),
  deferrable: false,
  deferred: false,
  index: kind === 'primary' ? name : null,
  comment: null,
})

const KEY_COLUMNS: ObjectQuery = {
  schema: 'table_schema',
  name: 'table_name',
  sql: (where) => `
    SELECT ${TABLE}, constraint_name AS name, column_name AS from_column, referenced_table_schema AS to_schema,
      referenced_table_name AS to_table, referenced_column_name AS to_column, ordinal_position AS place
    FROM information_schema.KEY_COLUMN_USAGE WHERE ${where} AND referenced_table_name IS NOT NULL`,
}

const RULES: ObjectQuery = {
  schema: 'constraint_schema',
  name: 'table_name',
  sql: (where) => `
    SELECT constraint_schema AS table_schema, table_name AS table_name, constraint_name AS name,
      delete_rule AS on_delete, update_rule AS on_update
    FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE ${where}`,
}

/**
 * The foreign keys of tables. Their definition is built as SHOW CREATE TABLE prints it, but with the other table's
 * database. MariaDB's own cannot be read when a name has a backtick, and the text of other tables is not available.
 */
export async function readForeignKeys(
  session: Session,
  scope: Scope,
  mariadb: boolean,
): Promise<(table: TableRef) => readonly ForeignKey[]> {
  const columns = byTable(await readRows(session, KEY_COLUMNS, scope))
  const rules = byTable(await readRows(session, RULES, scope))
  return (table) =>
    rules(table)
      .map((rule) => {
        const of = columns(table).filter(({ name }) => name === rule['name'])
        return foreignKey(table, rule, of.sort(by(({ place }) => Number(place))), mariadb)
      })
      .sort(by(({ name }) => name))
}

function foreignKey(table: TableRef, rule: Row, columns: readonly Row[], mariadb: boolean): ForeignKey {
  const from = columns.map((row) => String(row['from_column']))
  const to = columns.map((row) => String(row['to_column']))
  const [schema, name] = [String(columns[0]?.['to_schema']), String(columns[0]?.['to_table'])]
  const list = (names: readonly string[]) => `(${names.map(printed).join(', ')})`
  const clause = (event: string, action: unknown) =>
    action === (mariadb ? DEFAULT_RULE : 'NO ACTION') ? '' : ` ON ${event} ${action}`
  return {
    name: String(rule['name']),
    from: { schema: table.schema, table: table.name, columns: from },
    to: { schema, table: name, columns: to },
    definition: `FOREIGN KEY ${list(from)} REFERENCES ${printed(schema)}.${printed(name)} ${list(to)}${clause('DELETE', rule['on_delete'])}${clause('UPDATE', rule['on_update'])}`,
    validated: true,
    comment: null,
  }
}

/** The tables with foreign keys that point at these tables. */
const REFERENCES: ObjectQuery = {
  schema: 'unique_constraint_schema',
  name: 'referenced_table_name',
  sql: (where) => `
    SELECT constraint_schema AS from_schema, table_name AS from_table, constraint_name AS name,
      unique_constraint_schema AS table_schema, referenced_table_name AS table_name
    FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE ${where}`,
}

/** The foreign keys that point at these tables. */
export async function readReferencedBy(
  session: Session,
  tables: readonly TableRef[],
  scope: Scope,
  mariadb: boolean,
): Promise<(table: TableRef) => readonly ForeignKey[]> {
  const found = mariadb
    ? await mariadbReferences(session, tables, scope)
    : await readRows(session, REFERENCES, scope)
  const owners = new Map(
    found.map((row): [string, TableRef] => {
      const owner = { schema: String(row['from_schema']), name: String(row['from_table']) }
      return [tableKey(owner.schema, owner.name), owner]
    }),
  )
  const keys = await readForeignKeys(session, { tables: [...owners.values()] }, mariadb)
  const of = byTable(found)
  return (table) =>
    of(table)
      .flatMap((row) =>
        keys({ schema: String(row['from_schema']), name: String(row['from_table']) }).filter(
          ({ name }) => name === row['name'],
        ),
      )
      .sort(
        by(
          ({ from }) => from.schema,
          ({ from }) => from.table,
          ({ name }) => name,
        ),
      )
}

async function mariadbReferences(
  session: Session,
  tables: readonly TableRef[],
  scope: Scope,
): Promise<readonly Row[]> {
  if ('schemas' in scope || tables.length === 0) return readRows(session, REFERENCES, scope)
  try {
    const names = tables.flatMap(({ schema, name }) => [schema, name])
    return (await session.query(innodbReferences(tables.length), names)).rows
  } catch {
    // Without PROCESS. If the connection was lost this fails again.
    return readRows(session, REFERENCES, scope)
  }
}

export const TRIGGERS: ObjectQuery = {
  schema: 'event_object_schema',
  name: 'event_object_table',
  sql: (where) => `
    SELECT event_object_schema AS table_schema, event_object_table AS table_name, trigger_name AS name,
      action_timing AS timing, event_manipulation AS events, action_order AS place, action_statement AS statement, definer AS definer
    FROM information_schema.TRIGGERS WHERE ${where}`,
}

/**
 * The triggers of one table, in the order in which they run. MariaDB lists them without text for users who may not see
 * it.
 */
export const readTriggers = (table: TableRef, rows: readonly Row[]): Trigger[] =>
  rows
    .toSorted(
      by(
        ({ timing }) => (timing === 'BEFORE' ? 0 : 1),
        ({ events }) => String(events),
        ({ place }) => Number(place),
      ),
    )
    .map(({ name, timing, events, statement, definer }) => ({
      ...bodyOf(String(statement ?? '')),
      name: String(name),
      definition: `${timing} ${events} ON ${printed(table.schema)}.${printed(table.name)} FOR EACH ROW ${statement ?? ''}`,
      timing: timing === 'BEFORE' ? 'before' : 'after',
      events: [String(events).toLowerCase() as 'insert' | 'update' | 'delete'],
      level: 'row',
      columns: [],
      enabled: 'O',
      function: '',
      functionHash: createHash('md5')
        .update(String(statement ?? ''))
        .digest('hex'),
      // A trigger of ours that somebody else created again runs with that user's rights.
      ...(isSyncTrigger(String(name)) && definer !== null && { functionOwner: String(definer) }),
    }))

function bodyOf(statement: string): Pick<Trigger, 'sets' | 'guarded'> {
  const { sets, guarded } = readBody(bodyWords(statement))
  return {
    ...(sets.length > 0 && { sets: sets.map((one) => ({ ...one, always: one.always && !guarded })) }),
    ...(guarded && { guarded }),
  }
}
