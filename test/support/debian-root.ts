import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exists, watch } from './daemon.ts'
import { initialise as initialiseDocumentDb } from './documentdb-program.ts'
import { initialise, type Kind as Mysql } from './mysql-program.ts'

const run = promisify(execFile)

export type Kind = Mysql | 'documentdb'

/** Of which Debian: a stable release keeps its version, the newest of MySQL is only in unstable. */
const PACKAGES = {
  mysql: { title: 'MySQL', suite: 'sid', name: 'mysql-server-core' },
  mariadb: { title: 'MariaDB', suite: 'bookworm', name: 'mariadb-server-core' },
  documentdb: { title: 'DocumentDB', suite: 'sid', name: 'postgresql-18-documentdb' },
} as const

/** What a server does not read. */
const UNUSED = [
  'doc',
  'man',
  'locale',
  'perl',
  'lintian',
  'bug',
  'i18n',
  'proj',
  'gdal',
  'fonts',
  'info',
].map((name) => `--exclude=./usr/share/${name}`)
const EXCLUDED = [
  ...UNUSED,
  '--exclude=./usr/bin',
  '--exclude=./usr/lib/*/perl*',
  '--exclude=./usr/lib/postgresql/*/lib/bitcode',
  '--exclude=./etc',
]

const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg'

const roots = new Map<Kind, Promise<string>>()

/**
 * A directory with the server and all that it needs, unpacked from Debian's packages, and with a template of its
 * data. Made once, in the cache of the user. Neither the packages of this machine nor the state of its apt change.
 */
export function debianRoot(kind: Kind): Promise<string> {
  const known = roots.get(kind) ?? cached(kind)
  roots.set(kind, known)
  // A later suite tries again.
  known.catch(() => roots.delete(kind))
  return known
}

async function cached(kind: Kind): Promise<string> {
  const { title, suite } = PACKAGES[kind]
  const home = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  // The number is that of the layout within.
  const cache = join(home, 'expand-contract', 'servers-1')
  const target = join(cache, `${kind}-${suite}-${process.arch}`)
  if (await exists(target)) return target
  process.stderr.write(`building a private ${title} server, once: ${target}\n`)
  await mkdir(cache, { recursive: true })
  const draft = await mkdtemp(join(cache, `.${kind}-`))
  const watcher = watch({ remove: draft })
  try {
    await build(kind, draft)
    // Whoever renames first wins; the others have made the same.
    await rename(join(draft, 'root'), target).catch(async (error) => {
      if (!(await exists(target))) throw error
    })
    return target
  } catch (error) {
    throw new Error(`no private ${title} server: ${reason(error)}`)
  } finally {
    await rm(draft, { recursive: true, force: true })
    watcher.kill()
  }
}

async function build(kind: Kind, draft: string): Promise<void> {
  const { suite, name } = PACKAGES[kind]
  const root = join(draft, 'root')
  await mkdir(root)
  const archives = await download(join(draft, 'apt'), suite, name)
  for (const archive of archives) await unpack(archive, root)
  await (kind === 'documentdb' ? initialiseDocumentDb(root) : initialise(kind, root))
}

/** Packages with all that they depend on, down to the C library: for apt this is a machine without any. */
async function download(dir: string, suite: string, name: string): Promise<string[]> {
  const archives = join(dir, 'archives')
  for (const part of ['lists/partial', 'archives/partial']) await mkdir(join(dir, part), { recursive: true })
  await writeFile(join(dir, 'status'), '')
  await writeFile(join(dir, 'sources.list'), `deb [signed-by=${KEYS}] ${await mirror()} ${suite} main\n`)
  await writeFile(join(dir, 'apt.conf'), await settings(dir))
  const env = { ...process.env, LC_ALL: 'C', APT_CONFIG: join(dir, 'apt.conf') }
  await run('apt-get', ['-qq', 'update'], { env })
  await run('apt-get', ['-qq', '-y', '--download-only', 'install', name], { env })
  const files = await readdir(archives)
  return files.filter((file) => file.endsWith('.deb')).map((file) => join(archives, file))
}

async function unpack(archive: string, root: string): Promise<void> {
  const script = 'archive=$1 root=$2; shift 2; dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$root" "$@"'
  await run('/bin/sh', ['-c', script, 'sh', archive, root, '--no-same-owner', ...EXCLUDED])
}

/** Where apt gets Debian from on this machine. */
async function mirror(): Promise<string> {
  const labelled = await sources('$(LABEL) $(REPO_URI)')
  // The labels are in the lists, which most images come without.
  const found =
    labelled.find((source) => source.startsWith('Debian ')) ??
    (await sources('any $(REPO_URI)', '--no-release-info')).find((source) => /\/debian\/?$/.test(source))
  if (!found) throw new Error('apt has no mirror of Debian here')
  return found.replace(/^\S+ /, '').replace(/\/$/, '')
}

async function sources(format: string, ...flags: string[]): Promise<string[]> {
  const args = ['indextargets', ...flags, '--format', format, 'Created-By: Packages']
  return (await run('apt-get', args)).stdout.split('\n')
}

/** All of apt's state in that directory. Of its settings here only how to fetch, a proxy for example. */
async function settings(dir: string): Promise<string> {
  const { stdout } = await run('apt-config', ['dump'])
  const fetching = stdout.split('\n').filter((line) => line.startsWith('Acquire::'))
  const own = {
    'Dir::State': dir,
    'Dir::State::status': join(dir, 'status'),
    'Dir::Cache': dir,
    'Dir::Log': dir,
    'Dir::Etc::sourcelist': join(dir, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    // Hooks of this machine are about its own packages.
    'Dir::Etc::main': '/dev/null',
    'Dir::Etc::parts': '/dev/null',
    'APT::Install-Recommends': 'false',
    'APT::Update::Error-Mode': 'any',
    // Its own account could not write here.
    'APT::Sandbox::User': 'root',
    'Acquire::Check-Valid-Until': 'false',
    'Acquire::Languages': 'none',
  }
  return [...fetching, ...Object.entries(own).map(([name, value]) => `${name} "${value}";`), ''].join('\n')
}

/** One line: what the program complained about, without the password that an address may carry. */
function reason(error: unknown): string {
  const { code, path, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string }
  if (code === 'ENOENT' && path === 'apt-get') return 'this machine has no apt-get'
  const lines = `${stderr ?? ''}\n${message}`.split('\n').filter((line) => line.trim() !== '')
  const line = lines.find((text) => /^E:|ERROR/.test(text)) ?? lines[0] ?? ''
  return line.replaceAll(/\/\/[^/@\s]*@/g, '//')
}
