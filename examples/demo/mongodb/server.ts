import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Db, MongoClient } from 'mongodb'
import type { MongoServer } from '../../../test/support/databases.ts'

/** A server to work on. Disposing of it stops it; of one that is somebody else's it drops what was made there. */
export type Serving = AsyncDisposable &
  Pick<MongoServer, 'name' | 'engine'> & {
    /** `of our own`, or where it was named. */
    readonly whose: string
    url(database: string): string
  }

/**
 * The MongoDB of TEST_MONGODB_URL, one of our own, or what stands in for it: in a process of its own, since what a gateway
 * computes must not hold up whoever measures. Fails where none can be had.
 */
export async function serve(): Promise<Serving> {
  const child = fork(fileURLToPath(new URL('server-process.ts', import.meta.url)))
  try {
    const { name, engine, url, reason } = await told(child)
    if (url === null) throw new Error(given() ? reason : `no private MongoDB server: ${reason}`)
    return serving({ name, engine, url }, () => end(child))
  } catch (error) {
    await end(child)
    throw error
  }
}

const given = (): boolean => Boolean(process.env['TEST_MONGODB_URL'])

function serving(
  { url, ...server }: Pick<MongoServer, 'name' | 'engine'> & { readonly url: string },
  stop: () => Promise<void>,
): Serving {
  // A server of somebody else may have databases of any name.
  const id = given() ? `${randomBytes(6).toString('hex')}_` : ''
  const made = new Set<string>()
  return {
    ...server,
    whose: given() ? 'of TEST_MONGODB_URL' : 'of our own',
    url: (database) => {
      const one = named(url, `${id}${database}`)
      made.add(one)
      return one
    },
    [Symbol.asyncDispose]: async () => {
      try {
        if (given()) for (const one of made) await connected(one, (db) => db.dropDatabase())
      } finally {
        await stop()
      }
    },
  }
}

/** A connection for the length of the work. */
export async function connected<T>(url: string, work: (db: Db) => Promise<T>): Promise<T> {
  const client = await MongoClient.connect(url)
  try {
    return await work(client.db())
  } finally {
    await client.close()
  }
}

/** The same server, with that database. By hand: an address of several hosts is no URL to Node. */
const named = (url: string, database: string): string =>
  url.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${database}`)

const told = (child: ChildProcess): Promise<MongoServer> =>
  new Promise((resolve, reject) => {
    child.once('message', (server) => resolve(server as MongoServer))
    child.once('exit', () => reject(new Error('the server ended by itself')))
  })

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  if (child.connected) child.disconnect()
  await ended
}
