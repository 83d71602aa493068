import type { Statements } from '../../../program/written.ts'
import type { Guard, RelationalScript } from '../../interface/migration.ts'
import { ended } from '../../relational/script.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'

/** A statement, and whether a stored procedure may hold it. */
type Item = { readonly lines: readonly string[]; readonly procedure: boolean }

/** How a server creates a trigger that may be there already. */
type Conditional = (trigger: string, probe: string) => readonly string[]

/** Since 8.0.29. */
const ifNotExists: Conditional = (trigger) => [trigger.replace(/^CREATE TRIGGER /, '$&IF NOT EXISTS ')]

/** MariaDB looks at the body of a trigger before it looks whether that is there, and can prepare one instead. */
const prepared: Conditional = (trigger, probe) => [
  `SET @plan_trigger = IF(${isTrue(probe)}, 'DO 0', ${literal(trigger)})`,
  'EXECUTE IMMEDIATE @plan_trigger',
]

/** What asks first runs in procedures. These cannot create triggers. */
const upWith =
  (conditional: Conditional): RelationalScript['up'] =>
  ({ id, guards, parts }) => {
    const items: Item[] = [
      ...guards.map((guard) => ({ lines: refusing(guard), procedure: true })),
      ...parts.flatMap((part) => [...required(part), ...itemsOf(part, conditional)]),
    ]
    const runs: Item[][] = []
    for (const item of items) {
      const last = runs.at(-1)
      if (last?.[0]?.procedure === item.procedure) last.push(item)
      else runs.push([item])
    }
    return runs.flatMap((run) => {
      const lines = run.flatMap((item) => item.lines)
      return run[0]?.procedure ? called(id, lines) : [SHORT, ...lines, LONG]
    })
  }

function itemsOf({ statements, probe, doneEach, settings }: Statements, conditional: Conditional): Item[] {
  // What is dropped first is not there any more.
  const triggered = (one: string, index: number): readonly string[] =>
    one.startsWith('DROP') || statements.some((other) => other.startsWith('DROP TRIGGER'))
      ? [one]
      : conditional(one, doneEach?.[index] ?? probe)
  const items = statements.map((one, index) =>
    /^(CREATE|DROP) TRIGGER /.test(one)
      ? { lines: triggered(one, index), procedure: false }
      : { lines: unless(doneEach?.[index] ?? probe, [ended(one)]), procedure: true },
  )
  if (!settings || items.length === 0) return items
  const plain = (line: string): Item => ({ lines: [line], procedure: false })
  return [plain(settings.before), ...items, plain(settings.after)]
}

const isTrue = (query: string): string => `(SELECT done FROM (${query}) AS found)`

const unless = (probe: string, lines: readonly string[]): string[] => [
  `IF NOT ${isTrue(probe)} THEN`,
  ...indented(lines),
  'END IF;',
]

const required = ({ requires, probe }: Statements): Item[] =>
  requires
    ? [
        {
          lines: unless(
            probe,
            refusal(
              `(SELECT violations FROM (${requires.query}) AS found) > 0`,
              requires.says.replace('#', 'some'),
            ),
          ),
          procedure: true,
        },
      ]
    : []

function refusing(guard: Guard): string[] {
  const { says } = guard
  if (guard.asks === 'filled') return refusal(`(SELECT remaining FROM (${guard.query}) AS found)`, says)
  if (guard.asks === 'holds')
    return refusal(`EXISTS (SELECT 1 FROM (${guard.query}) AS found WHERE NOT holds)`, says)
  if (guard.asks === 'zero')
    return refusal(`(SELECT ${guard.columns.join(' + ')} FROM (${guard.query}) AS found) > 0`, says)
  const inPlan = (table: string) => quote(`${guard.ledger}_${table}`)
  const plan = `p.name = ${literal(guard.plan)}`
  const passed =
    guard.asks === 'confirmed'
      ? `SELECT 1 FROM ${inPlan('plans')} p JOIN ${inPlan('checkpoints')} c ON c.plan = p.name AND c.run = p.run WHERE ${plan} AND c.checkpoint = ${literal(guard.checkpoint)} AND c.confirmed_at <= ${ago(guard.soak)}`
      : `SELECT 1 FROM ${inPlan('plans')} p WHERE ${plan} AND p.retired_at <= ${ago(guard.hold)}`
  return [
    `IF ${guard.tables.map((table) => `EXISTS (SELECT 1 FROM ${quoteTable(table)})`).join(' OR ')} THEN`,
    'BEGIN',
    // Without a ledger nothing is confirmed.
    ...indented([
      `DECLARE EXIT HANDLER FOR 1146 ${signal(says)}`,
      ...refusal(`NOT EXISTS (${passed})`, says),
    ]),
    'END;',
    'END IF;',
  ]
}

const ago = (ms: number): string => `UTC_TIMESTAMP(6) - INTERVAL ${ms * 1000} MICROSECOND`

const refusal = (condition: string, says: string): string[] => [
  `IF ${condition} THEN`,
  `  ${signal(says)}`,
  'END IF;',
]

/** The servers take no longer text. */
const MOST = 128

const signal = (says: string): string =>
  `SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ${literal(says.length > MOST ? `${says.slice(0, MOST - 1)}…` : says)};`

/** A wait for a metadata lock makes everybody else wait behind it. */
const SHORT = 'SET SESSION lock_wait_timeout = 1'
const LONG = 'SET SESSION lock_wait_timeout = DEFAULT'

function called(id: string, lines: readonly string[]): string[] {
  const name = quote(`plan_${id.replaceAll(/\W+/g, '_')}`)
  const body = [
    'DECLARE plan_wait bigint DEFAULT @@SESSION.lock_wait_timeout;',
    'DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN SET SESSION lock_wait_timeout = plan_wait; RESIGNAL; END;',
    ended(SHORT),
    ...lines,
    'SET SESSION lock_wait_timeout = plan_wait;',
  ]
  return [
    `DROP PROCEDURE IF EXISTS ${name}`,
    `CREATE PROCEDURE ${name}()\nBEGIN\n${indented(body).join('\n')}\nEND`,
    `CALL ${name}()`,
    `DROP PROCEDURE ${name}`,
  ]
}

const down: RelationalScript['down'] = ({ id, statements, condition }) =>
  upWith((trigger) => [trigger])({
    id,
    guards: [],
    parts: statements.map((one) => ({
      ...{ run: 'statements', statements: [one], undo: [], locks: [], transaction: 'autocommit' },
      probe: `SELECT NOT ${isTrue(condition)} AS done`,
    })),
  })

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)

const migrationWith = (conditional: Conditional): RelationalScript => ({
  up: upWith(conditional),
  down,
  either: (probes) => `SELECT ${probes.map(isTrue).join(' OR ')} AS done`,
  nothing: 'SELECT 1',
  session: true,
  refuse: (id, says) => called(id, [signal(says)]),
})

export const mysqlMigration = migrationWith(ifNotExists)
export const mariadbMigration = migrationWith(prepared)
