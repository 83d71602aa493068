import type { Document } from 'mongodb'
import type { TableRef } from '../../../program/refs.ts'
import { check, coded, lasting, warning } from '../../checks.ts'
import { clockCheck } from '../../clock.ts'
import type { Check } from '../../interface/check.ts'
import { now } from '../connect/clock.ts'
import type { MongoSession } from '../connect/mongo-session.ts'
import { permitted } from '../connect/permitted.ts'
import { granting, type Privileges, readPrivileges } from '../inspect/privileges.ts'
import { seesOthers } from '../observe/processes.ts'
import { OLDEST } from '../traits.ts'
import { checkLedger } from './ledger.ts'
import { checkRoom } from './room.ts'
import { checkSet } from './set.ts'
import { checkTables } from './tables.ts'

/** Everything that would stop or weaken a run, found before it starts. It only reads. */
export async function preflight(
  session: MongoSession,
  tables: readonly TableRef[],
  ledger: string,
  converted: readonly TableRef[] = [],
): Promise<readonly Check[]> {
  const hello = await session.command({ hello: 1 }, { on: 'admin' })
  const { version } = await session.command({ buildInfo: 1 }, { on: 'admin' })
  const known = versionCheck(String(version))
  const standing = [known, primaryCheck(hello)]
  // A server that is too old may not know the commands below, and one that is not the primary answers only for itself.
  if (standing.some(({ outcome }) => outcome === 'failed')) return standing
  const privileges = await readPrivileges(session)
  return [
    ...standing,
    ...(await compatibilityChecks(session, String(version))),
    ...(await checkSet(session, hello)),
    ...loginChecks(privileges),
    ...(await checkLedger(session, ledger, privileges)),
    ...(await checkTables(session, tables, privileges, converted)),
    ...(await checkRoom(session, tables)),
    ...(hello['localTime'] instanceof Date ? [await clockCheck(() => now(session))] : []),
    othersCheck(await seesOthers(session), privileges),
    profilerCheck(session.db.databaseName, privileges),
  ]
}

function versionCheck(version: string): Check {
  const [major = 0, minor = 0, patch = 0] = version.split(/\D/, 3).map(Number)
  return coded(
    'PLAN_VERSION',
    check(
      'version',
      major * 10_000 + minor * 100 + patch >= OLDEST,
      `MongoDB ${version}`,
      'the tool works on MongoDB 5.0 and later',
    ),
  )
}

function primaryCheck({ isWritablePrimary, msg, setName }: Document): Check {
  const fine = isWritablePrimary === true || msg === 'isdbgrid'
  return coded(
    'PLAN_CONNECT',
    check(
      'primary',
      fine,
      fine ? 'the server takes writes' : 'the server is not the primary of its set',
      `let the driver find it: give the URL with ${setName ? `replicaSet=${setName}` : 'replicaSet=…'} and without directConnection`,
    ),
  )
}

/** A router does not have this parameter, and it needs the privilege `getParameter`; without it there is no check. */
async function compatibilityChecks({ command }: MongoSession, version: string): Promise<Check[]> {
  const ask = { getParameter: 1, featureCompatibilityVersion: 1 }
  const answer = await permitted(() => command(ask, { on: 'admin' }))
  const found = answer?.['featureCompatibilityVersion']
  if (!found?.version) return []
  const own = version.split('.', 2).join('.')
  const says = `the server works as version ${found.version}`
  if (found.targetVersion)
    return [
      warning(
        'feature compatibility',
        false,
        `${says}, and is on its way to ${found.targetVersion}`,
        'wait until that has ended: commands may be refused in the meantime',
      ),
    ]
  return [
    lasting(
      warning(
        'feature compatibility',
        found.version === own,
        says,
        `what came later cannot be used, until db.adminCommand({ setFeatureCompatibilityVersion: "${own}", confirm: true }) (before 7.0 without confirm)`,
      ),
    ),
  ]
}

function loginChecks({ told }: Privileges): Check[] {
  if (told) return []
  return [
    lasting(
      warning(
        'login',
        false,
        'the server does not say what this user may do',
        'what is missing shows when it is needed; every phase can be run again after that',
      ),
    ),
  ]
}

function othersCheck(sees: boolean, privileges: Privileges): Check {
  const ends = privileges.has('killop', 'cluster')
  return lasting(
    warning(
      'other sessions',
      sees && ends,
      sees
        ? ends
          ? 'the server shows what others do'
          : 'this user may not end operations of other users: a dead runner’s may go on for a while'
        : 'this user does not see what others do: a dead runner is noticed only when its lease runs out, and nobody is named who holds a collection',
      granting(privileges, 'admin', 'plan_processes', [
        { resource: { cluster: true }, actions: ['inprog', 'killop'] },
      ]),
    ),
  )
}

/** Only the profiler shows who reads a field. Its collection is one of the server's own. */
function profilerCheck(db: string, privileges: Privileges): Check {
  const reads = privileges.has('find', { db, collection: 'system.profile' })
  return lasting(
    warning(
      'profiler',
      reads,
      reads
        ? 'what the profiler wrote down can be read'
        : `this user may not read what the profiler wrote down: who still uses an old field is not seen`,
      granting(privileges, db, 'plan_profiler', [
        { resource: { db, collection: 'system.profile' }, actions: ['find'] },
      ]),
    ),
  )
}
