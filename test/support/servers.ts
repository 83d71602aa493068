import mysql from 'mysql2/promise'
import pg from 'pg'
import type { Version } from './binaries.ts'
import type { MongoServer, MysqlServer, Server } from './databases.ts'
import { inDocker, type Started } from './docker.ts'
import { mongoServer } from './mongo-servers.ts'
import type { Kind } from './mysql-program.ts'
import { flags, startMysql, variables } from './mysql-server.ts'
import { startServer } from './server.ts'

type Servers = {
  readonly servers: readonly Server[]
  readonly mysqlServers: readonly MysqlServer[]
  readonly mongoServers: readonly MongoServer[]
  stop(): Promise<void>
}

/** Whether TEST_DATABASES, where it is set, names this database: to start only what a test at hand needs. */
const wanted = (name: string): boolean => process.env['TEST_DATABASES']?.split(',').includes(name) ?? true

const UNWANTED = 'not among TEST_DATABASES'

/** Of each database the server that TEST_POSTGRES_URL, … names, else our own: of PostgreSQL the oldest and newest. */
export async function databases(): Promise<Servers> {
  const all: Started[] = []
  const note = async (starting: Promise<Started>) => {
    const server = await starting
    all.push(server)
    return server.url
  }
  const stop = async () => void (await Promise.all(all.map((server) => server.stop())))
  const starting = [
    postgres(note),
    wanted('mongodb') ? mongoServer(note) : noMongo,
    mysqlServer('mysql', note),
    mysqlServer('mariadb', note),
  ] as const
  try {
    const [servers, mongo, ...mysqlServers] = await Promise.all(starting)
    return { servers, mysqlServers, mongoServers: [mongo], stop }
  } catch (error) {
    // What is still on its way could not be stopped yet.
    await Promise.allSettled(starting)
    await stop()
    throw error
  }
}

type Note = (starting: Promise<Started>) => Promise<string>

const noMongo: MongoServer = {
  dialect: 'mongodb',
  engine: 'documentdb',
  name: 'MongoDB',
  url: null,
  number: 0,
  reason: UNWANTED,
}

async function postgres(note: Note): Promise<Server[]> {
  if (!wanted('postgres')) return [{ name: 'PostgreSQL', url: null, number: 0, reason: UNWANTED }]
  const given = process.env['TEST_POSTGRES_URL']
  if (given) return [await asked('PostgreSQL', given)]
  return Promise.all(
    ([14, 18] as const).map(async (version): Promise<Server> => {
      const name = `PostgreSQL ${version}`
      try {
        return await asked(name, await note(postgresInDocker(version).catch(() => local(version))))
      } catch (error) {
        return { name, url: null, number: 0, reason: reason(error) }
      }
    }),
  )
}

async function mysqlServer(kind: Kind, note: Note): Promise<MysqlServer> {
  if (!wanted(kind)) return { dialect: kind, name: NAMES[kind], url: null, number: 0, reason: UNWANTED }
  const given = process.env[`TEST_${kind.toUpperCase()}_URL`]
  // One that was asked for and is not there is a failure, not a reason to skip.
  if (given) return mysqlAsked(kind, given)
  try {
    return await mysqlAsked(kind, await note(mysqlInDocker(kind).catch(() => localMysql(kind))))
  } catch (error) {
    return { dialect: kind, name: NAMES[kind], url: null, number: 0, reason: reason(error) }
  }
}

async function local(version: Version): Promise<Started> {
  const server = await startServer({ version })
  return { url: server.url(), stop: async () => server[Symbol.asyncDispose]() }
}

async function localMysql(kind: Kind): Promise<Started> {
  const server = await startMysql({ kind })
  return { url: server.url(), stop: async () => server[Symbol.asyncDispose]() }
}

function postgresInDocker(version: Version): Promise<Started> {
  return inDocker(`postgres:${version}`, 5432, 'postgres://postgres@ADDRESS/postgres', (image) =>
    image
      .withEnvironment({ POSTGRES_HOST_AUTH_METHOD: 'trust' })
      .withCommand(['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off']),
  )
}

const IMAGES = { mysql: 'mysql:9', mariadb: 'mariadb:10.11' } as const

function mysqlInDocker(kind: Kind): Promise<Started> {
  return inDocker(IMAGES[kind], 3306, `${kind}://root@ADDRESS/mysql`, (image) =>
    image
      .withEnvironment({ MYSQL_ALLOW_EMPTY_PASSWORD: 'yes', MYSQL_ROOT_HOST: '%' })
      .withCommand(flags(variables(kind))),
  )
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

const NAMES = { mysql: 'MySQL', mariadb: 'MariaDB' } as const

async function mysqlAsked(dialect: Kind, url: string): Promise<MysqlServer> {
  const connection = await mysql.createConnection(url)
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>('SELECT version() AS version')
    const version: string = rows[0]?.['version']
    if (version.includes('MariaDB') !== (dialect === 'mariadb'))
      throw new Error(`this is not ${NAMES[dialect]}`)
    const [major = 0, minor = 0, patch = 0] = version.split(/\D+/).map(Number)
    const name = `${NAMES[dialect]} ${major}.${minor}`
    return { dialect, name, url, number: major * 10_000 + minor * 100 + patch, reason: '' }
  } finally {
    await connection.end()
  }
}

/** One line of what may be a whole log. */
function reason(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n')
  return lines.find((line) => /\b(ERROR|FATAL)\b/.test(line)) ?? lines[0] ?? ''
}
