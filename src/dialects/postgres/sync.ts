import { createHash } from 'node:crypto'
import type { Assignment, Expression, Sync, SyncGroup } from '../../compiler/step.ts'
import { same, sameImage } from './equality.ts'
import { dollarQuote, literal, quote, quoteTable } from './quote.ts'

/**
 * The sync rule in PL/pgSQL: direction comes from which column changed, never from who the client is.
 * Changes are seen by the stored image. Expressions are evaluated, unedited, over a row built from NEW or OLD.
 */
export function syncFunction(sync: Sync): string {
  const body = syncBody(sync)
  return `CREATE OR REPLACE FUNCTION ${functionName(sync)}() RETURNS trigger LANGUAGE plpgsql${searchPath(sync)} AS ${dollarQuote(body)}`
}

/** As pg_proc.prosrc will hold it. */
export const syncHash = (sync: Sync): string =>
  createHash('md5')
    .update(`\n${syncBody(sync)}\n`)
    .digest('hex')

/**
 * BEFORE row triggers fire in the order of their names: the name sorts last, so that what other triggers did to the
 * row is carried over too. Our own backfill is told by a transaction-local setting, and does not even call the function.
 */
export const syncTrigger = (sync: Sync): string =>
  `CREATE TRIGGER ${quote(sync.name)} BEFORE INSERT OR UPDATE ON ${quoteTable(sync.table)} FOR EACH ROW WHEN (pg_catalog.current_setting('plan.backfill', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION ${functionName(sync)}()`

export const functionName = (sync: Sync): string => quoteTable({ schema: sync.table.schema, name: sync.name })

/** Only author's expressions look names up by search_path; setting it costs a little on every row. */
function searchPath(sync: Sync): string {
  const plain = (one: Assignment) => copied(one.value) !== null
  const authored = sync.groups.some(
    (group) => ![...group.up, ...(group.kind === 'pair' ? group.down : [])].every(plain),
  )
  const path = [...new Set([sync.table.schema, 'public'])].map(quote).join(', ')
  return authored ? ` SET search_path = pg_catalog, ${path}` : ''
}

function syncBody(sync: Sync): string {
  const indent = (lines: readonly string[]) => lines.map((line) => `    ${line}`)
  return [
    // A column may be called like a variable here: the column is meant.
    '#variable_conflict use_column',
    'BEGIN',
    `  IF TG_OP = 'INSERT' THEN`,
    ...indent(sync.groups.flatMap((group) => onInsert(sync, group))),
    '  ELSE',
    ...indent(sync.groups.flatMap((group) => onUpdate(sync, group))),
    '  END IF;',
    '  RETURN NEW;',
    'END',
  ].join('\n')
}

type Row = 'NEW' | 'OLD'
type Pair = Extract<SyncGroup, { kind: 'pair' }>

function onInsert(sync: Sync, group: SyncGroup): string[] {
  if (group.kind === 'fill')
    return group.up.map((one) => `IF NEW.${quote(one.column)} IS NULL THEN ${assign(sync, one)} END IF;`)
  const unwritten = group.up.map(({ column }) => `NEW.${quote(column)} IS NULL`).join(' AND ')
  return [
    `IF ${unwritten} THEN`,
    ...group.up.map((one) => `  ${assign(sync, one)}`),
    `ELSIF ${group.down.map((one) => defaulted(one)).join(' AND ')} THEN`,
    ...group.down.map((one) => `  ${assign(sync, one)}`),
    `ELSIF ${disagree(sync, group)} THEN`,
    ...settle(sync, group),
    'END IF;',
  ]
}

/** A column's DEFAULT never counts as a write. A volatile one cannot be told from a value, so it counts as none. */
const defaulted = ({ column, type, default: given }: Pair['down'][number]): string => {
  if (given?.volatile) return 'true'
  const name = `NEW.${quote(column)}`
  return given ? `(${name} IS NULL OR ${same(name, `(${given.sql})`, type)})` : `${name} IS NULL`
}

function onUpdate(sync: Sync, group: SyncGroup): string[] {
  if (group.kind === 'fill') return group.up.flatMap((one) => refill(sync, one))
  const oldChanged = changed(group.down)
  const newChanged = changed(group.up)
  return [
    `IF ${newChanged} THEN`,
    `  IF ${oldChanged} THEN`,
    `    IF ${disagree(sync, group)} THEN`,
    ...settle(sync, group).map((line) => `    ${line}`),
    '    END IF;',
    '  ELSE',
    ...lazyFill(sync, group).map((line) => `    ${line}`),
    ...group.down.map((one) => `    ${assign(sync, one)}`),
    '  END IF;',
    `ELSIF ${oldChanged} THEN`,
    ...group.up.map((one) => `  ${assign(sync, one)}`),
    'END IF;',
  ]
}

