import type { Guarded, Looped, Script } from '../../interface/script.ts'
import { ended, inBatch, keyColumns, ROWS, SQL } from '../../relational/script.ts'
import { named } from '../connect/bind.ts'
import { literal } from '../language/quote.ts'

/** The client ends a statement at its delimiter, wherever that stands. */
function typed(statement: string): string {
  if (!/;\s/.test(statement)) return ended(statement)
  const delimiter = [';;', '//', '$$'].find((one) => !statement.includes(one)) ?? '//;'
  return `DELIMITER ${delimiter}\n${ended(statement, delimiter)}\nDELIMITER ;`
}

/** The server prepares no statement about triggers. DROP TRIGGER says IF EXISTS itself. */
const guarded = ({ statements, condition }: Guarded): string[] =>
  statements.flatMap((statement) =>
    /^ALTER /.test(statement)
      ? [
          `SET @plan_undo = IF((SELECT done FROM (${condition}) AS found), ${literal(statement)}, 'DO 0')`,
          'PREPARE plan_undo FROM @plan_undo',
          'EXECUTE plan_undo',
          'DEALLOCATE PREPARE plan_undo',
        ]
      : [statement],
  )

const isByKey = (walk: Looped): walk is Extract<Looped, { along: { by: 'key' } }> => walk.along.by === 'key'

/** A range ends at the key that follows `ROWS` keys later, the last one at the last key there was. */
function loop(walk: Looped): string[] | null {
  if (!isByKey(walk)) return null
  const { along, mark, undoes } = walk
  const batch = inBatch(walk)
  const names = keyColumns(along)
  const of = (stem: string) => names.map((name) => `plan_${stem}_${name}`)
  const [last, here, to] = [of('last'), of('here'), of('to')]
  const into = (query: string, variables: readonly string[], values: readonly string[]) =>
    `SELECT ${names.join(', ')} INTO ${variables.join(', ')} FROM (${named(query, values)}) AS found;`
  const run = (texts: readonly string[], values: readonly string[]) =>
    texts.map((text) => `      ${ended(named(text, values))}`)
  const lines = [
    'CREATE PROCEDURE plan_backfill()',
    'BEGIN',
    `  DECLARE plan_rows bigint DEFAULT ${ROWS};`,
    `  DECLARE ${[...last, ...here, ...to].join(', ')} longtext DEFAULT NULL;`,
    '  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;',
    ...(undoes ? ['  DECLARE CONTINUE HANDLER FOR 1146 BEGIN END;'] : []),
    `  ${ended(mark)}`,
    `  ${into(along.end, last, [])}`,
    `  plan_batches: WHILE ${last[0]} IS NOT NULL DO`,
    `    SET ${to.map((one) => `${one} = NULL`).join(', ')};`,
    '    START TRANSACTION;',
    `    IF ${here[0]} IS NULL THEN`,
    `      ${into(along.boundary.first, to, ['plan_rows', ...last])}`,
    ...ifNull(to, last),
    ...run(batch.first, to),
    '    ELSE',
    `      ${into(along.boundary.next, to, ['plan_rows', ...last, ...here])}`,
    ...ifNull(to, last),
    ...run(batch.next, [...to, ...here]),
    '    END IF;',
    '    COMMIT;',
    `    IF ${to.map((one, n) => `${one} = ${last[n]}`).join(' AND ')} THEN LEAVE plan_batches; END IF;`,
    `    SET ${here.map((one, n) => `${one} = ${to[n]}`).join(', ')};`,
    '  END WHILE plan_batches;',
    'END',
  ]
  return [
    'DROP PROCEDURE IF EXISTS plan_backfill',
    lines.join('\n'),
    'CALL plan_backfill()',
    'DROP PROCEDURE plan_backfill',
    'SET @plan_backfill = NULL',
  ]
}

const ifNull = (to: readonly string[], last: readonly string[]): string[] => [
  `      IF ${to[0]} IS NULL THEN SET ${to.map((one, n) => `${one} = ${last[n]}`).join(', ')}; END IF;`,
]

/** SQL as the client `mysql` takes it. */
export const mysqlClient: Script = {
  ...SQL,
  typed,
  byHand: { guarded, loop },
}
