import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Db, MongoClient, type MongoClientOptions, MongoServerError } from 'mongodb'
import { inject } from 'vitest'
import { describeOn, type MongoServer } from './databases.ts'
import { limit } from './limits.ts'

/** A database of one test's own. Disposing of it drops it, whoever is connected. */
export type MongoDatabase = AsyncDisposable & {
  readonly name: string
  readonly url: string
  readonly client: MongoClient
  readonly db: Db
}

/** An application that is connected as well. Disposing of it ends its sessions, and what they had open. */
export type OtherMongo = AsyncDisposable & { readonly client: MongoClient; readonly db: Db }

/** Instead of half a minute, for a server that is gone. */
const SOON = { serverSelectionTimeoutMS: 10_000 }

/** A database with a random name on that server; it comes into being with its first collection. */
export async function mongoDatabase(server: { readonly url: string | null }): Promise<MongoDatabase> {
  if (server.url === null) throw new Error('there is no server')
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = named(server.url, name)
  const client = await MongoClient.connect(url, SOON)
  return {
    name,
    url,
    client,
    db: client.db(name),
    [Symbol.asyncDispose]: async () => {
      // What a test left open must not hold up the drop.
      await client.close()
      await using other = await otherMongo({ url })
      await onceUp(() => other.db.dropDatabase())
    },
  }
}

/** ShutdownInProgress: so a gateway says that the PostgreSQL behind it ends, starts, or recovers from a crash. */
const isComingUp = (error: unknown): boolean => error instanceof MongoServerError && error.code === 91

/** Tries again while the server comes up: another test may have made it crash, and this one says nothing of that. */
async function onceUp(work: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + limit(30_000)
  for (;;)
    try {
      await work()
      return
    } catch (error) {
      if (!isComingUp(error) || Date.now() > deadline) throw error
      await pause(50)
    }
}

export async function otherMongo(
  database: { readonly url: string },
  options: MongoClientOptions = {},
): Promise<OtherMongo> {
  const client = await MongoClient.connect(database.url, { ...SOON, ...options })
  return { client, db: client.db(), [Symbol.asyncDispose]: () => client.close() }
}

/** The same server, with that database. By hand: an address of several hosts is no URL to Node. */
const named = (url: string, database: string): string =>
  url.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${database}`)

/** Runs the suite on each server of MongoDB; one that cannot be had is skipped, counted and named. */
export function describeEachMongo(
  name: string,
  suite: (server: MongoServer & { url: string }) => void,
): void {
  for (const server of inject('mongoServers')) describeOn(server, name, suite)
}
