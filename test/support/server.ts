import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { appendFile, chown, mkdir, mkdtemp, open, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { binaries, type RunAs, unprivileged, type Version } from './binaries.ts'

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
const READY_WITHIN = 60_000

/** Starts a server and waits until it answers. Disposing of it stops it and removes its temporary data. */
export async function startServer(options: ServerOptions = {}): Promise<LocalServer> {
  const version = options.version ?? 18
  const as = await unprivileged()
  const native = await binaries(version, as)
  const dataDir = await dataDirectory(native, as, options)
  const server = new Postgres({ version, as, native, dataDir, temporary: options.dir === undefined })
  await server.start()
  return server
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

class Postgres implements LocalServer {
  readonly version: Version
  readonly dataDir: string
  port = 0
  readonly #as: RunAs
  readonly #program: string
  readonly #temporary: boolean
  #postmaster: ChildProcess | null = null
  #watcher: ChildProcess | null = null
  #ended: Promise<unknown> = Promise.resolve()

  constructor(from: { version: Version; as: RunAs; native: string; dataDir: string; temporary: boolean }) {
    this.version = from.version
    this.dataDir = from.dataDir
    this.#as = from.as
    this.#program = join(from.native, 'bin', 'postgres')
    this.#temporary = from.temporary
  }

  url(database = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${encodeURIComponent(database)}`
  }

  async start(): Promise<void> {
    if (this.#postmaster) return
    const again = this.port !== 0
    for (let tries = 1; ; tries++) {
      if (!again) this.port = await freePort()
      const problem = await this.#launch()
      if (problem === null) return
      // Between our look and its bind somebody else may have taken the port.
      if (!problem.includes('could not bind') || tries === 20) throw new Error(problem)
      await pause(again ? 100 : 0)
    }
  }

  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    // Without this nothing would keep Node alive to see the end.
    this.#postmaster?.ref()
    this.#postmaster?.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('immediate')
    if (this.#temporary) await rm(this.dataDir, { recursive: true, force: true })
  }

  /** Null once it answers, else why it ended. */
  async #launch(): Promise<string | null> {
    const log = await open(join(this.dataDir, 'server.log'), 'w')
    const postmaster = spawn(this.#program, ['-D', this.dataDir, '-p', String(this.port)], {
      ...this.#as,
      cwd: this.dataDir,
      // Its own process group: Ctrl-C is for us, and we stop it in order.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    this.#postmaster = postmaster
    this.#ended = new Promise<void>((resolve) => {
      postmaster.once('error', () => resolve())
      postmaster.once('exit', () => resolve())
    }).then(() => {
      this.#postmaster = null
      this.#watcher?.kill()
    })
    await log.close()
    if (postmaster.pid === undefined) return `${this.#program} cannot be started`
    this.#watcher = watch(postmaster.pid, this.#temporary ? this.dataDir : null)
    postmaster.unref()
    if (await this.#answers()) return null
    await this.stop('immediate')
    return readFile(join(this.dataDir, 'server.log'), 'utf8')
  }

  async #answers(): Promise<boolean> {
    const deadline = Date.now() + READY_WITHIN
    while (this.#postmaster && Date.now() < deadline) {
      const client = new pg.Client({ connectionString: this.url(), connectionTimeoutMillis: 5_000 })
      client.on('error', () => undefined)
      try {
        await client.connect()
        await client.query('SELECT 1')
        return true
      } catch {
        await pause(25)
      } finally {
        await client.end().catch(() => undefined)
      }
    }
    return false
  }
}

/**
 * Ends the server when we are gone, however we went: a killed process runs no exit handler, but its end of
 * the pipe closes.
 */
function watch(postmaster: number, remove: string | null): ChildProcess {
  const script = [
    'read -r _; kill -QUIT "$1"',
    // Bounded: where nobody reaps orphans, as in many containers, the ended server stays as a zombie.
    'tries=0; while kill -0 "$1" && [ $tries -lt 50 ]; do tries=$((tries + 1)); sleep 0.1; done',
    '[ -z "$2" ] || rm -rf -- "$2"',
  ].join('\n')
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', String(postmaster), remove ?? ''], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watcher.unref()
  return watcher
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', resolve)
  })
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
