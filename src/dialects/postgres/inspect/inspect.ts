import type { TableRef } from '../../../program/refs.ts'
import type { Column, ForeignKey, Index, Snapshot, Table } from '../../../schema/snapshot.ts'
import type { Session } from '../../interface/session.ts'
import { placed } from '../language/definitions.ts'
import { loadParser } from '../language/parser.ts'
import { isVolatile } from '../language/volatile.ts'
import { dependents, publications } from './dependents.ts'
import { readNames } from './names.ts'
import {
  constraints,
  foreignKeys,
  indexes,
  policies,
  type RawIndex,
  type RawKey,
  referencedBy,
  statistics,
} from './objects.ts'
import { objects } from './query.ts'
import { columns, type RawColumn, TABLES, tableFacts } from './tables.ts'
import {
  readFixedRows,
  readMentions,
  readTrigger,
  routines,
  rowFunctions,
  triggerDependents,
  triggers,
} from './triggers.ts'
import { readTypes } from './types.ts'

export type InspectOptions = {
  /** Where unqualified names are looked up. */
  readonly schema: string
  /** Further schemas to read. */
  readonly schemas?: readonly string[]
  /** Only these tables, in any schema. Missing ones are left out. */
  readonly tables?: readonly TableRef[]
  /** For single tables, too, read what names mean and what their writers may use. */
  readonly names?: true
}

/** pg_total_relation_size waits while another session holds the table exclusively, milliseconds. */
const LOCK_TIMEOUT = 10_000

/**
 * Settings that change how the server prints definitions. With only the catalogue on the path, every name that is not the
 * server's own is printed qualified. pg_temp would be searched first if it were not named.
 */
const PRINTING = {
  search_path: 'pg_catalog, pg_temp',
  quote_all_identifiers: 'off',
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
}

/**
 * Reads what the compiler needs: one query per kind of object, in one read-only transaction. PostgreSQL 14 to 18; every
 * user can read the catalogue. A missing schema or table is not an error.
 */
export async function inspect(session: Session, options: InspectOptions): Promise<Snapshot> {
  await loadParser()
  return session.transaction({ lockTimeout: LOCK_TIMEOUT }, async () => {
    await session.query('SET TRANSACTION READ ONLY')
    const settings = Object.entries(PRINTING)
    await session.query(
      `SELECT ${settings.map((_, i) => `set_config($${2 * i + 1}, $${2 * i + 2}, true)`)}`,
      settings.flat(),
    )
    return read(session, options)
  })
}

async function read(session: Session, options: InspectOptions): Promise<Snapshot> {
  const server = await serverVersion(session)
  const volatileFunctions = await readVolatileFunctions(session)
  const relations = await readRelations(session, options)
  return {
    format: 1,
    dialect: 'postgres',
    server,
    schema: options.schema,
    tables: await readTables(session, relations, server.number, new Set(volatileFunctions)),
    volatileFunctions,
    types: await readTypes(session),
    // Only the compiler needs these.
    ...((options.tables === undefined || options.names) && {
      names: await readNames(session, [...new Set([options.schema, 'public'])], relations),
    }),
  }
}

async function readTables(
  session: Session,
  relations: readonly string[],
  serverNumber: number,
  volatile: ReadonlySet<string>,
): Promise<Table[]> {
  if (relations.length === 0) return []
  const of = {
    facts: await objects(session, tableFacts, relations),
    columns: await objects(session, columns, relations),
    indexes: await objects(session, indexes, relations),
    constraints: await objects(session, constraints, relations),
    foreignKeys: await objects(session, foreignKeys, relations),
    referencedBy: await objects(session, referencedBy, relations),
    triggers: await objects(session, triggers, relations),
    policies: await objects(session, policies, relations),
    publications: await objects(session, publications(serverNumber), relations),
    statistics: await objects(session, statistics, relations),
    dependents: await objects(session, dependents, relations),
    routines: await objects(session, routines, relations),
    rowFunctions: await objects(session, rowFunctions, relations),
  }
  return relations.flatMap((relation) =>
    of.facts(relation).map(({ schema, name, kind, owner, comment, ...facts }) => {
      const columns = of.columns(relation).map((column) => withDefault(column, volatile))
      const mentions = readMentions({ name, columns }, of.triggers(relation), of.routines(relation))
      const fixedRows = readFixedRows(of.triggers(relation), of.rowFunctions(relation))
      return {
        ...{ schema, name, kind, owner, comment, columns },
        indexes: of.indexes(relation).map(withTablespace),
        constraints: of.constraints(relation),
        foreignKeys: of.foreignKeys(relation).map(withCopies),
        referencedBy: of.referencedBy(relation).map(withCopies),
        triggers: of.triggers(relation).map(readTrigger),
        policies: of.policies(relation),
        publications: of.publications(relation),
        statistics: of.statistics(relation),
        dependents: [...of.dependents(relation), ...triggerDependents(of.triggers(relation), columns)],
        ...(mentions.length > 0 && { mentions }),
        ...(fixedRows.length > 0 && { fixedRows }),
        ...facts,
      }
    }),
  )
}

const withDefault = ({ outside, ...column }: RawColumn, volatile: ReadonlySet<string>): Column => ({
  ...column,
  ...(outside !== null && { outside }),
  default:
    column.default === null ? null : { sql: column.default, volatile: isVolatile(column.default, volatile) },
})

const withTablespace = ({ tablespace, targets, definition, ...index }: RawIndex): Index => ({
  ...index,
  definition: tablespace === null ? definition : placed(definition, tablespace),
  ...(targets && { targets }),
})

const withCopies = ({ copies, ...key }: RawKey): ForeignKey => ({ ...key, ...(copies && { copies }) })

async function readRelations(
  session: Session,
  { schema, schemas, tables }: InspectOptions,
): Promise<string[]> {
  const { rows } = await session.query(TABLES, [
    tables ? [] : [schema, ...(schemas ?? [])],
    (tables ?? []).map((table) => table.schema),
    (tables ?? []).map((table) => table.name),
  ])
  return (rows as readonly { relation: string }[]).map(({ relation }) => relation)
}

async function serverVersion(session: Session): Promise<Snapshot['server']> {
  const { rows } = await session.query(
    "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version",
  )
  const [{ number, version }] = rows as unknown as [{ number: string; version: string }]
  return { number: Number(number), version }
}

/**
 * Functions that an expression can call: no procedures, trigger functions or internal functions. Up to PostgreSQL 14 one
 * timezone() is wrongly marked volatile, and every AT TIME ZONE uses that name.
 */
async function readVolatileFunctions(session: Session): Promise<string[]> {
  const { rows } = await session.query(`
    SELECT DISTINCT p.proname::text COLLATE "C" AS name FROM pg_proc p
    WHERE p.provolatile = 'v' AND p.prokind IN ('f', 'w')
      AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)
      AND 'internal'::regtype <> ALL (p.proargtypes::oid[])
      AND p.oid <> 'pg_catalog.timezone(text, timetz)'::regprocedure
    ORDER BY 1`)
  return (rows as readonly { name: string }[]).map(({ name }) => name)
}
