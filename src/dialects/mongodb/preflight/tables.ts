import type { TableRef } from '../../../program/refs.ts'
import { check, lasting, warning } from '../../checks.ts'
import type { Check } from '../../interface/check.ts'
import type { MongoSession } from '../connect/mongo-session.ts'
import { permitted } from '../connect/permitted.ts'
import { givingRoles, granting, lacking, type Privileges } from '../inspect/privileges.ts'
import { blockers } from '../observe/processes.ts'

/** For reads and writes of batches, validators and indexes. */
const NEEDED = ['find', 'update', 'collMod', 'createIndex', 'dropIndex', 'listIndexes'] as const

/** Needed by only some plans: to follow changes, and to see use and size. */
const HELPFUL = ['changeStream', 'indexStats', 'collStats'] as const

/** Undoing a change in place writes the kept value beside the new one, which a closed validator would refuse. */
const PUTS_BACK = ['bypassDocumentValidation'] as const

/** An operation that has run this long makes every change of the collection wait, seconds. */
const LONG = 60

/** The existing collections by name, and their kind. Null when this user may not know. */
type Present = ReadonlyMap<string, string> | null

/** Checks of each collection: that it exists, and that everything the plan does with it is allowed. */
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

/** The list of collections shows indexes, validators and views. */
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
      // One role covers both, so both are granted together.
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

/** A plan that renames its collection no longer finds it here, or finds a view. Drift decides what that means. */
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

/** A plan may keep the values that it removes in another collection. */
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
