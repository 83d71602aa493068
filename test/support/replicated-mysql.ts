import { createMysqlDatabase, type MysqlDatabase, otherMysql } from './mysql-databases.ts'
import type { Kind } from './mysql-program.ts'
import { type LocalMysql, startMysql } from './mysql-server.ts'

type Query = MysqlDatabase['query']

/** A primary with a replica of its own, in step when it is handed out. */
export type Replicated = AsyncDisposable & {
  readonly primary: LocalMysql
  readonly replica: LocalMysql
  /** A database that is on both. */
  readonly database: MysqlDatabase
  /** As root, on the replica. */
  readonly onReplica: Query
  readonly stop: (part: 'SQL' | 'IO') => Promise<unknown>
  readonly begin: () => Promise<unknown>
  /** How long the replica waits before it applies a change, seconds. */
  readonly delay: (seconds: number) => Promise<void>
}

/** `settings` are those of the replica. */
export async function startReplicated(
  kind: Kind,
  settings: Readonly<Record<string, string>> = { report_host: '127.0.0.1' },
): Promise<Replicated> {
  const open: AsyncDisposable[] = []
  const use = <T extends AsyncDisposable>(one: T): T => {
    open.unshift(one)
    return one
  }
  const close = async () => {
    for (const one of open) await one[Symbol.asyncDispose]()
  }
  try {
    return { ...(await follow(kind, settings, use)), [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

async function follow(
  kind: Kind,
  settings: Readonly<Record<string, string>>,
  use: <T extends AsyncDisposable>(one: T) => T,
): Promise<Omit<Replicated, typeof Symbol.asyncDispose>> {
  const primary = use(await startMysql({ kind, settings: { server_id: '1' } }))
  const replica = use(await startMysql({ kind, settings: { server_id: '2', ...settings } }))
  const root = use(await otherMysql({ url: replica.url() }))
  const source = use(await otherMysql({ url: primary.url() }))
  const words = WORDS[kind]
  const [at] = await source.query(words.position)
  await root.query(words.follow(primary.port, String(at?.['File']), Number(at?.['Position'])))
  await root.query(words.start)
  return {
    primary,
    replica,
    database: use(await createMysqlDatabase({ url: primary.url() })),
    onReplica: root.query,
    stop: (part) => root.query(`${words.stop} ${part}_THREAD`),
    begin: () => root.query(words.start),
    delay: async (seconds) => {
      await root.query(words.stop)
      await root.query(words.delay(seconds))
      await root.query(words.start)
    },
  }
}

const WORDS = {
  mysql: {
    position: 'SHOW BINARY LOG STATUS',
    follow: (port: number, file: string, position: number) =>
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${port}, SOURCE_USER = 'root',
         SOURCE_LOG_FILE = '${file}', SOURCE_LOG_POS = ${position}, GET_SOURCE_PUBLIC_KEY = 1`,
    delay: (seconds: number) => `CHANGE REPLICATION SOURCE TO SOURCE_DELAY = ${seconds}`,
    start: 'START REPLICA',
    stop: 'STOP REPLICA',
  },
  mariadb: {
    position: 'SHOW MASTER STATUS',
    follow: (port: number, file: string, position: number) =>
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port}, MASTER_USER = 'root',
         MASTER_LOG_FILE = '${file}', MASTER_LOG_POS = ${position}`,
    delay: (seconds: number) => `CHANGE MASTER TO MASTER_DELAY = ${seconds}`,
    start: 'START SLAVE',
    stop: 'STOP SLAVE',
  },
} as const
