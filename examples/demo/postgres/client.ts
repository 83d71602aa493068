import pg from 'pg'
import type { Connection } from '../engine.ts'
import type { Row, Statement } from '../statements.ts'

/** The statements of an application that knows only one of the two columns. */
const statements = (column: string): Readonly<Record<Statement, string>> => {
  const row = `email, revision, ${column} AS name`
  const insert = `INSERT INTO users (${column}, email, team_id, revision) VALUES`
  const another = `${column} = users.email || ' rev ' || (users.revision + 1), revision = users.revision + 1`
  return {
    read: `SELECT ${row} FROM users WHERE id = $1`,
    find: `SELECT ${row} FROM users WHERE email = $1`,
    newest: `SELECT ${row} FROM users ORDER BY id DESC LIMIT 5`,
    search: `SELECT ${row} FROM users WHERE lower(${column}) = lower($1)`,
    rename: `UPDATE users SET ${another} WHERE id = $1 RETURNING ${row}`,
    visit: `UPDATE users SET last_seen = now() WHERE id = $1 RETURNING ${row}`,
    insert: `${insert} ($1, $2, $3, 1) RETURNING ${row}`,
    insertUnnamed: `INSERT INTO users (email, team_id) VALUES ($1, $2) RETURNING ${row}`,
    insertThree: `${insert} ($1, $2, $3, 1), ($4, $5, $6, 1), ($7, $8, $9, 1) RETURNING ${row}`,
    save: `INSERT INTO users (id, ${column}, email, team_id, revision) VALUES ($1, $2, $3, $4, 1) ON CONFLICT (id) DO UPDATE SET ${another} RETURNING ${row}`,
    delete: `DELETE FROM users WHERE email = $1 RETURNING ${row}`,
  }
}

export async function connect(url: string, column: string): Promise<Connection> {
  const text = statements(column)
  const client = new pg.Client({ connectionString: url, application_name: `app with ${column}` })
  client.on('error', () => undefined)
  await client.connect()
  return {
    ask: async (statement, values) => {
      // Named, so that the server keeps the prepared statement across all changes of the table.
      const query = { name: statement, text: text[statement], values: [...values] }
      const { rows, rowCount } = await client.query<Row>(query)
      return { rows, count: rowCount ?? 0 }
    },
    end: () => client.end(),
  }
}
