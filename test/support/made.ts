import type { Column, Snapshot, Table } from '../../src/schema/snapshot.ts'

/** What makes the tables of a snapshot on a server, with rows in them. `quote`: how that server writes a name. */
type Making = { readonly quote: (name: string) => string; readonly on: string; readonly rows: number }

/** Statements for PostgreSQL, in the schema that the snapshot names. */
export const postgresTables = ({ tables, types = [] }: Snapshot, rows: number): string[] => [
  ...types.map(
    ({ schema, name, words = [] }) =>
      `CREATE TYPE "${schema}"."${name}" AS ENUM (${words.map((one) => `'${one}'`).join(', ')})`,
  ),
  ...tables.flatMap((table) => {
    const making = { quote: (name: string) => `"${name}"`, on: `"${table.schema}"."${table.name}"`, rows }
    return [
      `CREATE TABLE ${making.on} (${table.columns.map((one) => `"${one.name}" ${one.type}${rest(one)}`).join(', ')})`,
      ...table.constraints.map(
        ({ name, definition }) => `ALTER TABLE ${making.on} ADD CONSTRAINT "${name}" ${definition}`,
      ),
      ...table.indexes.filter(({ constraint }) => constraint === null).map(({ definition }) => definition),
      filled(table, making),
      `ANALYZE ${making.on}`,
    ]
  }),
]

/** The same for MySQL and MariaDB, in the database of the connection. */
export const mysqlTables = ({ tables }: Snapshot, rows: number): string[] =>
  tables.flatMap((table) => {
    const making = { quote: (name: string) => `\`${name}\``, on: `\`${table.name}\``, rows }
    const columns = table.columns.map(
      (one) => `\`${one.name}\` ${one.definition ?? `${one.type}${rest(one)}`}`,
    )
    const constraints = table.constraints
      .filter(({ kind }) => kind === 'check')
      .map(({ name, definition }) => `CONSTRAINT \`${name}\` ${definition}`)
    const all = [...columns, ...table.indexes.map(({ definition }) => definition), ...constraints]
    return [`CREATE TABLE ${making.on} (${all.join(', ')})`, filled(table, making)]
  })

const rest = ({ notNull, default: given, onUpdate }: Column): string =>
  `${given === null ? '' : ` DEFAULT ${given.sql}`}${notNull ? ' NOT NULL' : ' NULL'}${
    onUpdate ? ` ON UPDATE ${onUpdate}` : ''
  }`

/** A number in every column that can hold one, and in texts two words of it and an at sign. */
function filled({ columns }: Table, { quote, on, rows }: Making): string {
  const given = columns.filter(({ type }) => /int|char|text|numeric|decimal|double|real/.test(type))
  const row = (number: number) =>
    `(${given.map(({ type }) => (/char|text/.test(type) ? `'n${number} m${number}@x'` : number)).join(', ')})`
  const values = Array.from({ length: rows }, (_, number) => row(number + 1)).join(', ')
  return `INSERT INTO ${on} (${given.map(({ name }) => quote(name)).join(', ')}) VALUES ${values}`
}
