import { createHash } from 'node:crypto'
import type { Assignment, Expression, Sync } from '../../compiler/step.ts'
import { agreement, authoredIn, type Pair, type Row, syncRule, type Tongue } from '../sync-rule.ts'
import { same, sameImage } from './equality.ts'
import { dollarQuote, literal, quote, quoteTable } from './quote.ts'

/**
 * The sync rule in PL/pgSQL: direction comes from which column changed, never from who the client is.
 * Changes are seen by the stored image. Expressions are evaluated, unedited, over a row built from NEW or OLD.
 */
export function syncFunction(sync: Sync): string {
  const body = syncBody(sync)
  return `CREATE FUNCTION ${functionName(sync)}() RETURNS trigger LANGUAGE plpgsql SET search_path = ${SYNC_PATH} AS ${dollarQuote(body)}`
}

/** Plain CREATE: what somebody else put under these names would stay theirs, and be theirs to change. */
export const createSync = (sync: Sync): string[] => [syncFunction(sync), syncTrigger(sync)]

export const dropSync = (sync: Sync): string[] => [
  `DROP TRIGGER ${quote(sync.name)} ON ${quoteTable(sync.table)}`,
  `DROP FUNCTION ${functionName(sync)}()`,
]

/** Who has these names already: `what` and `owner`. A function of other arguments is another function. */
export const squatters = ({ table, name }: Sync): string =>
  `SELECT pg_catalog.format('function %I.%I()', n.nspname, p.proname) AS what, pg_catalog.pg_get_userbyid(p.proowner)::text AS owner FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ${literal(table.schema)} AND p.proname = ${literal(name)} AND p.pronargs = 0 UNION ALL SELECT pg_catalog.format('trigger %I', t.tgname), pg_catalog.pg_get_userbyid(c.relowner)::text FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid WHERE t.tgrelid = pg_catalog.to_regclass(${literal(quoteTable(table))}) AND t.tgname = ${literal(name)}`

/** As pg_proc.prosrc will hold it. */
export const syncHash = (sync: Sync): string =>
  createHash('md5')
    .update(`\n${syncBody(sync)}\n`)
    .digest('hex')

/**
 * BEFORE row triggers fire in the order of their names: the name sorts last, so that what other triggers did to the
 * row is carried over too. A batch of our own on this table is told by a transaction-local setting, and does not even call
 * the function; what it sets off by other triggers, also in this table, is somebody else's write and is carried over.
 */
const syncTrigger = (sync: Sync): string =>
  `CREATE TRIGGER ${quote(sync.name)} BEFORE INSERT OR UPDATE ON ${quoteTable(sync.table)} FOR EACH ROW WHEN (pg_catalog.current_setting('plan.backfill', true) IS DISTINCT FROM ${literal(sync.name)} OR pg_catalog.pg_trigger_depth() > 0) EXECUTE FUNCTION ${functionName(sync)}()`

/**
 * Every name in the body is the server's own, or has its schema: whoever writes the row and whatever path that session has.
 * Setting it costs a few hundredths of what the trigger does.
 */
export const SYNC_PATH = 'pg_catalog, pg_temp'

export const functionName = (sync: Sync): string => quoteTable({ schema: sync.table.schema, name: sync.name })

function syncBody(sync: Sync): string {
  const rule = syncRule(tongue(sync))
  const indent = (lines: readonly string[]) => lines.map((line) => `    ${line}`)
  return [
    // A column may be called like a variable here: the column is meant.
    '#variable_conflict use_column',
    'BEGIN',
    `  IF TG_OP = 'INSERT' THEN`,
    ...indent(sync.groups.flatMap(rule.onInsert)),
    '  ELSE',
    ...indent(sync.groups.flatMap(rule.onUpdate)),
    '  END IF;',
    '  RETURN NEW;',
    'END',
  ].join('\n')
}

const tongue = (sync: Sync): Tongue => ({
  quote,
  same,
  sameImage,
  elseIf: 'ELSIF',
  yes: 'true',
  assign: (column, value) => `NEW.${column} := ${value};`,
  evaluate: (value, row) => evaluate(sync, value, row),
  conflict: (group) => conflict(sync, group),
  stored: (column) => physical(sync, column),
})

function conflict(sync: Sync, group: Pair): string[] {
  const names = [...group.down, ...group.up].map(({ column }) => original(sync, column)).join(', ')
  const message = `one statement wrote different values to ${names}, which are the same data in two shapes`
  return [
    `RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = ${literal(message)},`,
    `  HINT = 'write only one of the shapes, or set on_conflict in the plan',`,
    `  SCHEMA = ${literal(sync.table.schema)}, TABLE = ${literal(sync.table.name)}, CONSTRAINT = ${literal(sync.name)};`,
  ]
}

function evaluate(sync: Sync, value: Expression, row: Row): string {
  const column = copied(value)
  if (column !== null) return `${row}.${quote(physical(sync, column))}`
  if (value.reads.length === 0) return `(${value.sql})`
  const aliases = sync.aliases
    .map(({ name, stored }) => `, ${row}.${quote(stored)} AS ${quote(name)}`)
    .join('')
  return `(SELECT (${value.sql}) FROM (SELECT ${row}.*${aliases}) AS ${quote(sync.table.name)})`
}

/** The column when the expression is nothing but a column. */
const copied = (value: Expression): string | null => {
  const [column] = value.reads
  return column !== undefined && value.reads.length === 1 && value.sql === quote(column) ? column : null
}
const isCopy = (value: Expression): boolean => copied(value) !== null

const physical = (sync: Sync, name: string): string =>
  sync.aliases.find((alias) => alias.name === name)?.stored ?? name
const original = (sync: Sync, name: string): string =>
  sync.aliases.find((alias) => alias.stored === name)?.name ?? name

/**
 * Queries that fail where an expression of the author's would: an unknown function shows only when a trigger fires. In the trigger's
 * own shape and on a row, if there is one: what a function has in its body is looked up only then.
 */
export function tries(sync: Sync): string[] {
  const values = authoredIn(sync.groups, isCopy).map(
    ({ sql }) => `(SELECT (${sql}) FROM (SELECT plan_row.*) AS ${quote(sync.table.name)})`,
  )
  const row = `(SELECT * FROM ${quoteTable(sync.table)} LIMIT 1) AS plan_row`
  return values.length === 0 ? [] : [`SELECT ${values.join(', ')} FROM ${row}`]
}

/** Whether the two shapes of a row agree; `prefix` stands before column names. */
export const agrees = (group: Pair, written: (one: Assignment) => string, prefix: string): string =>
  agreement({ quote, same, sameImage }, group, written, prefix)
