import type { Seal } from '../../../program/sync.ts'
import type { Writers } from '../../interface/language.ts'
import { pairsOf, syncRule } from '../../relational/sync-rule.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { dropSync, functionName, mustSucceed, namesTaken, syncFunction, syntax } from './sync.ts'
import { trigger } from './together.ts'

/**
 * Creates a trigger under the sync's name, which fires after those of other people. A foreign key may write the old side
 * before that of the new side does; there only writes from clients are checked.
 */
const createSeal = (seal: Seal): string[] => [
  syncFunction(seal, sealBody(seal)),
  `CREATE TRIGGER ${quote(seal.name)} BEFORE INSERT OR UPDATE ON ${quoteTable(seal.table)} FOR EACH ROW ${seal.cascades ? 'WHEN (pg_catalog.pg_trigger_depth() = 0) ' : ''}EXECUTE FUNCTION ${functionName(seal)}()`,
]

function sealBody(seal: Seal): string {
  const { onSealed } = syncRule({ ...syntax(seal), conflict: () => refusal(seal) })
  const of = (event: 'insert' | 'update') =>
    pairsOf(seal.groups).flatMap((group) => onSealed(event, group).map((line) => `    ${line}`))
  return [
    '#variable_conflict use_column',
    'BEGIN',
    `  IF TG_OP = 'INSERT' THEN`,
    ...of('insert'),
    '  ELSE',
    ...of('update'),
    '  END IF;',
    '  RETURN NEW;',
    'END',
  ].join('\n')
}

function refusal({ plan, table, name, groups }: Seal): string[] {
  const [old, fresh] = [groups.flatMap(({ down }) => down), groups.flatMap(({ up }) => up)].map((side) =>
    side.map(({ column }) => column).join(', '),
  )
  const message = `plan ${plan} is about to take away ${old} of ${table.name}, and this statement did not write the same to ${fresh}`
  const hint = `deploy the version that writes ${fresh}, everywhere: together with ${old}, or alone; plan rollback ${plan} ends the plan and keeps ${old}`
  return [
    `RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = ${literal(message)},`,
    `  HINT = ${literal(hint)},`,
    `  SCHEMA = ${literal(table.schema)}, TABLE = ${literal(table.name)}, CONSTRAINT = ${literal(name)};`,
  ]
}

export const sealWriters: Pick<Writers, 'install_seal' | 'remove_seal'> = {
  install_seal: ({ seal }) => ({
    ...trigger(seal, { statements: createSeal(seal), undo: dropSync(seal) }, 'all'),
    mustSucceed: mustSucceed(seal),
    namesTaken: namesTaken(seal),
  }),
  remove_seal: ({ seal }) => trigger(seal, { statements: dropSync(seal), undo: createSeal(seal) }, 'none'),
}
