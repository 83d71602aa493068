import type { Statements } from '../../../program/written.ts'
import type { Guard, RelationalScript } from '../../interface/migration.ts'
import { ended } from '../../relational/script.ts'
import { inDollars, literal, quote, quoteTable } from '../language/quote.ts'
import { inBlock } from './script.ts'

type File = Parameters<RelationalScript['up']>[0]

/** One block of PL/pgSQL is one transaction, whatever the tool does around it. */
function up({ guards, parts }: File): string[] {
  const together = parts.filter(({ transaction }) => transaction === 'step')
  const apart = parts.filter((part) => !together.includes(part))
  const lines = [...guards.flatMap(refusing), ...inOne(together)]
  return [...(lines.length > 0 ? [block(lines)] : []), ...apart.flatMap(alone)]
}

/** The parts of one transaction are there together or not at all. */
function inOne(parts: readonly Statements[]): string[] {
  if (parts.length === 0) return []
  return [
    `IF NOT (${parts.map(({ probe }) => isTrue(probe)).join(' AND ')}) THEN`,
    ...indented(parts.flatMap((part) => [...required(part), ...part.statements.map((one) => inBlock(one))])),
    'END IF;',
  ]
}

/** Statements that run outside of a transaction. */
function alone(part: Statements): string[] {
  const { statements, probe, repair = [] } = part
  // An interrupted build leaves an INVALID index. A block cannot drop it CONCURRENTLY, but nobody uses it.
  const left = repair.map((one) => ended(one.replace(/^DROP INDEX CONCURRENTLY /, 'DROP INDEX ')))
  const first = [...required(part), ...left]
  return [
    ...(first.length === 0 ? [] : [block(unless(probe, first))]),
    ...statements.map((one) =>
      ALONE.test(one) ? one.replace(BUILD, '$1 IF NOT EXISTS ') : block(unless(probe, [inBlock(one)])),
    ),
  ]
}

/** The server refuses these within a block. They say themselves what to do where it is done. */
const ALONE = /^(CREATE|DROP|REINDEX) (UNIQUE )?INDEX CONCURRENTLY /

const BUILD = /^(CREATE (?:UNIQUE )?INDEX CONCURRENTLY) /

const unless = (probe: string, lines: readonly string[]): string[] => [
  `IF NOT ${isTrue(probe)} THEN`,
  ...indented(lines),
  'END IF;',
]

const isTrue = (query: string): string => `(SELECT done FROM (${query}) AS found)`

const either = (probes: readonly string[]): string => `SELECT ${probes.map(isTrue).join(' OR ')} AS done`

const required = ({ requires }: Statements): string[] =>
  requires
    ? refusal(
        `(SELECT violations::bigint FROM (${requires.query}) AS found) > 0`,
        requires.says.replace('#', 'some'),
      )
    : []

function refusing(guard: Guard): string[] {
  const { says } = guard
  if (guard.asks === 'filled') return refusal(`(SELECT remaining FROM (${guard.query}) AS found)`, says)
  if (guard.asks === 'holds')
    return refusal(`EXISTS (SELECT FROM (${guard.query}) AS found WHERE NOT holds)`, says)
  if (guard.asks === 'zero')
    return refusal(
      `(SELECT ${guard.columns.map((one) => `${one}::bigint`).join(' + ')} FROM (${guard.query}) AS found) > 0`,
      says,
    )
  const inPlan = (table: string) => `${quote(guard.ledger)}.${quote(table)}`
  const plan = `p.name = ${literal(guard.plan)}`
  const passed =
    guard.asks === 'confirmed'
      ? `SELECT FROM ${inPlan('plans')} p JOIN ${inPlan('checkpoints')} c ON c.plan = p.name AND c.run = p.run WHERE ${plan} AND c.checkpoint = ${literal(guard.checkpoint)} AND c.confirmed_at <= ${ago(guard.soak)}`
      : `SELECT FROM ${inPlan('plans')} p WHERE ${plan} AND p.retired_at <= ${ago(guard.hold)}`
  return [
    `IF ${guard.tables.map((table) => `EXISTS (SELECT FROM ${quoteTable(table)})`).join(' OR ')} THEN`,
    ...indented([
      // A query of tables that are not there cannot even be planned.
      ...refusal(`pg_catalog.to_regclass(${literal(inPlan('plans'))}) IS NULL`, says),
      ...refusal(`NOT EXISTS (${passed})`, says),
    ]),
    'END IF;',
  ]
}

const ago = (ms: number): string => `pg_catalog.clock_timestamp() - interval '${ms} milliseconds'`

const refusal = (condition: string, says: string): string[] => [
  `IF ${condition} THEN`,
  `  RAISE EXCEPTION USING ERRCODE = 'PL001', MESSAGE = ${literal(says)};`,
  'END IF;',
]

const down: RelationalScript['down'] = ({ statements, condition, inTransaction }) =>
  inTransaction
    ? [block([`IF ${isTrue(condition)} THEN`, ...indented(statements.map(inBlock)), 'END IF;'])]
    : [...statements]

const block = (lines: readonly string[]): string =>
  `DO ${inDollars(`\nBEGIN\n${indented(["PERFORM pg_catalog.set_config('lock_timeout', '1s', true);", ...lines]).join('\n')}\nEND\n`, 'plan_file')}`

/** A line that begins in the middle of a statement stays as it is: it may be part of a text. */
const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)

export const migration: RelationalScript = {
  up,
  down,
  either,
  nothing: 'SELECT 1',
  session: false,
  refuse: (_, says) => [block([`RAISE EXCEPTION USING ERRCODE = 'PL001', MESSAGE = ${literal(says)};`])],
}
