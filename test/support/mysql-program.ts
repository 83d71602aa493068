import { execFile, spawn } from 'node:child_process'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Command } from './daemon.ts'

export type Kind = 'mysql' | 'mariadb'

const run = promisify(execFile)

/** Where a root keeps an initialised data directory; a copy of it is a server that can start. */
export const template = (root: string): string => join(root, 'template')

/**
 * The server in a directory of unpacked packages. It gets the loader and the libraries of that directory, and
 * so runs on any Linux, of any account, without a chroot.
 */
export async function program(kind: Kind, root: string): Promise<Command> {
  const folders = await libraries(root)
  const share = join(root, 'usr', 'share', 'mysql')
  return {
    program: await loader(folders),
    args: [
      ...['--library-path', folders.join(':')],
      join(root, 'usr', 'sbin', kind === 'mysql' ? 'mysqld' : 'mariadbd'),
      '--no-defaults',
      // Both refuse to be root unless it is said.
      ...(process.getuid?.() === 0 ? ['--user=root'] : []),
      `--basedir=${join(root, 'usr')}`,
      `--lc-messages-dir=${share}`,
      `--character-sets-dir=${join(share, 'charsets')}`,
      `--plugin-dir=${join(root, 'usr', 'lib', 'mysql', 'plugin')}`,
    ],
    // Nothing of ours: settings and preloaded libraries of this machine are not for that server.
    env: { PATH: '/usr/bin:/bin', TZ: 'UTC', OPENSSL_CONF: '/dev/null' },
  }
}

/** Makes the template of this root: superuser `root` without password, no other users. */
export async function initialise(kind: Kind, root: string): Promise<void> {
  const { program: file, args, env } = await program(kind, root)
  const datadir = `--datadir=${template(root)}`
  const command = [...args, datadir, '--innodb_flush_method=nosync', '--innodb_doublewrite=OFF']
  await mkdir(template(root))
  if (kind === 'mariadb') return bootstrap(file, [...command, '--bootstrap'], env, root)
  // Its log of 100 MB would be copied for each server.
  const own = [
    '--initialize-insecure',
    '--secure_file_priv=NULL',
    '--mysqlx=OFF',
    '--innodb_redo_log_capacity=24M',
  ]
  await run(file, [...command, ...own], { env, cwd: root })
  // The identity of the server: each copy makes its own.
  await rm(join(template(root), 'auto.cnf'), { force: true })
}

/** What `mariadb-install-db` does; that script knows only the paths of an installed package. */
const SCRIPTS = [
  'mysql_system_tables.sql',
  'mysql_performance_tables.sql',
  'mysql_system_tables_data.sql',
  'fill_help_tables.sql',
  'maria_add_gis_sp_bootstrap.sql',
  'mysql_sys_schema.sql',
]

async function bootstrap(file: string, args: string[], env: Command['env'], root: string): Promise<void> {
  const scripts = SCRIPTS.map((name) => readFile(join(root, 'usr', 'share', 'mysql', name), 'utf8'))
  const lines = (await Promise.all(scripts)).join('\n').split('\n')
  // A user for the name of this machine would stop existing with the name.
  const sql = lines.filter((line) => !line.includes('@current_hostname')).join('\n')
  const child = spawn(file, args, { ...(env ? { env } : {}), cwd: root, stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(`CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n${sql}`)
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`mariadbd --bootstrap failed: ${said}`)
}

/** Directories of libraries: one per architecture, and twice in a Debian that still tells /lib from /usr/lib. */
export async function libraries(root: string): Promise<string[]> {
  const found: string[] = []
  for (const folder of [join(root, 'usr', 'lib'), join(root, 'lib')]) {
    const names = await readdir(folder).catch(() => [])
    found.push(...names.filter((name) => name.includes('-linux-gnu')).map((name) => join(folder, name)))
  }
  return found
}

export async function loader(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    const name = (await readdir(folder)).find((file) => /^ld-linux.*\.so\.\d+$/.test(file))
    if (name) return join(folder, name)
  }
  throw new Error('the packages contain no loader')
}
