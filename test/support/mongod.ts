import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { MongoClient, MongoServerError } from 'mongodb'
import { type Command, Daemon, started } from './daemon.ts'
import { limit } from './limits.ts'
import type { LocalMongo } from './mongo-server.ts'

const ALREADY_INITIALIZED = 23

/** The MongoDB of this machine, as a replica set of one member; fails where there is none. */
export async function startMongod(): Promise<LocalMongo> {
  await promisify(execFile)('mongod', ['--version'])
  return started(new Mongod(await mkdtemp(join(tmpdir(), 'mongod-'))))
}

class Mongod extends Daemon implements LocalMongo {
  readonly engine = 'mongodb'
  protected readonly taken = 'Address already in use'
  protected readonly signals = { fast: 'SIGTERM', immediate: 'SIGKILL' } as const

  constructor(dataDir: string) {
    super({ dataDir, temporary: true })
  }

  url(database = ''): string {
    return `mongodb://127.0.0.1:${this.port}/${encodeURIComponent(database)}?replicaSet=rs0`
  }

  protected command(): Command {
    const here = ['--dbpath', this.dataDir, '--bind_ip', '127.0.0.1', '--port', String(this.port)]
    return { program: 'mongod', args: [...here, '--nounixsocket', '--replSet', 'rs0'] }
  }

  protected async ask(): Promise<void> {
    await initiate(`mongodb://127.0.0.1:${this.port}/?directConnection=true`, `127.0.0.1:${this.port}`)
  }
}

/** Makes a server the primary of a set of its own, and waits until it is. Fails while it does not answer. */
export async function initiate(url: string, host: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 })
  try {
    const admin = client.db('admin')
    await admin
      .command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host }] } })
      .catch((error: unknown) => {
        if (!(error instanceof MongoServerError) || error.code !== ALREADY_INITIALIZED) throw error
      })
    for (const deadline = Date.now() + limit(30_000); ; await pause(25)) {
      if ((await admin.command({ hello: 1 }))['isWritablePrimary']) return
      if (Date.now() > deadline) throw new Error('the replica set has no primary')
    }
  } finally {
    await client.close()
  }
}
