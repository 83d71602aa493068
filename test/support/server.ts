import { execFile } from 'node:child_process'
import { appendFile, chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { binaries, type RunAs, unprivileged, type Version } from './binaries.ts'
import { type Command, Daemon, exists, started } from './daemon.ts'

const run = promisify(execFile)

export type ServerOptions = {
  readonly version?: Version
  /** Lines of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>
  /** Survives a crash of the machine, at its price; otherwise nothing waits for the disk. */
  readonly durable?: boolean
  /** Data directory to use and keep; otherwise a temporary one. Initialised when it is empty. */
  readonly dir?: string
}

/** A real PostgreSQL of our own, on 127.0.0.1, superuser `postgres` without password. */
export type LocalServer = AsyncDisposable & {
  readonly version: Version
  readonly port: number
  readonly dataDir: string
  url(database?: string): string
  /** `fast` ends sessions and shuts down in order; `immediate` is a crash. The data stays. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Again after `stop`, on the same port. Resolves when it answers. */
  start(): Promise<void>
}

const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** Starts a server and waits until it answers. Disposing of it stops it and removes its temporary data. */
export async function startServer(options: ServerOptions = {}): Promise<LocalServer> {
  const version = options.version ?? 18
  const as = await unprivileged()
  const native = await binaries(version, as)
  const dataDir = await dataDirectory(native, as, options)
  return started(new Postgres({ version, as, native, dataDir, temporary: options.dir === undefined }))
}

async function dataDirectory(native: string, as: RunAs, options: ServerOptions): Promise<string> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'postgres-')))
  await mkdir(dir, { recursive: true, mode: 0o700 })
  if (as.uid !== undefined && as.gid !== undefined) await chown(dir, as.uid, as.gid)
  if (await exists(join(dir, 'PG_VERSION'))) return dir
  const flags = ['--no-locale', '-E', 'UTF8', '-A', 'trust', '-U', 'postgres', '--no-sync', '-D', dir]
  try {
    await run(join(native, 'bin', 'initdb'), flags, { ...as, cwd: dir })
  } catch (error) {
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true })
    throw error
  }
  const settings = {
    listen_addresses: '127.0.0.1',
    // A path of a socket may have 107 bytes at most, a temporary directory can be deeper.
    unix_socket_directories: '',
    timezone: 'UTC',
    ...(options.durable ? {} : FAST),
    ...options.settings,
  }
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  )
  await appendFile(join(dir, 'postgresql.conf'), lines.join(''))
  return dir
}

class Postgres extends Daemon implements LocalServer {
  readonly version: Version
  protected readonly taken = 'could not bind'
  protected readonly signals = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const
  readonly #program: string

  constructor(from: { version: Version; as: RunAs; native: string; dataDir: string; temporary: boolean }) {
    super({ ...from.as, dataDir: from.dataDir, temporary: from.temporary })
    this.version = from.version
    this.#program = join(from.native, 'bin', 'postgres')
  }

  url(database = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${encodeURIComponent(database)}`
  }

  protected command(): Command {
    return { program: this.#program, args: ['-D', this.dataDir, '-p', String(this.port)] }
  }

  protected ask(): Promise<void> {
    return answers(this.url())
  }
}

/** Throws while no PostgreSQL answers there. */
export async function answers(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
  } finally {
    await client.end().catch(() => undefined)
  }
}
