import { createHash } from 'node:crypto'
import { type Expression, type KeyRename, keyName } from '../../../program/column.ts'
import { leadName } from '../../../program/drift.ts'
import type { Assignment, Sync, SyncGroup } from '../../../program/sync.ts'
import {
  agreement,
  authoredIn,
  type Column,
  type Pair,
  pairsOf,
  type Row,
  type Side,
  syncRule,
  type TriggerSyntax,
} from '../../relational/sync-rule.ts'
import { isNull, same, sameImage } from '../language/equality.ts'
import { apart, merged } from '../language/json-keys.ts'
import { dollarQuote, literal, quote, quoteTable } from '../language/quote.ts'
import { PINNED } from '../language/settings.ts'
import { createValues, dropValues, valueSquatters } from './values.ts'

/**
 * The sync rule in PL/pgSQL: the direction depends on which column changed, never on who the client is. Changes are
 * recognised by the stored image. Expressions are evaluated, unedited, over a row built from NEW or OLD.
 */
export function syncFunction(sync: Sync, body = syncBody(sync)): string {
  return `CREATE FUNCTION ${functionName(sync)}() RETURNS trigger LANGUAGE plpgsql ${settingsOf(sync)} AS ${dollarQuote(body)}`
}

/**
 * Every name in the body is the server's own or has its schema, so the writing session's search path does not matter.
 * Setting it costs a few hundredths of the trigger's time. Only evaluated expressions can depend on the other settings.
 */
const configOf = ({ groups }: Sync): readonly (readonly [name: string, sql: string, kept: string])[] => [
  ['search_path', SYNC_PATH, SYNC_PATH],
  ...(groups.every((group) => group.kind === 'pair' && group.identical)
    ? []
    : Object.entries(PINNED).map(([name, value]) => [name, literal(value), value] as const)),
]

const settingsOf = (sync: Sync): string =>
  configOf(sync)
    .map(([name, sql]) => `SET ${name} = ${sql}`)
    .join(' ')

/** The settings as pg_proc.proconfig stores them. */
export const syncConfig = (sync: Sync): readonly string[] =>
  configOf(sync).map(([name, , kept]) => `${name}=${kept}`)

/** Plain CREATE: an object that somebody else created under these names would stay theirs to change. */
export const createSync = (sync: Sync): string[] => [
  ...createValues(sync, settingsOf(sync)),
  syncFunction(sync),
  ...syncTriggers(sync),
]

export const dropSync = (sync: Sync): string[] => [
  ...triggerNames(sync).map((trigger) => `DROP TRIGGER ${quote(trigger)} ON ${quoteTable(sync.table)}`),
  `DROP FUNCTION ${functionName(sync)}()`,
  ...dropValues(sync),
]

/** Objects that already have these names: `what` and `owner`. A function with other arguments is another function. */
export const namesTaken = (sync: Sync): string => {
  const { table, name } = sync
  return `SELECT pg_catalog.format('function %I.%I()', n.nspname, p.proname) AS what, pg_catalog.pg_get_userbyid(p.proowner)::text AS owner FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ${literal(table.schema)} AND p.proname = ${literal(name)} AND p.pronargs = 0${valueSquatters(sync)} UNION ALL SELECT pg_catalog.format('trigger %I', t.tgname), pg_catalog.pg_get_userbyid(c.relowner)::text FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid WHERE t.tgrelid = pg_catalog.to_regclass(${literal(quoteTable(table))}) AND t.tgname IN (${triggerNames(sync).map(literal).join(', ')})`
}

/** The body's hash, as pg_proc.prosrc stores the body. */
export const syncHash = (sync: Sync): string =>
  createHash('md5')
    .update(`\n${syncBody(sync)}\n`)
    .digest('hex')

/**
 * BEFORE row triggers fire in the order of their names. The sync's last trigger sorts last, so that it carries over what
 * other triggers did to the row; the first one lets them see both shapes. One of our own batches on this table is
 * recognised by a transaction-local setting and does not even call the function. What the batch causes through other
 * triggers, also in this table, is somebody else's write and is carried over. The function is also not called after other
 * triggers that changed nothing.
 */
