/** A row as a client reads it: `name` is its name column, whichever it knows. */
export type Row = {
  readonly id: string
  readonly email: string
  readonly revision: number
  readonly name: string | null
}

/**
 * The name that belongs to a row. Whoever writes a name raises the revision in the same statement, so that each
 * client can tell a wrong name in any row, also in those that the other version of the application wrote.
 */
export const nameOf = ({ email, revision }: Pick<Row, 'email' | 'revision'>): string =>
  revision === 0 ? 'unknown' : `${email} rev ${revision}`

/** The statements of an application that knows only one of the two columns. */
export const statements = (column: string) => {
  const row = `id, email, revision, ${column} AS name`
  return {
    read: `SELECT ${row} FROM users WHERE id = $1`,
    newest: `SELECT ${row} FROM users ORDER BY id DESC LIMIT 5`,
    search: `SELECT ${row} FROM users WHERE lower(${column}) = lower($1)`,
    rename: `UPDATE users SET ${column} = email || ' rev ' || (revision + 1), revision = revision + 1 WHERE id = $1 RETURNING ${row}`,
    visit: `UPDATE users SET last_seen = now() WHERE id = $1 RETURNING ${row}`,
    insert: `INSERT INTO users (${column}, email, team_id, revision) VALUES ($1 || ' rev 1', $1, $2, 1) RETURNING ${row}`,
    insertUnnamed: `INSERT INTO users (email, team_id) VALUES ($1, $2) RETURNING ${row}`,
    delete: `DELETE FROM users WHERE id = $1 RETURNING ${row}`,
  }
}

export type Statement = keyof ReturnType<typeof statements>
