/** A row as a client reads it: `name` is its name column, whichever it knows. */
export type Row = {
  readonly email: string
  readonly revision: number
  readonly name: string | null
}

/** `count`: rows that were read or written. A write that cannot return rows has none. */
export type Asked = { readonly rows: readonly Row[]; readonly count: number }

/**
 * The name that belongs to a row. Whoever writes a name raises the revision in the same statement, so that each
 * client can tell a wrong name in any row, also in those that the other version of the application wrote.
 */
export const nameOf = ({ email, revision }: Pick<Row, 'email' | 'revision'>): string =>
  revision === 0 ? 'unknown' : `${email} rev ${revision}`

/** What the application asks, and with which values; the text is that of each kind of database. */
export type Statement =
  | 'read' // id
  | 'find' // email
  | 'newest'
  | 'search' // name
  | 'rename' // id
  | 'visit' // id
  | 'insert' // name, email, team
  | 'insertUnnamed' // email, team
  | 'insertThree' // name, email, team, thrice
  | 'save' // id, name, email, team: a new row, or another revision of the one that is there
  | 'delete' // email

/** Of a table; collections have another number. */
export const ROWS = 200_000
export const TEAMS = 50
