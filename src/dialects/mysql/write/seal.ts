import { sha256 } from '../../../program/fingerprint.ts'
import type { Seal } from '../../../program/sync.ts'
import type { Writers } from '../../interface/language.ts'
import { syncRule } from '../../relational/sync-rule.ts'
import { literal, quoteTable } from '../language/quote.ts'
import { lock } from './locks.ts'
import { blockWrites } from './losses.ts'
import { columnIs, done, triggerIs } from './probes.ts'
import {
  dropTrigger,
  lastParts,
  MESSAGE,
  mustSucceed,
  namesTaken,
  type Part,
  syntax,
  triggerName,
} from './sync.ts'

/**
 * AFTER triggers see the row as it is stored, defaults included, and leave alone columns whose default uses others. Each
 * pair has a block with a handler for a missing column (error 1054, when the body runs). The column is renamed first and
 * then cannot be written any more. So there is no moment in which writes fail, and none in which nothing is refused.
 */
const sealTrigger = (seal: Seal, part: Part): string =>
  [
    `CREATE TRIGGER ${quoteTable({ schema: seal.table.schema, name: triggerName(seal, part) })} AFTER ${part.event} ON ${quoteTable(seal.table)} FOR EACH ROW BEGIN ${markOf(seal, part)}`,
    ...linesOf(seal, part),
    'END',
  ].join('\n')

/** A mark for the whole body, which the catalogue does not return as it was written. */
const markOf = (seal: Seal, part: Part): string =>
  `/* plan ${sha256(linesOf(seal, part).join('\n')).slice(0, 32)} */`

function linesOf(seal: Seal, { event }: Part): string[] {
  const { onSealed } = syncRule({ ...syntax(seal), conflict: () => [refusal(seal)] })
  return seal.groups.flatMap((group) => [
    '  BEGIN',
    '    DECLARE EXIT HANDLER FOR 1054 BEGIN END;',
    ...onSealed(event === 'INSERT' ? 'insert' : 'update', group).map((line) => `    ${line}`),
    '  END;',
  ])
}

function refusal({ plan, groups }: Seal): string {
  const [old, fresh] = [groups.flatMap(({ down }) => down), groups.flatMap(({ up }) => up)].map((side) =>
    side.map(({ column }) => column).join(', '),
  )
  const message = `plan ${plan} takes ${old} away: write ${fresh} with it or alone, or roll back`
  return `SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ${literal(message.slice(0, MESSAGE))};`
}

const parts = lastParts.toReversed()
const there = (seal: Seal, part: Part) => triggerIs(seal.table, triggerName(seal, part), markOf(seal, part))
const named = (seal: Seal, part: Part) => triggerIs(seal.table, triggerName(seal, part))

/** Whether the old side has another name, so that nothing is left to guard. */
const retired = ({ table, groups }: Seal) =>
  groups.flatMap(({ down }) => down.map(({ column }) => `NOT ${columnIs(table, column)}`)).join(' OR ')

export const sealWriters: Pick<Writers, 'install_seal' | 'remove_seal'> = {
  install_seal: ({ seal }) => ({
    run: 'statements',
    statements: parts.map((part) => sealTrigger(seal, part)),
    doneEach: parts.map((part) => done(there(seal, part))),
    undo: lastParts.map((part) => dropTrigger(seal, part)),
    probe: done(`(${retired(seal)} OR ${parts.map((part) => there(seal, part)).join(' AND ')})`),
    transaction: 'autocommit',
    locks: [lock.exclusive(seal.table)],
    mustSucceed: mustSucceed(seal),
    namesTaken: namesTaken(seal),
  }),

  // Created again after the columns have their names back, while nobody else writes. Without those names it cannot be
  // created.
  remove_seal: ({ seal }) => ({
    run: 'statements',
    statements: lastParts.map((part) => dropTrigger(seal, part)),
    undo: parts.flatMap((part) => [dropTrigger(seal, part), sealTrigger(seal, part)]),
    undoneLast: true,
    probe: done(`NOT (${parts.map((part) => named(seal, part)).join(' OR ')})`),
    undoNeeded: done(`NOT (${parts.map((part) => named(seal, part)).join(' AND ')})`),
    transaction: 'autocommit',
    locks: [lock.exclusive(seal.table)],
    blockWrites: blockWrites(seal.table),
  }),
}
