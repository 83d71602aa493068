import type { Document } from 'mongodb'
import type { MongoSession } from '../connect/mongo-session.ts'
import { permitted } from '../connect/permitted.ts'

/** A collection of a database, or all of them with an empty name. The cluster is whatever has no database. */
type Resource = 'cluster' | { readonly db: string; readonly collection: string }

/** What this login may do. */
export type Privileges = {
  /** Null when nobody logged in, as on a server without access control. */
  readonly user: { readonly user: string; readonly db: string } | null
  /** False when the server does not tell; `has` is then always true. */
  readonly told: boolean
  readonly has: (action: string, on: Resource) => boolean
}

/** The server includes the privileges of inherited roles. */
export async function readPrivileges({ command }: MongoSession): Promise<Privileges> {
  const answer = await permitted(() =>
    command({ connectionStatus: 1, showPrivileges: true }, { on: 'admin' }),
  )
  return privileges(answer?.['authInfo'] ?? null)
}

/** `authInfo` as connectionStatus returns it. */
export function privileges(authInfo: Document | null): Privileges {
  const [user = null] = (authInfo?.['authenticatedUsers'] ?? []) as { user: string; db: string }[]
  const granted: unknown = authInfo?.['authenticatedUserPrivileges']
  if (user === null) return { user, told: authInfo !== null, has: () => true }
  if (!Array.isArray(granted)) return { user, told: false, has: () => true }
  const has = (action: string, on: Resource) =>
    (granted as Document[]).some(({ resource, actions }) => actions.includes(action) && covers(resource, on))
  return { user, told: true, has }
}

/** The server's own collections are only meant by their exact name. Source: manual, resource document. */
function covers(granted: Document, on: Resource): boolean {
  if (granted['anyResource'] === true) return true
  if (on === 'cluster') return granted['cluster'] === true
  if (granted['db'] !== '' && granted['db'] !== on.db) return false
  if (granted['collection'] === on.collection) return true
  return granted['collection'] === '' && !on.collection.startsWith('system.')
}

export const lacking = ({ has }: Privileges, actions: readonly string[], on: Resource): string[] =>
  actions.filter((action) => !has(action, on))

type Grant = { readonly resource: Document; readonly actions: readonly string[] }

/** For mongosh: creates a role with what is missing, and grants it to the user. */
export function granting({ user }: Privileges, db: string, role: string, grants: readonly Grant[]): string {
  const definition = JSON.stringify({ role, privileges: grants, roles: [] })
  return `db.getSiblingDB(${JSON.stringify(db)}).createRole(${definition}); ${given(user, [{ role, db }])}`
}

/** For mongosh: grants existing roles. */
export const givingRoles = ({ user }: Privileges, roles: readonly { role: string; db: string }[]): string =>
  given(user, roles)

const given = (user: Privileges['user'], roles: readonly { role: string; db: string }[]): string =>
  user === null
    ? `log in as a user with ${roles.map(({ role, db }) => `${role} on ${db}`).join(' and ')}`
    : `db.getSiblingDB(${JSON.stringify(user.db)}).grantRolesToUser(${JSON.stringify(user.user)}, ${JSON.stringify(roles)})`
