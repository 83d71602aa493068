import type { TableRef } from '../../../program/refs.ts'
import type { Column, ForeignKey, Snapshot, Table } from '../../../schema/snapshot.ts'
import type { Row, Session } from '../../interface/session.ts'
import { isMariadb } from '../connect/mariadb.ts'
import { columnsIn } from '../language/definitions.ts'
import { VOLATILE } from '../language/volatile.ts'
import { seesRights } from '../write/rights.ts'
import { ownDependents, readUses, sortDependents } from './dependents.ts'
import {
  INDEXES,
  readConstraints,
  readForeignKeys,
  readIndex,
  readReferencedBy,
  readTriggers,
  TRIGGERS,
} from './objects.ts'
import { readPrograms } from './programs.ts'
import { by, byTable, printed, readRows, type Scope, tableKey } from './query.ts'
import {
  COLUMNS,
  PARTITIONING,
  readColumn,
  readGrants,
  readRowVersions,
  TABLES,
  tableFacts,
} from './tables.ts'
import { readTable, type TableText } from './text.ts'

export type InspectOptions = {
  /** The database where unqualified names are looked up. */
  readonly schema: string
  /** Further databases to read. */
  readonly schemas?: readonly string[]
  /** Only these tables, in any database. Missing ones are left out. */
  readonly tables?: readonly TableRef[]
}

/** SHOW CREATE TABLE waits while another session holds the table exclusively, milliseconds. */
const LOCK_TIMEOUT = 10_000

/**
 * Reads what the compiler needs: one query per kind of object, and SHOW CREATE TABLE per table. The session's settings
 * decide how the server prints. Objects that this user may not see are missing. A missing database or table is not an
 * error.
 */
export const inspect = (session: Session, options: InspectOptions): Promise<Snapshot> =>
  session.transaction({ lockTimeout: LOCK_TIMEOUT }, () => read(session, options))

async function read(session: Session, options: InspectOptions): Promise<Snapshot> {
  const { rows } = await session.query('SELECT VERSION() AS version')
  const version = String(rows[0]?.['version'])
  const mariadb = isMariadb(version)
  const [major = 0, minor = 0, patch = 0] = version.split(/\D/, 3).map(Number)
  return {
    format: 1,
    dialect: mariadb ? 'mariadb' : 'mysql',
    server: { number: major * 10000 + minor * 100 + patch, version },
    schema: options.schema,
    tables: await readTables(session, options, mariadb),
    ...((await seesRights(session)) ? {} : { unseenRights: true }),
    volatileFunctions: VOLATILE,
  }
}

async function readTables(session: Session, options: InspectOptions, mariadb: boolean): Promise<Table[]> {
  const wanted: Scope = options.tables
    ? { tables: options.tables }
    : { schemas: [options.schema, ...(options.schemas ?? [])] }
  const relations = await readRelations(session, wanted)
  // From here on names are spelled as the server does.
  const scope: Scope = options.tables ? { tables: relations } : wanted
  const catalogue: Catalogue = {
    mariadb,
    columns: byTable(await readRows(session, COLUMNS, scope)),
    partitioning: byTable(await readRows(session, PARTITIONING, scope)),
    indexes: byTable(await readRows(session, INDEXES, scope)),
    foreignKeys: await readForeignKeys(session, scope, mariadb),
    referencedBy: await readReferencedBy(session, relations, scope, mariadb),
    triggers: byTable(await readRows(session, TRIGGERS, scope)),
    ...(await readGrants(session, scope)),
    uses: await readUses(session, scope, mariadb),
    programs: await readPrograms(session, relations),
    rowVersions: mariadb ? () => null : await readRowVersions(session, relations),
  }
  const tables: Table[] = []
  for (const relation of relations) {
    const { rows } = await session.query(
      `SHOW CREATE TABLE ${printed(relation.schema)}.${printed(relation.name)}`,
    )
    tables.push(assemble(relation, readTable(String(rows[0]?.['Create Table'])), catalogue))
  }
  return tables
}

type Relation = TableRef & { readonly facts: ReturnType<typeof tableFacts> }

async function readRelations(session: Session, scope: Scope): Promise<Relation[]> {
  const found = new Map<string, Relation>()
  for (const row of await readRows(session, TABLES, scope)) {
    const [schema, name] = [String(row['table_schema']), String(row['table_name'])]
    found.set(tableKey(schema, name), { schema, name, facts: tableFacts(row) })
  }
  return [...found.values()].sort(
    by(
      ({ schema }) => schema,
      ({ name }) => name,
    ),
  )
}

type Catalogue = {
  readonly mariadb: boolean
  readonly columns: Of<readonly Row[]>
  readonly partitioning: Of<readonly Row[]>
  readonly indexes: Of<readonly Row[]>
  readonly foreignKeys: Of<readonly ForeignKey[]>
  readonly referencedBy: Of<readonly ForeignKey[]>
  readonly triggers: Of<readonly Row[]>
  readonly grants: Rights['grants']
  readonly strays: Rights['strays']
  readonly uses: Awaited<ReturnType<typeof readUses>>
  readonly programs: Awaited<ReturnType<typeof readPrograms>>
  readonly rowVersions: Of<number | null>
}

type Of<T> = (table: TableRef) => T
type Rights = Awaited<ReturnType<typeof readGrants>>

function assemble({ facts, ...table }: Relation, text: TableText, of: Catalogue): Table {
  const read = of
    .columns(table)
    .map((row) =>
      readColumn(row, text, of.grants(table, String(row['name'])), {
        mariadb: of.mariadb,
        tables: facts.collation,
      }),
    )
    .sort(by(({ column }) => column.position))
  const names = read.map(({ column }) => column.name)
  const columns = read.map(({ column }) => withReads(column, names))
  const checks = [...text.checks, ...read.flatMap(({ check }) => check ?? [])]
  const triggers = readTriggers(table, of.triggers(table))
  const mentions = of.programs(table, columns)
  const rowVersions = of.rowVersions(table)
  return {
    ...table,
    ...facts,
    ...(rowVersions === null ? {} : { rowVersions }),
    owner: '',
    columns,
    indexes: of
      .indexes(table)
      .map((row) => readIndex(row, text, names))
      .sort(by(({ name }) => name)),
    constraints: readConstraints({ ...text, checks }, names),
    foreignKeys: of.foreignKeys(table),
    referencedBy: of.referencedBy(table),
    triggers,
    policies: [],
    rowSecurity: { enabled: false, forced: false },
    publications: [],
    statistics: [],
    dependents: sortDependents([...of.uses(table, names), ...ownDependents({ columns, triggers })]),
    ...(facts.kind === 'partitioned' && { partitionedBy: partitionedBy(of.partitioning(table), names) }),
    ...(mentions.length > 0 && { mentions }),
    partitions: [],
    partitionOf: null,
    inherits: [],
    inheritedBy: [],
    replicaIdentity: { kind: 'default', index: null },
    grants: of.grants(table),
    ...strays(of.strays(table, names)),
  }
}

const strays = (found: ReturnType<Rights['strays']>) => (found.length > 0 ? { strayRights: found } : {})

const partitionedBy = (rows: readonly Row[], names: readonly string[]): string[] =>
  columnsIn(rows.map(({ divided, subdivided }) => `${divided ?? ''} ${subdivided ?? ''}`).join(' '), names)

/** Adds the columns that a default names. */
function withReads(column: Column, names: readonly string[]): Column {
  const reads = columnsIn(column.default?.sql ?? '', names)
  return column.default && reads.length > 0 ? { ...column, default: { ...column.default, reads } } : column
}
