import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { type Command, Daemon, exists, started, watch } from './daemon.ts'
import { debianRoot } from './debian-root.ts'
import { type Kind, program, template } from './mysql-program.ts'

export type MysqlOptions = {
  readonly kind: Kind
  /** System variables, by the names that SHOW VARIABLES gives them. */
  readonly settings?: Readonly<Record<string, string>>
  /** Survives a crash of the machine, at its price; otherwise nothing waits for the disk. */
  readonly durable?: boolean
  /** Data directory to use and keep; otherwise a temporary one. Initialised when it is empty. */
  readonly dir?: string
}

/** A real MySQL or MariaDB of our own, on 127.0.0.1, superuser `root` without password. */
export type LocalMysql = AsyncDisposable & {
  readonly kind: Kind
  readonly port: number
  readonly dataDir: string
  url(database?: string): string
  /** `fast` ends sessions and shuts down in order; `immediate` is a crash. The data stays. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Again after `stop`, on the same port. Resolves when it answers. */
  start(): Promise<void>
}

/** What a transaction wrote is with the operating system at its end, and so survives a crash of the server. */
const FAST = {
  innodb_flush_log_at_trx_commit: '2',
  innodb_flush_method: 'nosync',
  innodb_doublewrite: 'OFF',
  sync_binlog: '0',
}
const DURABLE = { innodb_flush_log_at_trx_commit: '1', sync_binlog: '1' }

/** The rest is as the packages have it, but for MariaDB's binary log: most who run it for long have turned it on. */
const KINDS = {
  mysql: { secure_file_priv: 'NULL', mysqlx: 'OFF' },
  mariadb: {
    log_bin: 'binlog',
    binlog_format: 'ROW',
    server_id: '1',
    // Its packages set these in a file of settings, its own defaults are of another century.
    character_set_server: 'utf8mb4',
    collation_server: 'utf8mb4_general_ci',
    // A directory among the data would be a database.
    ignore_db_dirs: 'tmp',
  },
} as const

/** System variables of a server for tests, wherever it runs. */
export const variables = (kind: Kind, durable = false): Readonly<Record<string, string>> => ({
  default_time_zone: '+00:00',
  innodb_buffer_pool_size: '256M',
  ...KINDS[kind],
  ...(durable ? DURABLE : FAST),
})

export const flags = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).map(([name, value]) => `--${name}=${value}`)

/** Starts a server and waits until it answers. Disposing of it stops it and removes its temporary data. */
export async function startMysql(options: MysqlOptions): Promise<LocalMysql> {
  const { kind } = options
  const root = await debianRoot(kind)
  const dataDir = await dataDirectory(root, options)
  const { args, ...base } = await program(kind, root)
  const settings = { ...variables(kind, options.durable), ...options.settings }
  const command = { ...base, args: [...args, ...flags(settings)] }
  return started(new Mysql({ kind, command, dataDir, temporary: options.dir === undefined }))
}

async function dataDirectory(root: string, { kind, dir: kept }: MysqlOptions): Promise<string> {
  const dir = kept ?? (await mkdtemp(join(tmpdir(), `${kind}-`)))
  if (await exists(join(dir, 'ibdata1'))) return withTmp(dir)
  // Copying takes long enough to be killed meanwhile; afterwards the server has a watcher of its own.
  const watcher = watch({ remove: kept === undefined ? dir : '' })
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await cp(template(root), dir, { recursive: true })
  } catch (error) {
    if (kept === undefined) await rm(dir, { recursive: true, force: true })
    throw error
  } finally {
    watcher.kill()
  }
  return withTmp(dir)
}

/** A MariaDB that starts deletes what looks like its own in its temporary directory, also what another server has open. */
async function withTmp(dir: string): Promise<string> {
  await mkdir(join(dir, 'tmp'), { recursive: true, mode: 0o700 })
  return dir
}

class Mysql extends Daemon implements LocalMysql {
  readonly kind: Kind
  protected readonly taken = 'Bind on TCP/IP port'
  protected readonly signals = { fast: 'SIGTERM', immediate: 'SIGKILL' } as const
  readonly #command: Command

  constructor(from: { kind: Kind; command: Command; dataDir: string; temporary: boolean }) {
    super({ dataDir: from.dataDir, temporary: from.temporary })
    this.kind = from.kind
    this.#command = from.command
  }

  url(database = 'mysql'): string {
    return `${this.kind}://root@127.0.0.1:${this.port}/${encodeURIComponent(database)}`
  }

  protected command(): Command {
    const here = {
      datadir: this.dataDir,
      tmpdir: join(this.dataDir, 'tmp'),
      port: String(this.port),
      bind_address: '127.0.0.1',
      // A path of a socket may have 107 bytes at most, a temporary directory can be deeper.
      socket: 'server.sock',
      pid_file: 'server.pid',
    }
    return { ...this.#command, args: [...this.#command.args, ...flags(here)] }
  }

  protected async ask(): Promise<void> {
    const connection = await mysql.createConnection({ uri: this.url(), connectTimeout: 5_000 })
    connection.on('error', () => undefined)
    try {
      await connection.query('SELECT 1')
    } finally {
      connection.destroy()
    }
  }
}