function syncTriggers(sync: Sync): string[] {
  const notOurs = `pg_catalog.current_setting('plan.backfill', true) IS DISTINCT FROM ${literal(sync.name)} OR pg_catalog.pg_trigger_depth() > 0`
  const made = (name: string, argument: string, more = (when: string) => when) =>
    `CREATE TRIGGER ${quote(name)} BEFORE INSERT OR UPDATE ON ${quoteTable(sync.table)} FOR EACH ROW WHEN (${more(notOurs)}) EXECUTE FUNCTION ${functionName(sync)}(${argument})`
  if (sync.ahead.length === 0) return [made(sync.name, '')]
  const pairs = pairsOf(sync.groups)
  const plain = pairs.length === sync.groups.length && pairs.every(({ identical }) => identical)
  const differ = pairs.map(syncRule(syntax(sync)).disagree).join(' OR ')
  const when = plain ? (ours: string) => `(${ours}) AND (${differ})` : undefined
  return [made(leadName(sync.name), `'first'`), made(sync.name, `'last'`, when)]
}

export const triggerNames = (sync: Sync): string[] =>
  sync.ahead.length === 0 ? [sync.name] : [leadName(sync.name), sync.name]

const SYNC_PATH = 'pg_catalog, pg_temp'

export const functionName = (sync: Sync): string => quoteTable({ schema: sync.table.schema, name: sync.name })

function syncBody(sync: Sync): string {
  const rule = syncRule(syntax(sync))
  const indent = (lines: readonly string[]) => lines.map((line) => `  ${line}`)
  const byEvent = (groups: readonly SyncGroup[]) => [
    `IF TG_OP = 'INSERT' THEN`,
    ...indent(groups.flatMap(rule.onInsert)),
    'ELSE',
    ...indent(groups.flatMap(rule.onUpdate)),
    'END IF;',
  ]
  const pairs = pairsOf(sync.groups)
  const fills = sync.groups.filter(({ kind }) => kind === 'fill')
  const twice = sync.ahead.length > 0
  return [
    // A column may have the name of a variable here; the column is meant.
    '#variable_conflict use_column',
    ...(twice ? ['DECLARE', '  plan_left text[];'] : []),
    'BEGIN',
    ...(twice
      ? [
          `  IF TG_ARGV[0] = 'first' THEN`,
          ...indent(indent([...byEvent(pairs), ...leave(sync, pairs)])),
          '  ELSE',
          `    plan_left := pg_catalog.string_to_array(pg_catalog.current_setting(${literal(setting(sync))}, true), ' ');`,
          ...indent(
            indent([...pairs.flatMap(rule.afterOthers), ...(fills.length > 0 ? byEvent(fills) : [])]),
          ),
          '  END IF;',
        ]
      : indent(byEvent(sync.groups))),
    '  RETURN NEW;',
    'END',
  ].join('\n')
}

/**
 * A setting by which the first trigger tells the last one how it left the row, and at which trigger depth: another
 * trigger may write more rows.
 */
const setting = (sync: Sync): string =>
  `plan.left_${createHash('md5').update(`${sync.table.schema} ${sync.name}`).digest('hex').slice(0, 10)}`

const DEPTH = 'pg_catalog.pg_trigger_depth()::text'

/** When the statement left both sides alone, the row itself says as much as their images, and costs less. */
function leave(sync: Sync, pairs: readonly Pair[]): string[] {
  const { unchanged } = syncRule(syntax(sync))
  const sides = pairs.flatMap(({ down, up }) => [down, up])
  const keep = (value: string) => `PERFORM pg_catalog.set_config(${literal(setting(sync))}, ${value}, true);`
  return [
    `IF TG_OP = 'INSERT' OR NOT (${sides.map(unchanged).join(' AND ')}) THEN`,
    `  ${keep(`pg_catalog.concat_ws(' ', ${[DEPTH, ...sides.map(image)].join(', ')})`)}`,
    'ELSE',
    `  ${keep(DEPTH)}`,
    'END IF;',
  ]
}

const image = (columns: readonly Column[]): string =>
  `pg_catalog.hashtextextended(ROW(${columns.map(({ column }) => `NEW.${quote(column)}`).join(', ')})::text, 0)`

/** A deeper trigger may have left a message about another row. Then the old side counts. */
function untouched(sync: Sync, columns: readonly Column[], side: Side, place: number): string {
  const word = `plan_left[${2 + 2 * place + (side === 'old' ? 0 : 1)}]`
  return `CASE WHEN plan_left[1] <> ${DEPTH} THEN false WHEN ${word} IS NULL THEN ${syncRule(syntax(sync)).unchanged(columns)} ELSE ${word} = ${image(columns)}::text END`
}

