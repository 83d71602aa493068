import type { TableRef } from '../../program/refs.ts'
import { check, lasting, warning } from '../checks.ts'
import type { Check } from '../interface/check.ts'
import type { MongoSession } from './mongo-session.ts'
import { permitted } from './permitted.ts'
import { givingRoles, granting, lacking, type Privileges } from './privileges.ts'
import { blockers } from './processes.ts'

/** Reads and writes of a batch, validators and indexes. */
const NEEDED = ['find', 'update', 'collMod', 'createIndex', 'dropIndex', 'listIndexes'] as const

/** What only some plans ask for: to follow changes, to say what is used and how large it is. */
const HELPFUL = ['changeStream', 'indexStats', 'collStats'] as const

/** Going back from a change in place puts the kept value beside the new one, which a closed validator would not let in. */
const PUTS_BACK = ['bypassDocumentValidation'] as const

/** An operation that runs for so long keeps every change of the collection waiting, seconds. */
const LONG = 60

/** Of the collections: what is there, by name, and of which kind. Null when this user may not know. */
type Present = ReadonlyMap<string, string> | null

/** Checks of each collection: there, and all that will be done with it is allowed. */
export async function checkTables(
  session: MongoSession,
  tables: readonly TableRef[],
  privileges: Privileges,
  converted: readonly TableRef[],
): Promise<Check[]> {
  const db = session.db.databaseName
  const present = await readPresent(session)
  return [
    ...listingChecks(db, present, privileges),
    ...tables.flatMap((table) => {
      const changed = converted.some(({ schema, name }) => schema === table.schema && name === table.name)
      return tableChecks(table, present, privileges, changed)
    }),
    ...sideChecks(db, tables, privileges),
    ...(tables.length === 0 ? [] : [await operationsCheck(session, tables)]),
  ]
}

async function readPresent({ documents }: MongoSession): Promise<Present> {
  const found = await permitted(() =>
    documents({ listCollections: 1, nameOnly: true, authorizedCollections: true }),
  )
  return found && new Map(found.map(({ name, type }) => [String(name), String(type)]))
}

/** Indexes, validators and views stand in the list of collections. */
function listingChecks(db: string, present: Present, privileges: Privileges): Check[] {
  if (present && privileges.has('listCollections', { db, collection: '' })) return []
  return [
    check(
      'privileges',
      false,
      `this user has no listCollections on ${db}`,
      givingRoles(privileges, [{ role: 'read', db }]),
    ),
  ]
}

function tableChecks(table: TableRef, present: Present, privileges: Privileges, converted: boolean): Check[] {
  const { schema: db, name: collection } = table
  const needed = [...NEEDED, ...(converted ? PUTS_BACK : [])]
  const missing = lacking(privileges, needed, { db, collection })
  const helpful = lacking(privileges, [...HELPFUL, ...(converted ? [] : PUTS_BACK)], { db, collection })
  const name = `${db}.${collection}`
  const hint = (actions: readonly string[]) =>
    granting(privileges, db, `plan_${collection}`, [{ resource: { db, collection }, actions }])
  return [
    ...presenceChecks(table, present),
    check(
      'privileges',
      missing.length === 0,
      missing.length === 0
        ? `this user may change ${name}`
        : `this user has no ${missing.join(', ')} on ${name}`,
      // One role for all of it: whoever gives one gives the other as well.
      hint([...missing, ...helpful]),
    ),
    ...(helpful.length === 0
      ? []
      : [
          lasting(
            warning(
              'helpful privileges',
              false,
              `this user has no ${helpful.join(', ')} on ${name}, which some plans ask for`,
              hint([...missing, ...helpful]),
            ),
          ),
        ]),
  ]
}

/** A plan that renames its collection no longer finds it here, or finds a view: drift decides what that means. */
function presenceChecks({ schema, name }: TableRef, present: Present): Check[] {
  const kind = present?.get(name) ?? null
  if (present === null || kind === 'collection') return []
  return [
    lasting(
      warning(
        'collection',
        false,
        kind === null ? `${schema}.${name} does not exist` : `${schema}.${name} is a ${kind}`,
        'fine where the plan has renamed it; otherwise check the plan and the database',
      ),
    ),
  ]
}

/** Values that a plan takes away it may keep in another collection first. */
function sideChecks(db: string, tables: readonly TableRef[], privileges: Privileges): Check[] {
  const missing = lacking(privileges, ['find', 'insert', 'update', 'remove'], { db, collection: '' })
  if (tables.length === 0 || missing.length === 0) return []
  return [
    lasting(
      warning(
        'side collections',
        false,
        `this user has no ${missing.join(', ')} on other collections of ${db}`,
        `a plan that keeps what it takes away needs one of its own: ${givingRoles(privileges, [{ role: 'readWrite', db }])}`,
      ),
    ),
  ]
}

async function operationsCheck(session: MongoSession, tables: readonly TableRef[]): Promise<Check> {
  const [oldest] = await blockers(session, tables)
  const age = Math.round(oldest?.age ?? 0)
  return warning(
    'long operations',
    age < LONG,
    oldest
      ? `the oldest operation or transaction is ${age} s old (connection ${oldest.pid}${oldest.application ? `, ${oldest.application}` : ''})`
      : 'nothing runs for long',
    'a change of a collection that it uses waits for it; end it or wait',
  )
}
