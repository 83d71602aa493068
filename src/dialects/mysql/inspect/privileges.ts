import type { TableRef } from '../../../program/refs.ts'
import type { Session } from '../../interface/session.ts'
import { permitted } from '../connect/permitted.ts'
import { literal, quote } from '../language/quote.ts'
import { type Token, tokens } from '../language/tokens.ts'

/** One line of SHOW GRANTS. `schema` is a pattern when the whole database is meant; null means all databases. */
type Grant = {
  readonly revoked: boolean
  readonly privileges: ReadonlySet<string>
  readonly schema: string | null
  readonly table: string | null
}

/** ALL PRIVILEGES do not include the right to pass them on, which is at the end of the line. */
const ALL = 'ALL PRIVILEGES'
export const GRANTING = 'GRANT OPTION'

/** What a user may do. */
export type Privileges = {
  readonly has: (privilege: string, on?: { readonly schema: string; readonly name?: string }) => boolean
  /** Lines that could not be read: a missing privilege may be among them. */
  readonly unread: number
}

/**
 * The lines of SHOW GRANTS, including those of active roles. Without `FOR CURRENT_USER()`, which leaves the roles out
 * (measured on MariaDB 10.11). Grants to everybody (PUBLIC, from 10.11 on) need a query of their own.
 */
export async function readPrivileges(session: Session, toPublic: boolean): Promise<Privileges> {
  const own = await session.query('SHOW GRANTS')
  const everybodys = toPublic ? await permitted(session, 'SHOW GRANTS FOR PUBLIC') : null
  const lines = [...own.rows, ...(everybodys ?? [])].map((row) => String(Object.values(row)[0]))
  return privileges(lines)
}

/**
 * Functions that another account may execute. Null when this user may not see that, or when roles of that account decide.
 */
export async function routineGrants(
  session: Session,
  account: string,
): Promise<{ readonly runs: (schema: string, name: string) => boolean } | null> {
  const rows = await permitted(session, `SHOW GRANTS FOR ${grantee(account)}`)
  const lines = rows?.map((row) => String(Object.values(row)[0])) ?? []
  const all = lines.map(tokens)
  if (rows === null || all.some((words) => onAt(words) < 0)) return null
  const { has, unread } = privileges(lines)
  if (unread > 0) return null
  const alone = all.flatMap((words) => {
    const [kind, schema, , name] = words.slice(onAt(words) + 1)
    const listed = listedPrivileges(words.slice(1, onAt(words)))
    return /^function$/i.test(kind?.text ?? '') && (listed.has('EXECUTE') || listed.has('ALL PRIVILEGES'))
      ? [`${schema?.means}.${name?.means}`.toLowerCase()]
      : []
  })
  return {
    runs: (schema, name) => has('EXECUTE', { schema }) || alone.includes(`${schema}.${name}`.toLowerCase()),
  }
}

const onAt = (words: readonly Token[]): number =>
  words.findIndex(({ kind, text }) => kind === 'word' && /^on$/i.test(text))

/** Reads those lines. */
export function privileges(lines: readonly string[]): Privileges {
  const read = lines.map(readGrant)
  const grants = read.filter((grant) => grant !== null && grant !== 'unread')
  const matching = (revoked: boolean, privilege: string) =>
    grants.filter(
      (grant) =>
        grant.revoked === revoked &&
        (grant.privileges.has(privilege) || (privilege !== GRANTING && grant.privileges.has(ALL))),
    )
  return {
    has: (privilege, on) => {
      // With partial_revokes MySQL revokes a global privilege for one database, which is no pattern then.
      const revoked = matching(true, privilege).some(({ schema }) => schema === on?.schema)
      return matching(false, privilege).some(
        ({ schema, table }) =>
          (schema === null && !revoked) ||
          (schema !== null && on !== undefined && covers({ schema, table }, on)),
      )
    },
    unread: read.filter((grant) => grant === 'unread').length,
  }
}

function covers(grant: { schema: string; table: string | null }, on: { schema: string; name?: string }) {
  return grant.table === null
    ? like(grant.schema, on.schema)
    : grant.schema === on.schema && grant.table === on.name
}

/** A database is granted by a pattern: `_` is one character, `%` any number; both are plain after a backslash. */
function like(pattern: string, name: string): boolean {
  const source = pattern.replace(/\\([\s\S])|([_%])|[\s\S]/g, (found, plain?: string, wild?: string) =>
    wild ? (wild === '_' ? '[\\s\\S]' : '[\\s\\S]*') : plainly(plain ?? found),
  )
  return new RegExp(`^${source}$`).test(name)
}

const plainly = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** Null for lines without privileges on a database or table: roles, routines, proxies. */
function readGrant(line: string): Grant | 'unread' | null {
  const words = tokens(line)
  const [first] = words
  const on = onAt(words)
  if (first && /^set$/i.test(first.text)) return null
  if (!first || !/^(grant|revoke)$/i.test(first.text)) return 'unread'
  // A granted role has no ON; USAGE means no privilege.
  if (on < 0) return null
  const listed = listedPrivileges(words.slice(1, on))
  if (listed.has('PROXY')) return null
  const place = readPlace(words.slice(on + 1))
  const privileges = new Set([...listed, ...(passesOn(words, on) ? [GRANTING] : [])])
  return place && { revoked: /^revoke$/i.test(first.text), privileges, ...place }
}

/**
 * The grant option covers all privileges of that place, whatever the line lists. Only privileges with an underscore in
 * their names (BACKUP_ADMIN) have their own, in a line of their own.
 */
const passesOn = (words: readonly Token[], on: number): boolean =>
  /with grant option/i.test(
    words
      .slice(on)
      .filter(({ kind }) => kind === 'word')
      .map(({ text }) => text)
      .join(' '),
  ) && !words.slice(1, on).every(({ text }) => text === ',' || text.includes('_'))

/** Privileges with a column list are left out: they do not cover the whole table. */
function listedPrivileges(words: readonly Token[]): ReadonlySet<string> {
  const found = new Set<string>()
  let depth = 0
  let current: string[] = []
  for (const { text } of [...words, { text: ',' }]) {
    if (text === '(') {
      depth++
      current = []
    } else if (text === ')') depth--
    else if (text === ',' && depth === 0) {
      if (current.length > 0) found.add(current.join(' ').toUpperCase())
      current = []
    } else if (depth === 0) current.push(text)
  }
  return found
}

function readPlace(words: readonly Token[]): Pick<Grant, 'schema' | 'table'> | null {
  const start = /^table$/i.test(words[0]?.text ?? '') ? 1 : 0
  const [schema, dot, table] = words.slice(start, start + 3)
  // FUNCTION, PROCEDURE or PACKAGE.
  if (!schema || !table || dot?.text !== '.') return null
  const part = ({ text, means }: Token) => (text === '*' ? null : means)
  return { schema: part(schema), table: part(table) }
}

/** The account in the form that GRANT takes. */
export const grantee = (currentUser: string): string => {
  const at = currentUser.lastIndexOf('@')
  return `${literal(currentUser.slice(0, at))}@${literal(currentUser.slice(at + 1))}`
}

/** GRANT takes a database's name as a pattern, so its wildcards are escaped. */
export const pattern = (database: string): string => quote(database).replace(/[_%\\]/g, '\\$&')

/** The privileges of the list that are missing on a table. */
export const lacking = (has: Privileges['has'], needed: readonly string[], on: TableRef): string[] =>
  needed.filter((privilege) => !has(privilege, on))
