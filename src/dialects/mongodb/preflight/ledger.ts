import type { Document } from 'mongodb'
import { check, lasting, warning } from '../../checks.ts'
import type { Check } from '../../interface/check.ts'
import { namesOf } from '../../ledger-checks.ts'
import type { MongoSession } from '../connect/mongo-session.ts'
import { permitted } from '../connect/permitted.ts'
import { givingRoles, lacking, type Privileges } from '../inspect/privileges.ts'

/** The ledger's collections are created by their first document. */
const NEEDED = ['find', 'insert', 'update', 'remove'] as const

const KEPT = ['plans', 'programs', 'events', 'locks', 'tokens', 'meta'] as const

/** Whether the ledger can be used, whether its collections are ours, and who else may write to them. It only reads. */
export async function checkLedger(
  session: MongoSession,
  ledger: string,
  privileges: Privileges,
): Promise<Check[]> {
  const db = session.db.databaseName
  const listed = await permitted(() =>
    session.documents({ listCollections: 1, authorizedCollections: true, nameOnly: true }),
  )
  const names = (listed ?? []).map(({ name }) => String(name))
  return [
    usableCheck(db, ledger, names, privileges),
    ...(await shapeChecks(session, ledger)),
    ...(await writersChecks(session, db, ledger, privileges)),
  ]
}

function usableCheck(db: string, ledger: string, names: readonly string[], privileges: Privileges): Check {
  const missing = lacking(privileges, NEEDED, { db, collection: '' })
  const made = names.filter((name) => name.startsWith(`${ledger}_`))
  const granted =
    made.length > 0 &&
    made.every((collection) => lacking(privileges, NEEDED, { db, collection }).length === 0)
  const fine = missing.length === 0 || granted
  return check(
    'ledger',
    fine,
    fine
      ? `collections ${ledger}_… can be used in ${db}`
      : `collections ${ledger}_… in ${db} need ${missing.join(', ')}`,
    givingRoles(privileges, [{ role: 'readWrite', db }]),
  )
}

/** What would refuse, hide or remove documents that we write. */
async function shapeChecks(session: MongoSession, ledger: string): Promise<Check[]> {
  const name = { $in: KEPT.map((one) => `${ledger}_${one}`) }
  const found = (await permitted(() => session.documents({ listCollections: 1, filter: { name } }))) ?? []
  const all: Check[] = []
  for (const { name: collection, type, options = {} } of found) {
    if (type !== 'collection') all.push(odd(`${collection} is a ${type}`))
    if (Object.keys(options['validator'] ?? {}).length > 0) all.push(odd(`${collection} has a validator`))
    if (options['capped'] === true) all.push(odd(`${collection} is capped`))
    for (const index of type === 'collection' ? await indexesOf(session, String(collection)) : [])
      all.push(odd(`${collection} has the index ${index}`))
  }
  return all
}

const indexesOf = async (session: MongoSession, collection: string): Promise<string[]> =>
  ((await permitted(() => session.documents({ listIndexes: collection }))) ?? [])
    .map(({ name }) => String(name))
    .filter((name) => name !== '_id_')

const odd = (what: string): Check =>
  check(
    'ledger collections',
    false,
    `${what}, which the tool did not make`,
    'look who made that and drop it, or name another ledger_schema in plan.config.yaml; the ledger is kept in plain collections of its own, which nothing else acts on',
  )

/** The server's own roles that can write. Users' own roles are not examined. */
const ON_DATABASE: ReadonlySet<string> = new Set(['readWrite', 'dbOwner'])
const EVERYWHERE: ReadonlySet<string> = new Set(['readWriteAnyDatabase', 'restore'])

/** Only users with the right to see them see other users. */
async function writersChecks(
  session: MongoSession,
  db: string,
  ledger: string,
  { user }: Privileges,
): Promise<Check[]> {
  // Without access control everybody may do anything.
  if (user === null) return []
  const answer = await permitted(() => session.command({ usersInfo: { forAllDBs: true } }, { on: 'admin' }))
  const means = 'with that right one can make the runner run commands as its own user'
  const names = ((answer?.['users'] ?? []) as Document[])
    .filter((one) => one['user'] !== user.user || one['db'] !== user.db)
    .filter(({ roles }) => writes(roles ?? [], db))
    .map((one) => `${one['user']}@${one['db']}`)
  const says =
    answer === null
      ? `this user may not see who else may write to the ledger; ${means}`
      : names.length === 0
        ? 'by the server’s own roles nobody else but administrators may write to the ledger; roles of your own were not looked at'
        : `${namesOf(names)} may write to the ledger: ${means}`
  const hint = `give the application roles for its own collections instead of readWrite on ${db}, and nobody but this user ${ledger}_…; keep the compiled folder in version control, which every command compares`
  return [lasting(warning('ledger writers', answer !== null && names.length === 0, says, hint))]
}

function writes(roles: readonly Document[], db: string): boolean {
  if (roles.some(({ role }) => role === 'root' || role === '__system')) return false
  return roles.some(
    (one) => (one['db'] === db && ON_DATABASE.has(one['role'])) || EVERYWHERE.has(one['role']),
  )
}
