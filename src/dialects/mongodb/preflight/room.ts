import type { TableRef } from '../../../program/refs.ts'
import { lasting, warning } from '../../checks.ts'
import { diskChecks } from '../../disk.ts'
import type { Check } from '../../interface/check.ts'
import type { MongoSession } from '../connect/mongo-session.ts'
import { permitted } from '../connect/permitted.ts'
import { readSize } from '../inspect/inspect.ts'
import { freeDisk } from '../observe/disk.ts'
import { readServer } from '../observe/members.ts'

/** Connections of a run: its own, one that watches the others, one that ends an operation. */
const CONNECTIONS = 3

/** Whether there is room for what a backfill of these collections adds. */
export async function checkRoom(session: MongoSession, tables: readonly TableRef[]): Promise<Check[]> {
  const names = tables.map(({ name }) => name)
  let bytes = 0
  for (const name of names) bytes += (await readSize(session, name)).stored
  return [
    ...(await connectionChecks(session)),
    ...(names.length === 0 ? [] : diskChecks(await freeDisk(session), bytes)),
    ...(names.length === 0 ? [] : await imageChecks(session, names)),
  ]
}

async function connectionChecks(session: MongoSession): Promise<Check[]> {
  const available: unknown = (await readServer(session))?.['connections']?.available
  if (typeof available !== 'number') return []
  return [
    warning(
      'connections',
      available >= CONNECTIONS,
      `the server has room for ${available} more connections`,
      'raise net.maxIncomingConnections, or let clients keep fewer (maxPoolSize)',
    ),
  ]
}

/** The server keeps each document's earlier version until somebody has read it or its time is up. */
async function imageChecks({ documents, db }: MongoSession, names: readonly string[]): Promise<Check[]> {
  const ask = { listCollections: 1, filter: { name: { $in: names } } }
  const found = (await permitted(() => documents(ask))) ?? []
  return found
    .filter(({ options }) => options?.changeStreamPreAndPostImages?.enabled === true)
    .map(({ name }) =>
      lasting(
        warning(
          'pre-images',
          false,
          `${db.databaseName}.${name} keeps images for change streams: a backfill writes each document once more, into config.system.preimages`,
          'see that they expire: db.adminCommand({ setClusterParameter: { changeStreamOptions: { preAndPostImages: { expireAfterSeconds: 3600 } } } })',
        ),
      ),
    )
}
