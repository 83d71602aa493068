import type { Language } from '../../interface/language.ts'
import { nodes, statements, type Tree } from './parser.ts'

const HINT =
  'write one statement for each entry, without BEGIN and COMMIT: the tool sends each in its own call'

/** What would change the session, its transaction or its cursors, or needs a client that sends rows. */
const BARRED: Readonly<Record<string, string>> = {
  TransactionStmt: 'begins or ends a transaction',
  VariableSetStmt: 'changes a setting of the session',
  DiscardStmt: 'resets the session',
  LockStmt: 'locks a table for a transaction that ends with it',
  CopyStmt: 'is a COPY, which needs a client that sends or takes rows',
  PrepareStmt: 'prepares a statement of the session',
  ExecuteStmt: 'runs a prepared statement of the session',
  DeallocateStmt: 'forgets a prepared statement of the session',
  DeclareCursorStmt: 'opens a cursor of the session',
  FetchStmt: 'reads a cursor of the session',
  ClosePortalStmt: 'closes a cursor of the session',
  ListenStmt: 'makes the session listen',
  UnlistenStmt: 'makes the session stop listening',
  LoadStmt: 'loads a library into the session',
}

/** Statements that the server refuses within a transaction. */
const ALONE = /^(CreatedbStmt|DropdbStmt|AlterSystemStmt|CreateTableSpaceStmt|DropTableSpaceStmt)$/

export const statement: Language['statement'] = (sql) => {
  const parsed = statements(sql)
  if ('error' in parsed)
    return {
      refused: `not a statement that PostgreSQL can read: ${parsed.error}, at ${placeIn(sql, parsed.offset)}`,
      hint: 'correct it there',
    }
  const [tree] = parsed.trees
  if (parsed.trees.length !== 1 || tree === undefined)
    return { refused: parsed.trees.length === 0 ? 'no statement' : 'more than one statement', hint: HINT }
  const [kind = ''] = Object.keys(tree as object)
  if (BARRED[kind]) return { refused: `a statement that ${BARRED[kind]}`, hint: HINT }
  const all = [...nodes(tree)]
  if (all.some(({ type }) => type === 'ParamRef'))
    return { refused: 'a statement cannot hold parameters such as $1', hint: 'write the values into it' }
  if (all.some(({ type, node }) => waits(type, node))) return 'unbounded'
  return ALONE.test(kind) ? 'autocommit' : 'step'
}

/** It waits for older transactions, or takes as long as the table is large, and runs outside of any transaction. */
const waits = (type: string, node: Record<string, unknown>): boolean =>
  (/^(IndexStmt|DropStmt|PartitionCmd)$/.test(type) && node['concurrent'] === true) ||
  (type === 'VacuumStmt' && node['is_vacuumcmd'] === true) ||
  (type === 'ReindexStmt' && JSON.stringify((node['params'] ?? []) as Tree).includes('"concurrently"'))

/** `line 2, column 7`. */
function placeIn(sql: string, offset: number): string {
  const lines = sql.slice(0, offset).split('\n')
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
}
