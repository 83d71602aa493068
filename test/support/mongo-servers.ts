import { MongoClient } from 'mongodb'
import type { MongoServer } from './databases.ts'
import { inDocker, type Started } from './docker.ts'
import { type LocalMongo, startMongo } from './mongo-server.ts'
import { initiate, startMongod } from './mongod.ts'

/** What TEST_MONGODB_URL names, else a MongoDB of our own, else an engine that speaks like one. */
export async function mongoServer(
  note: (starting: Promise<Started>) => Promise<string>,
): Promise<MongoServer> {
  const given = process.env['TEST_MONGODB_URL']
  // One that was asked for and is not there is a failure, not a reason to skip.
  if (given) return asked(given)
  try {
    const starting = inContainer()
      .catch(async () => local(await startMongod()))
      // A killed client leaves its transaction open: a minute would be too long for those who wait for it.
      .catch(async () => local(await startMongo({ transactionLifetime: 10_000 })))
    return await asked(await note(starting))
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return { dialect: 'mongodb', name: 'MongoDB', url: null, number: 0, reason, engine: 'mongodb' }
  }
}

const local = (server: LocalMongo): Started => ({
  url: server.url(),
  stop: async () => server[Symbol.asyncDispose](),
})

async function inContainer(): Promise<Started> {
  // The member knows itself by the port within, which is not that of outside.
  const server = await inDocker('mongo:8', 27017, 'mongodb://ADDRESS/?directConnection=true', (image) =>
    image.withCommand(['--replSet', 'rs0', '--bind_ip_all']),
  )
  try {
    await initiate(server.url, '127.0.0.1:27017')
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function asked(url: string): Promise<MongoServer> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 30_000 })
  try {
    const info = await client.db('admin').command({ buildInfo: 1 })
    const [major = 0, minor = 0, patch = 0] = String(info['version']).split(/\D+/).map(Number)
    const engine = info['storageEngines']?.includes('documentdb') ? 'documentdb' : 'mongodb'
    const name = engine === 'mongodb' ? `MongoDB ${major}.${minor}` : 'DocumentDB'
    const number = major * 10_000 + minor * 100 + patch
    return { dialect: 'mongodb', name, url, number, reason: '', engine }
  } finally {
    await client.close()
  }
}
