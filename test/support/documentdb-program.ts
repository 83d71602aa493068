import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, lstat, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { type RunAs, unprivileged } from './binaries.ts'
import { type Command, Daemon, exists, started, watch } from './daemon.ts'
import { libraries, loader, template } from './mysql-program.ts'
import { answers } from './server.ts'

const run = promisify(execFile)

const BIN = join('usr', 'lib', 'postgresql', '18', 'bin')
const SHARE = join('usr', 'share', 'postgresql', '18')
const ENV = { PATH: '/usr/bin:/bin', TZ: 'GMT', OPENSSL_CONF: '/dev/null' }

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // A path of a socket may have 107 bytes at most, a temporary directory can be deeper.
  unix_socket_directories: '',
  // The one time zone that PostgreSQL knows without files: those of Debian are looked for in the machine's own.
  timezone: 'GMT',
  log_timezone: 'GMT',
  shared_preload_libraries: 'pg_cron,pg_documentdb_core,pg_documentdb',
  'cron.database_name': 'postgres',
  // Each second or two they would look for indexes to build and documents to expire.
  'cron.launch_active_jobs': 'off',
  max_connections: '200',
  shared_buffers: '64MB',
  // Each start copies the log.
  min_wal_size: '8MB',
  // Yet it is with the operating system when a write is answered, and so survives a crash of the server.
  fsync: 'off',
  full_page_writes: 'off',
}

/** What is needed to start a PostgreSQL with the DocumentDB extension. */
export type Installed = { readonly root: string; readonly as: RunAs }

/** The packages where the account that runs the server can reach them, which is not the home of root. */
export async function installed(root: string): Promise<Installed> {
  const as = await unprivileged()
  if (runs(root, as)) return { root, as }
  const copy = await copied(root)
  if (!runs(copy, as)) throw new Error('the binaries of PostgreSQL with DocumentDB do not run here')
  return { root: copy, as }
}

const runs = (root: string, as: RunAs): boolean =>
  spawnSync(join(root, BIN, 'postgres'), ['--version'], { ...as, cwd: '/', env: ENV }).status === 0

async function copied(root: string): Promise<string> {
  const id = (await readFile(join(root, 'id'), 'utf8')).trim()
  const target = join(tmpdir(), `documentdb-${id}`)
  const there = await lstat(target).catch(() => null)
  if (there?.isDirectory()) {
    if (there.uid !== process.getuid?.()) throw new Error(`${target} belongs to somebody else`)
    return target
  }
  const draft = await mkdtemp(`${target}.`)
  const watcher = watch({ remove: draft })
  try {
    const made = join(draft, basename(target))
    await run('cp', ['-a', '--reflink=auto', root, made])
    // Its data is taken from the original.
    await rm(template(made), { recursive: true, force: true })
    // Whoever renames first wins; the copies are the same.
    await rename(made, target).catch(async (error) => {
      if (!(await exists(target))) throw error
    })
    return target
  } finally {
    await rm(draft, { recursive: true, force: true })
    watcher.kill()
  }
}

/** Makes unpacked packages into something that runs wherever it is, and the template of its data. */
export async function initialise(root: string): Promise<void> {
  await writeFile(join(root, 'id'), randomBytes(8).toString('hex'))
  // What the scripts of the packages would do.
  const extensions = join(root, SHARE, 'extension')
  await symlink('postgis-3.control', join(extensions, 'postgis.control'))
  await wrap(root)
  const made = await installed(root)
  const { as } = made
  const dataDir = await mkdtemp(join(tmpdir(), 'documentdb-'))
  const watcher = watch({ remove: dataDir })
  try {
    if (as.uid !== undefined && as.gid !== undefined) await chown(dataDir, as.uid, as.gid)
    const flags = [
      '--no-locale',
      '-E',
      'UTF8',
      '-A',
      'trust',
      '-U',
      'postgres',
      '--no-sync',
      '--wal-segsize=4',
      '-D',
      dataDir,
    ]
    await run(join(made.root, BIN, 'initdb'), flags, { ...as, cwd: dataDir, env: ENV })
    await extend(new DocumentDb({ ...made, dataDir, temporary: true }))
    await run('cp', ['-a', dataDir, template(root)])
  } finally {
    await rm(dataDir, { recursive: true, force: true })
    watcher.kill()
    if (made.root !== root) await rm(made.root, { recursive: true, force: true })
  }
}

async function extend(server: DocumentDb): Promise<void> {
  await started(server)
  try {
    const client = new pg.Client({ connectionString: server.url() })
    await client.connect()
    try {
      await client.query('CREATE EXTENSION documentdb CASCADE')
      await client.query('CHECKPOINT')
    } finally {
      await client.end()
    }
  } finally {
    await server.stop()
  }
}

/**
 * The programs start with the loader and the libraries beside them. A script that stands for the program, because
 * `initdb` starts `postgres` itself, from where it is.
 */
async function wrap(root: string): Promise<void> {
  const folders = (await libraries(root)).map((folder) => within(root, folder))
  const start = within(root, await loader(folders.map((folder) => join(root, folder))))
  const path = [...folders, join(BIN, '..', 'lib')].map((folder) => `$root/${folder}`).join(':')
  for (const name of ['initdb', 'postgres']) {
    const file = join(root, BIN, name)
    await rename(file, `${file}.bin`)
    const script = [
      '#!/bin/sh',
      // Found by a path, never by PATH.
      `root=\${0%/${BIN}/${name}}`,
      `exec "$root/${start}" --library-path "${path}" --argv0 "$0" "$0.bin" "$@"`,
      '',
    ]
    await writeFile(file, script.join('\n'), { mode: 0o755 })
  }
}

const within = (root: string, path: string): string => path.slice(root.length + 1)

/** The PostgreSQL behind the gateway, superuser `postgres` without password. */
export class DocumentDb extends Daemon {
  protected readonly taken = 'could not bind'
  protected readonly signals = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const
  readonly #program: string

  constructor(from: Installed & { dataDir: string; temporary: boolean }) {
    super({ ...from.as, dataDir: from.dataDir, temporary: from.temporary })
    this.#program = join(from.root, BIN, 'postgres')
  }

  url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`
  }

  protected command(): Command {
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const args = ['-D', this.dataDir, '-p', String(this.port), ...settings]
    return { program: this.#program, args, env: ENV }
  }

  protected ask(): Promise<void> {
    return answers(this.url())
  }
}
