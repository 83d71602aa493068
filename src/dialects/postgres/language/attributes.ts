import type { Action } from '../../../program/action.ts'
import type { TableRef } from '../../../program/refs.ts'
import { dollarQuote, literal, quote, quoteTable } from './quote.ts'

export const alter = (table: TableRef) => `ALTER TABLE ${quoteTable(table)}`

type Column = Extract<Action, { do: 'add_column' }>['column']

export const definition = (column: Column): string =>
  `${quote(column.name)} ${column.type}${column.compression ? ` COMPRESSION ${column.compression}` : ''}${column.collation ? ` COLLATE ${column.collation}` : ''}`

export function attributes(table: TableRef, column: Column): string[] {
  const of = `${alter(table)} ALTER COLUMN ${quote(column.name)}`
  const to = (role: string) => (role === 'PUBLIC' ? 'PUBLIC' : quote(role))
  return [
    ...(column.storage ? [`${of} SET STORAGE ${column.storage}`] : []),
    ...(column.statisticsTarget === null ? [] : [`${of} SET STATISTICS ${column.statisticsTarget}`]),
    ...(column.options.length ? [`${of} SET (${column.options.join(', ')})`] : []),
    ...(column.comment === null
      ? []
      : [`COMMENT ON COLUMN ${quoteTable(table)}.${quote(column.name)} IS ${literal(column.comment)}`]),
    ...column.grants.map(
      ({ to: role, privilege, grantable }) =>
        `GRANT ${privilege} (${quote(column.name)}) ON ${quoteTable(table)} TO ${to(role)}${grantable ? ' WITH GRANT OPTION' : ''}`,
    ),
  ]
}

export const constraintComment = (table: TableRef, constraint: string, comment: string | null): string[] =>
  comment === null
    ? []
    : [`COMMENT ON CONSTRAINT ${quote(constraint)} ON ${quoteTable(table)} IS ${literal(comment)}`]

/** Index properties that CREATE INDEX cannot set. */
export const indexAttributes = (
  index: TableRef,
  comment: string | null,
  targets: Extract<Action, { do: 'create_index' }>['targets'] = [],
): string[] => [
  ...targets.map(
    ({ column, target }) =>
      `ALTER INDEX ${quoteTable(index)} ALTER COLUMN ${column} SET STATISTICS ${target}`,
  ),
  ...(comment === null ? [] : [`COMMENT ON INDEX ${quoteTable(index)} IS ${literal(comment)}`]),
]

/**
 * Whether the last of these statements was done, for an index `i`: a build runs outside a transaction and may have
 * stopped in between.
 */
export function finished(
  comment: string | null,
  targets: Extract<Action, { do: 'create_index' }>['targets'] = [],
): string {
  const last = targets.at(-1)
  if (comment !== null)
    return ` AND pg_catalog.obj_description(i.indexrelid, 'pg_class') = ${literal(comment)}`
  return last === undefined
    ? ''
    : ` AND EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attnum = ${last.column} AND a.attstattarget = ${last.target})`
}

/** Statistics properties that CREATE STATISTICS cannot set. */
export const statisticsAttributes = (
  statistics: TableRef,
  comment: string | null,
  target: number | null,
  owner: string | undefined,
): string[] => [
  ...(target === null ? [] : [`ALTER STATISTICS ${quoteTable(statistics)} SET STATISTICS ${target}`]),
  ...(comment === null ? [] : [`COMMENT ON STATISTICS ${quoteTable(statistics)} IS ${literal(comment)}`]),
  ...(owner === undefined ? [] : [givenBack(statistics, owner)]),
]

/** When this user may not change the owner, the object stays with this user; compile warns about it. */
const givenBack = (statistics: TableRef, owner: string): string =>
  `DO ${dollarQuote(`BEGIN
  IF pg_catalog.pg_has_role(${literal(owner)}, 'USAGE') THEN
    ALTER STATISTICS ${quoteTable(statistics)} OWNER TO ${quote(owner)};
  END IF;
EXCEPTION WHEN insufficient_privilege OR undefined_object THEN NULL;
END`)}`
