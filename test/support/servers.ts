import { existsSync } from 'node:fs'
import pg from 'pg'
import type { Version } from './binaries.ts'
import type { Server } from './databases.ts'
import { startServer } from './server.ts'

type Started = { readonly url: string; stop(): Promise<void> }

/** The servers to test on: the one that TEST_POSTGRES_URL names, else our own of the oldest and newest version. */
export async function databases(): Promise<{ servers: Server[]; stop(): Promise<void> }> {
  const given = process.env['TEST_POSTGRES_URL']
  if (given) return { servers: [await asked('PostgreSQL', given)], stop: async () => undefined }
  const started: Started[] = []
  const servers = await Promise.all(
    ([14, 18] as const).map(async (version): Promise<Server> => {
      const name = `PostgreSQL ${version}`
      try {
        const server = await inDocker(version).catch(() => local(version))
        started.push(server)
        return await asked(name, server.url)
      } catch (error) {
        return { name, url: null, number: 0, reason: error instanceof Error ? error.message : String(error) }
      }
    }),
  )
  return {
    servers,
    stop: async () => {
      await Promise.all(started.map((server) => server.stop()))
    },
  }
}

async function local(version: Version): Promise<Started> {
  const server = await startServer({ version })
  return { url: server.url(), stop: async () => server[Symbol.asyncDispose]() }
}

async function inDocker(version: Version): Promise<Started> {
  if (!process.env['DOCKER_HOST'] && !existsSync('/var/run/docker.sock')) throw new Error('no Docker')
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = await new GenericContainer(`postgres:${version}`)
    .withEnvironment({ POSTGRES_HOST_AUTH_METHOD: 'trust' })
    .withCommand(['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'])
    .withExposedPorts(5432)
    // The image starts the server once to initialise it, and then for good.
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start()
  const url = `postgres://postgres@${container.getHost()}:${container.getMappedPort(5432)}/postgres`
  return { url, stop: async () => void (await container.stop()) }
}

async function asked(name: string, url: string): Promise<Server> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(
      "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version",
    )
    const [{ number, version }] = rows as [{ number: number; version: string }]
    return { name: name === 'PostgreSQL' ? `${name} ${version}` : name, url, number, reason: '' }
  } finally {
    await client.end()
  }
}
