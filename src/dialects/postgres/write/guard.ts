import { guardName } from '../../../program/drift.ts'
import type { Guard, Sync } from '../../../program/sync.ts'
import type { Writers } from '../../interface/language.ts'
import { syncRule } from '../../relational/sync-rule.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { functionName, namesTaken, syncFunction, syntax } from './sync.ts'
import { trigger } from './together.ts'

/** The guard as far as it is like a sync. Its trigger sorts before those of the sync, so it sees only what clients write. */
const asSync = ({ table, name }: Guard): Sync => ({
  ...{ table, name: guardName(name) },
  ...{ groups: [], aliases: [], ahead: [] },
})

function create(guard: Guard): string[] {
  const sync = asSync(guard)
  const rule = syncRule(syntax(sync))
  const lines = (event: 'insert' | 'update') =>
    rule.onGuarded(event, guard.columns, refusal(guard)).map((line) => `    ${line}`)
  const body = [
    '#variable_conflict use_column',
    'BEGIN',
    `  IF TG_OP = 'INSERT' THEN`,
    ...lines('insert'),
    '  ELSE',
    ...lines('update'),
    '  END IF;',
    '  RETURN NEW;',
    'END',
  ].join('\n')
  return [
    syncFunction(sync, body),
    `CREATE TRIGGER ${quote(sync.name)} BEFORE INSERT OR UPDATE ON ${quoteTable(guard.table)} FOR EACH ROW ${guard.cascades ? 'WHEN (pg_catalog.pg_trigger_depth() = 0) ' : ''}EXECUTE FUNCTION ${functionName(sync)}()`,
  ]
}

function refusal({ plan, table, name, columns }: Guard): string[] {
  const all = columns.map(({ column }) => column).join(', ')
  const message = `plan ${plan} is about to drop ${all} of ${table.name}, and this statement writes it`
  const hint = `deploy the version that no longer writes ${all}, everywhere; plan rollback ${plan} ends the plan and keeps it`
  return [
    `RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = ${literal(message)},`,
    `  HINT = ${literal(hint)},`,
    `  SCHEMA = ${literal(table.schema)}, TABLE = ${literal(table.name)}, CONSTRAINT = ${literal(name)};`,
  ]
}

const drop = (guard: Guard): string[] => [
  `DROP TRIGGER ${quote(guardName(guard.name))} ON ${quoteTable(guard.table)}`,
  `DROP FUNCTION ${functionName(asSync(guard))}()`,
]

export const guardWriters: Pick<Writers, 'install_guard' | 'remove_guard'> = {
  install_guard: ({ guard }) => ({
    ...trigger(
      { table: guard.table, name: guardName(guard.name) },
      { statements: create(guard), undo: drop(guard) },
      'all',
    ),
    namesTaken: namesTaken(asSync(guard)),
  }),
  remove_guard: ({ guard }) =>
    trigger(
      { table: guard.table, name: guardName(guard.name) },
      { statements: drop(guard), undo: create(guard) },
      'none',
    ),
}
