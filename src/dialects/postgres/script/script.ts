import type { Guarded, Looped, Script } from '../../interface/script.ts'
import { BLOCKS, ended, inBatch, keyColumns, ROWS, SQL } from '../../relational/script.ts'
import { inDollars, literal } from '../language/quote.ts'

/** Statements outside of a transaction cannot stand in a block, and say IF EXISTS themselves. */
function guarded({ id, statements, condition, inTransaction }: Guarded): string[] {
  if (!inTransaction) return [...statements]
  return block([
    'BEGIN',
    `  IF (SELECT done FROM (${condition}) AS found) THEN`,
    ...statements.map((statement) => `    ${inBlock(statement)}`),
    '  ELSE',
    `    RAISE NOTICE ${literal(`${id} is not done: nothing to undo`)};`,
    '  END IF;',
    'END',
  ])
}

/** PL/pgSQL takes a query only when its rows go somewhere; what it is not known to take as it is, runs as a text. */
export const inBlock = (statement: string): string =>
  /^(ALTER|CREATE|DROP|COMMENT|LOCK|UPDATE|INSERT|DELETE|GRANT|REVOKE)\b(?!.*\bRETURNING\b)/is.test(statement)
    ? ended(statement)
    : `EXECUTE ${quoted(statement)};`

type Along<By extends Looped['along']['by']> = Extract<Looped, { along: { by: By } }>

const isByKey = (walk: Looped): walk is Along<'key'> => walk.along.by === 'key'
const isByBlocks = (walk: Looped): walk is Along<'blocks'> => walk.along.by === 'blocks'

const loop = (walk: Looped): string[] | null =>
  isByKey(walk) ? alongKey(walk) : isByBlocks(walk) ? alongBlocks(walk) : null

/** A range ends at the key that follows `ROWS` keys later, the last one at the last key there was. */
function alongKey({ along, mark, undoes, ...walk }: Along<'key'>): string[] {
  const batch = inBatch(walk)
  const names = keyColumns(along)
  const keys = (query: string) => quoted(`SELECT ARRAY[${names.join(', ')}] FROM (${query}) AS keys`)
  const of = (variable: string) => names.map((_, n) => `${variable}[${n + 1}]`)
  const run = (texts: readonly string[], ...values: readonly string[]) =>
    texts.map((text) => `      EXECUTE ${quoted(text)} USING ${values.join(', ')};`)
  return block([
    'DECLARE',
    '  plan_last text[];',
    '  plan_here text[];',
    '  plan_to text[];',
    'BEGIN',
    ...(undoes ? ['  BEGIN'] : []),
    `  EXECUTE ${keys(along.end)} INTO plan_last;`,
    ...(undoes
      ? ['  EXCEPTION WHEN undefined_table THEN RAISE NOTICE $q$nothing to undo$q$;', '  END;']
      : []),
    '  WHILE plan_last IS NOT NULL LOOP',
    `    EXECUTE ${quoted(mark)};`,
    '    IF plan_here IS NULL THEN',
    `      EXECUTE ${keys(along.boundary.first)} INTO plan_to USING ${[ROWS, ...of('plan_last')].join(', ')};`,
    '      plan_to := COALESCE(plan_to, plan_last);',
    ...run(batch.first, ...of('plan_to')),
    '    ELSE',
    `      EXECUTE ${keys(along.boundary.next)} INTO plan_to USING ${[ROWS, ...of('plan_last'), ...of('plan_here')].join(', ')};`,
    '      plan_to := COALESCE(plan_to, plan_last);',
    ...run(batch.next, ...of('plan_to'), ...of('plan_here')),
    '    END IF;',
    '    COMMIT;',
    '    EXIT WHEN plan_to = plan_last;',
    '    plan_here := plan_to;',
    '  END LOOP;',
    'END',
  ])
}

function alongBlocks({ along, mark, batch }: Along<'blocks'>): string[] {
  const place = (block: string) => `'(' || ${block} || ',0)'`
  return block([
    'DECLARE',
    '  plan_here bigint := 0;',
    '  plan_last bigint;',
    'BEGIN',
    `  EXECUTE ${quoted(`SELECT split_part(ltrim(k0, '('), ',', 1)::bigint FROM (${along.end}) AS place`)} INTO plan_last;`,
    '  WHILE plan_here < plan_last LOOP',
    `    EXECUTE ${quoted(mark)};`,
    ...batch.map(
      (text) =>
        `    EXECUTE ${quoted(text)} USING ${place(`(plan_here + ${BLOCKS})`)}, ${place('plan_here')};`,
    ),
    '    COMMIT;',
    `    plan_here := plan_here + ${BLOCKS};`,
    '  END LOOP;',
    'END',
  ])
}

const quoted = (text: string): string => inDollars(text, 'q')

const block = (lines: readonly string[]): string[] => [
  `DO ${inDollars(`\n${lines.join('\n')}\n`, 'by_hand')}`,
]

/** SQL as psql takes it. */
export const psql: Script = {
  ...SQL,
  typed: (statement) => ended(statement),
  byHand: { guarded, loop },
}