const disagree = (sync: Sync, group: Pair): string =>
  `NOT (${agrees(group, (one) => evaluate(sync, one.value, 'NEW'), 'NEW.')})`

/** Both sides were written, and differ: the plan says who wins. */
function settle(sync: Sync, group: Pair): string[] {
  if (group.onConflict === 'new') return group.down.map((one) => `  ${assign(sync, one)}`)
  if (group.onConflict === 'old') return group.up.map((one) => `  ${assign(sync, one)}`)
  const names = [...group.down, ...group.up].map(({ column }) => original(sync, column)).join(', ')
  const message = `one statement wrote different values to ${names}, which are the same data in two shapes`
  return [
    `  RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = ${literal(message)},`,
    `    HINT = 'write only one of the shapes, or set on_conflict in the plan',`,
    `    SCHEMA = ${literal(sync.table.schema)}, TABLE = ${literal(sync.table.name)}, CONSTRAINT = ${literal(sync.name)};`,
  ]
}

/**
 * A client of the new shape may meet a row before the backfill does. What it leaves alone there is not empty, only
 * not filled yet: fill it first, or the old value would lose that part.
 */
function lazyFill(sync: Sync, group: Pair): string[] {
  if (group.up.length < 2) return []
  const unfilled = group.up.map(({ column }) => `OLD.${quote(column)} IS NULL`).join(' AND ')
  const fill = group.up.map(
    (one) =>
      `  IF NEW.${quote(one.column)} IS NULL THEN NEW.${quote(one.column)} := ${evaluate(sync, one.value, 'OLD')}; END IF;`,
  )
  return [`IF ${unfilled} THEN`, ...fill, 'END IF;']
}

/** A derived column follows its sources as long as nobody wrote another value into it. */
function refill(sync: Sync, one: Assignment): string[] {
  if (one.value.volatile || one.value.reads.length === 0) return []
  const column = quote(one.column)
  const was = evaluate(sync, one.value, 'OLD')
  return [
    `IF ${changed(one.value.reads.map((name) => ({ column: physical(sync, name) })))} AND ${unchanged([one])} THEN`,
    // An empty one is not filled yet. Its old source is left alone: it may be a value that cannot be converted.
    `  IF OLD.${column} IS NULL THEN ${assign(sync, one)}`,
    `  ELSIF ${same(`OLD.${column}`, was, one.type)} THEN ${assign(sync, one)} END IF;`,
    'END IF;',
  ]
}

type Column = { readonly column: string; readonly type?: string }

/** Whether the statement left the columns alone; types are known only of those that are synced. */
const unchanged = (columns: readonly Column[]): string =>
  columns
    .map(({ column, type = '' }) => sameImage(`NEW.${quote(column)}`, `OLD.${quote(column)}`, type))
    .join(' AND ')

const changed = (columns: readonly Column[]): string => `NOT (${unchanged(columns)})`

const assign = (sync: Sync, one: Assignment): string =>
  `NEW.${quote(one.column)} := ${evaluate(sync, one.value, 'NEW')};`

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

const physical = (sync: Sync, name: string): string =>
  sync.aliases.find((alias) => alias.name === name)?.stored ?? name
const original = (sync: Sync, name: string): string =>
  sync.aliases.find((alias) => alias.stored === name)?.name ?? name

/** Queries that fail where an expression of the author's would: an unknown function shows only when a trigger fires. */
export function tries(sync: Sync): string[] {
  const values = sync.groups
    .flatMap((group) => [...group.up, ...(group.kind === 'pair' ? group.down : [])])
    .filter(({ value }) => copied(value) === null)
    .map(({ value }) => `(${value.sql})`)
  return values.length === 0 ? [] : [`SELECT ${values.join(', ')} FROM ${quoteTable(sync.table)} LIMIT 0`]
}

/**
 * Whether the two shapes of a row agree: equal, or for a lossy pair new = f(old) or old = g(new), since both are
 * what somebody wrote. `prefix` stands before column names.
 */
export function agrees(group: Pair, written: (one: Assignment) => string, prefix: string): string {
  const side = (all: readonly Assignment[]) =>
    all.map((one) => same(`${prefix}${quote(one.column)}`, written(one), one.type)).join(' AND ')
  if (!group.identical) return `(${side(group.up)}) OR (${side(group.down)})`
  return group.up
    .map((one) => sameImage(`${prefix}${quote(one.column)}`, written(one), one.type))
    .join(' AND ')
}
