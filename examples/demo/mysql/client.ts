import mysql, { type ResultSetHeader } from 'mysql2/promise'
import type { Connection } from '../engine.ts'
import type { Row, Statement } from '../statements.ts'

/** The statements of an application that knows only one of the two columns. */
const statements = (column: string): Readonly<Record<Statement, string>> => {
  const row = `email, revision, ${column} AS name`
  const insert = `INSERT INTO users (${column}, email, team_id, revision) VALUES`
  // From left to right, so the revision is still the one before where the name is made.
  const another = `${column} = CONCAT(email, ' rev ', revision + 1), revision = revision + 1`
  return {
    read: `SELECT ${row} FROM users WHERE id = ?`,
    find: `SELECT ${row} FROM users WHERE email = ?`,
    newest: `SELECT ${row} FROM users ORDER BY id DESC LIMIT 5`,
    search: `SELECT ${row} FROM users WHERE ${column} = ?`,
    rename: `UPDATE users SET ${another} WHERE id = ?`,
    visit: 'UPDATE users SET last_seen = NOW(3) WHERE id = ?',
    insert: `${insert} (?, ?, ?, 1)`,
    insertUnnamed: 'INSERT INTO users (email, team_id) VALUES (?, ?)',
    insertThree: `${insert} (?, ?, ?, 1), (?, ?, ?, 1), (?, ?, ?, 1)`,
    save: `INSERT INTO users (id, ${column}, email, team_id, revision) VALUES (?, ?, ?, ?, 1) ON DUPLICATE KEY UPDATE ${another}`,
    delete: 'DELETE FROM users WHERE email = ?',
  }
}

/** These are sent as text each time; the others the server prepares once, and keeps across all changes of the table. */
const PLAIN: readonly Statement[] = ['newest', 'search', 'visit', 'insertThree', 'delete']

/** A pool, as most applications have one. */
export async function connect(url: string, column: string): Promise<Connection> {
  const text = statements(column)
  const pool = mysql.createPool({ uri: url, connectionLimit: 1 })
  return {
    ask: async (statement, values) => {
      const sql = text[statement]
      const [result] = PLAIN.includes(statement)
        ? await pool.query(sql, [...values])
        : await pool.execute(sql, [...values] as string[])
      if (Array.isArray(result)) return { rows: result as Row[], count: result.length }
      return { rows: [], count: (result as ResultSetHeader).affectedRows }
    },
    end: () => pool.end(),
  }
}