export const syntax = (sync: Sync): TriggerSyntax => ({
  isNull,
  quote,
  same,
  sameImage,
  elseIf: 'ELSIF',
  yes: 'true',
  // The catalogue prints no assignment cast. A date with default now() stores only the day.
  kept: (sql, type) => `(${sql})::${type}`,
  assign: (column, value) => `NEW.${column} := ${value};`,
  evaluate: (value, row) => evaluate(sync, value, row),
  conflict: (group) => conflict(sync, group),
  untouched: (columns, side, place) => untouched(sync, columns, side, place),
  stored: (column) => physical(sync, column),
  agree: (keys, event) => agree(sync, keys, event),
})

function agree(sync: Sync, keys: KeyRename, event: 'insert' | 'update'): string[] {
  const [next, before] = [`NEW.${quote(keys.column)}`, `OLD.${quote(keys.column)}`]

  const message = `one statement wrote different values to the keys ${keyName(keys, keys.from)} and ${keyName(keys, keys.to)}, which are the same data under two names`
  return [
    `${next} := ${merged(next, event === 'insert' ? 'NULL::jsonb' : before, keys)};`,
    ...(keys.onConflict === 'error'
      ? [`IF (${apart(next, keys)}) THEN`, ...refusal(sync, message, 'write only one of the keys'), 'END IF;']
      : []),
  ]
}

function conflict(sync: Sync, group: Pair): string[] {
  const names = [...group.down, ...group.up].map(({ column }) => original(sync, column)).join(', ')
  const message = `one statement wrote different values to ${names}, which are the same data in two shapes`
  return refusal(sync, message, 'write only one of the shapes')
}

function refusal(sync: Sync, message: string, way: string): string[] {
  return [
    `RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = ${literal(message)},`,
    `  HINT = ${literal(`${way}, or set on_conflict in the plan`)},`,
    `  SCHEMA = ${literal(sync.table.schema)}, TABLE = ${literal(sync.table.name)}, CONSTRAINT = ${literal(sync.name)};`,
  ]
}

function evaluate(sync: Sync, value: Expression, row: Row): string {
  const column = copied(value)
  if (value.renamed) return overStored(value, sync.table.name, `${row}.`)
  if (column !== null) return `${row}.${quote(physical(sync, column))}`
  if (value.reads.length === 0) return `(${value.sql})`
  const aliases = sync.aliases
    .map(({ name, stored }) => `, ${row}.${quote(stored)} AS ${quote(name)}`)
    .join('')
  return `(SELECT (${value.sql}) FROM (SELECT ${row}.*${aliases}) AS ${quote(sync.table.name)})`
}

/** The expression over a row that has its one column under another name. `row` is put before that column. */
export function overStored(value: Expression, table: string, row: string): string {
  if (!value.renamed) return `(${value.sql})`
  const { name, stored } = value.renamed
  const column = `${row}${quote(stored)}`
  return isCopy(value)
    ? column
    : `(SELECT (${value.sql}) FROM (SELECT ${column} AS ${quote(name)}) AS ${quote(table)})`
}

/** The column, when the expression is only a column. */
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
 * Queries that fail where the author's expression would: an unknown function shows only when a trigger fires. They have
 * the trigger's form and run on a row, if there is one, because names inside a function's body are looked up only then.
 */
export function mustSucceed(sync: Sync): string[] {
  // Under their retired names the same expressions ran before.
  if (sync.aliases.length > 0) return []
  const values = authoredIn(sync.groups, isCopy).map((value) => {
    const { tried, ...plain } = value
    const sql = tried?.sql ?? plain.sql
    return plain.renamed
      ? overStored({ ...plain, sql }, sync.table.name, 'plan_row.')
      : `(SELECT (${sql}) FROM (SELECT plan_row.*) AS ${quote(sync.table.name)})`
  })
  const row = `(SELECT * FROM ${quoteTable(sync.table)} LIMIT 1) AS plan_row`
  return [...(values.length === 0 ? [] : [`SELECT ${values.join(', ')} FROM ${row}`]), ...kept(sync)]
}

/**
 * This is only planned. It shows whether the column accepts the expression's type, which a batch would find out too late.
 */
function kept({ table, groups }: Sync): string[] {
  const sets = groups
    .filter((group) => group.kind === 'fill' || !group.identical)
    .flatMap(({ up }) => up)
    .flatMap(({ column, value }) => (value.tried ? [] : [`${quote(column)} = (${value.sql})`]))
  return sets.length === 0 ? [] : [`EXPLAIN UPDATE ${quoteTable(table)} SET ${sets.join(', ')}`]
}

/** Whether the two shapes of a row agree. `prefix` is put before column names. */
export const agrees = (group: Pair, written: (one: Assignment) => string, prefix: string): string =>
  agreement({ quote, same, sameImage }, group, written, prefix)
