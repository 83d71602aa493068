import type { Action } from '../../../program/action.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Statements } from '../../../program/written.ts'
import type { Snapshot, Table } from '../../../schema/snapshot.ts'
import type { Writers } from '../../interface/language.ts'
import { isTrue, type Session } from '../../interface/session.ts'
import { isMariadb } from '../connect/mariadb.ts'
import { sameColumn } from '../language/definitions.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { lock } from './locks.ts'
import { done } from './probes.ts'

/**
 * Rights on single columns. Both servers store them by the column's name: they do not follow a rename, and they survive a
 * drop. The right to pass them on belongs to the table and account, so it need not be granted for another column.
 */

type Right = Extract<Action, { do: 'grant_column' }>['right']

const PRIVILEGES = 'information_schema.COLUMN_PRIVILEGES'

/** User and host of an account as the catalogue prints it, without escapes. */
function partsOf(grantee: string): { readonly user: string; readonly host: string } {
  const at = grantee.lastIndexOf('@')
  return { user: grantee.slice(1, at - 1), host: grantee.slice(at + 2, -1) }
}

/** The account in the form that GRANT takes. MariaDB's roles have no host, and it accepts none for them (error 1133). */
function account(grantee: string, dialect: string): string {
  const { user, host } = partsOf(grantee)
  return isMariadb(dialect) && host === '' ? literal(user) : `${literal(user)}@${literal(host)}`
}

const giving = (table: TableRef, column: string, { to, privilege }: Right, dialect: string): string =>
  `GRANT ${privilege} (${quote(column)}) ON ${quoteTable(table)} TO ${account(to, dialect)}`

const taking = (table: TableRef, column: string, { to, privilege }: Right, dialect: string): string =>
  `REVOKE ${privilege} (${quote(column)}) ON ${quoteTable(table)} FROM ${account(to, dialect)}`

/** Names of accounts are case-sensitive. */
const exactly = (text: string): string => `CONVERT(${text} USING utf8mb4) COLLATE utf8mb4_bin`

const ofColumn = (table: TableRef, column: string, as = ''): string =>
  `${as}TABLE_SCHEMA = ${literal(table.schema)} AND ${as}TABLE_NAME = ${literal(table.name)} AND ${as}COLUMN_NAME = ${literal(column)}`

const isHeld = (table: TableRef, column: string, { to, privilege }: Right): string =>
  `EXISTS (SELECT 1 FROM ${PRIVILEGES} WHERE ${ofColumn(table, column)} AND PRIVILEGE_TYPE = ${literal(privilege)} AND ${exactly('GRANTEE')} = ${literal(to)})`

const HOST = "SUBSTRING_INDEX(CURRENT_USER(), '@', -1)"
const USER = `LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) - CHAR_LENGTH(${HOST}) - 1)`

/**
 * Whether this session sees the rights of others. A user who cannot read the server's own tables sees only its own
 * rights, and there are always other users.
 */
const SEES_ALL = `EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE ${exactly('GRANTEE')} <> ${exactly(`CONCAT('''', ${USER}, '''@''', ${HOST}, '''')`)})`

export async function seesRights(session: Pick<Session, 'query'>): Promise<boolean> {
  const { rows } = await session.query(`SELECT ${SEES_ALL} AS seen`)
  return isTrue(rows[0]?.['seen'])
}

/** MariaDB creates a missing account, without password, unless the session's mode forbids it. */
const NOBODY_NEW = {
  before:
    "SET @plan_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(@@SESSION.sql_mode, ''), 'NO_AUTO_CREATE_USER')",
  after: 'SET SESSION sql_mode = @plan_mode',
}

/** Rights that cannot be seen have to be tried. */
export const rightsWriters = (dialect: string): Pick<Writers, 'grant_column' | 'revoke_column'> => ({
  // A right that was revoked since the plan was compiled is not granted again.
  grant_column: ({ table, column, from, right }): Statements => ({
    run: 'statements',
    statements: [giving(table, column, right, dialect)],
    undo: [taking(table, column, right, dialect)],
    probe: done(`(${isHeld(table, column, right)} OR ${SEES_ALL} AND NOT ${isHeld(table, from, right)})`),
    ...(isMariadb(dialect) && { settings: NOBODY_NEW }),
    undoNeeded: done(`(${isHeld(table, column, right)} OR NOT ${SEES_ALL})`),
    transaction: 'autocommit',
    locks: [lock.read(table, 'moment')],
    ifDenied: {
      act: 'until somebody who may has run that, a new version fails at this column (error 1143); verify asks for it as far as this user sees the rights of others',
      undo: 'until somebody who may has run that, the right holds for the next column of that name',
    },
  }),
  revoke_column: ({ table, column, right }): Statements => ({
    run: 'statements',
    statements: [taking(table, column, right, dialect)],
    undo: [],
    probe: done(`(${SEES_ALL} AND NOT ${isHeld(table, column, right)})`),
    transaction: 'autocommit',
    locks: [],
    ifDenied: {
      act: 'until somebody who may has run that, the right holds for the next column of that name',
      undo: '',
    },
  }),
})

/** One row for each right on the old column that its holder lacks on the new one; none when nothing is missing. */
export function missingRights(table: TableRef, from: string, to: string, dialect: string): string {
  const held = `SELECT GRANTEE, PRIVILEGE_TYPE, SUBSTRING_INDEX(GRANTEE, '@', -1) AS host FROM ${PRIVILEGES} WHERE ${ofColumn(table, from)}`
  const host = isMariadb(dialect) ? "IF(o.host = '''', '', CONCAT('@', o.host))" : "'@', o.host"
  const user = 'QUOTE(SUBSTRING(o.GRANTEE, 2, CHAR_LENGTH(o.GRANTEE) - CHAR_LENGTH(o.host) - 3))'
  const [what, on] = [
    `a right on ${from} is missing on ${to}: GRANT `,
    ` (${quote(to)}) ON ${quoteTable(table)} TO `,
  ]
  const statement = `CONCAT(${literal(what)}, o.PRIVILEGE_TYPE, ${literal(on)}, ${user}, ${host})`
  return `SELECT ${exactly(statement)} AS what, FALSE AS holds FROM (${held}) o WHERE NOT EXISTS (SELECT 1 FROM ${PRIVILEGES} n WHERE ${ofColumn(table, to, 'n.')} AND n.PRIVILEGE_TYPE = o.PRIVILEGE_TYPE AND ${exactly('n.GRANTEE')} = ${exactly('o.GRANTEE')})`
}

/**
 * Warnings about rights before columns are added and dropped: rights that would apply at once, and whether some may be
 * hidden from us.
 */
export const rightsAside =
  (dialect: string) =>
  (
    table: Table,
    { goes, comes }: { readonly goes: readonly string[]; readonly comes: readonly string[] },
    { unseenRights }: Snapshot,
  ): readonly string[] => {
    const left = (table.strayRights ?? []).filter((one) => comes.some((name) => sameColumn(name, one.column)))
    const statements = left.map((one) => taking(table, one.column, one, dialect)).join('; ')
    return [
      ...(left.length === 0
        ? []
        : [
            `rights of a former column of ${table.name} hold for ${comes.join(' and ')} as soon as it is there; to withdraw them: ${statements}`,
          ]),
      ...(unseenRights && goes.length > 0
        ? [
            `this user does not see what rights others hold on single columns: those on ${table.name}.${goes.join(' and ')} are carried over only when plan compile runs as a user that may SELECT ON mysql.*`,
          ]
        : []),
    ]
  }
