import type { Column, Constraint, Index, Snapshot, Table } from '../../src/schema/snapshot.ts'
import { column as blankColumn, table as blankTable } from './schema.ts'

/** A database as the compiler sees it: a PostgreSQL 17 with schema `app`, but for what is given. */
export const snapshot = (given: Partial<Snapshot> & Pick<Snapshot, 'tables'>): Snapshot => ({
  format: 1,
  dialect: 'postgres',
  server: { number: 170000, version: '17.0' },
  schema: 'app',
  volatileFunctions: ['clock_timestamp', 'gen_random_uuid', 'nextval', 'random'],
  ...given,
})

/**
 * A table of schema `app`. A column called `id` becomes its primary key, unless `more` names other constraints
 * and indexes.
 */
export function table(name: string, columns: readonly Column[], more: Partial<Table> = {}): Table {
  const placed = columns.map((one, position) => ({ ...one, position: position + 1 }))
  const hasId = columns.some((one) => one.name === 'id')
  return blankTable({
    name,
    columns: placed,
    rows: 12_400_000,
    bytes: 2_400_000_000,
    ...(hasId && primaryKey(name)),
    ...more,
  })
}

/** A nullable column of type text, but for what is given. */
export const column = (name: string, type = 'text', more: Partial<Column> = {}): Column =>
  blankColumn(name, { type, ...more })

/** `id bigint`, as a primary key needs it. */
export const id = (): Column => column('id', 'bigint', { notNull: true })

/** A btree index as the server describes it. */
export const index = (
  on: string,
  name: string,
  columns: readonly string[],
  more: Partial<Index> = {},
): Index => ({
  name,
  definition: `CREATE ${more.unique ? 'UNIQUE ' : ''}INDEX ${name} ON app.${on} USING btree (${columns.join(', ')})`,
  columns,
  key: columns,
  unique: false,
  primary: false,
  valid: true,
  partial: false,
  clustered: false,
  constraint: null,
  comment: null,
  ...more,
})

/** The index and the constraint of a primary key on `id`. */
export function primaryKey(on: string): Pick<Table, 'indexes' | 'constraints'> {
  const name = `${on}_pkey`
  const constraint: Constraint = {
    name,
    kind: 'primary',
    definition: 'PRIMARY KEY (id)',
    columns: ['id'],
    validated: true,
    deferrable: false,
    deferred: false,
    index: name,
    comment: null,
  }
  return {
    indexes: [index(on, name, ['id'], { unique: true, primary: true, constraint: name })],
    constraints: [constraint],
  }
}
