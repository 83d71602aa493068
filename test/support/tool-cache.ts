import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exists } from './daemon.ts'
import { limit } from './limits.ts'
import { SOAK } from './seed.ts'

const run = promisify(execFile)

/** A migration tool that is too large to come with the tests of every day. */
export type HeavyTool = {
  /** Packages and their versions. */
  readonly packages: Readonly<Record<string, string>>
  /** A program that has to be on this machine. */
  readonly needs?: string
}

/** Where its packages are, or why they cannot be had. */
export type Had = { readonly modules: string } | { readonly reason: string }

/** Its packages in a directory of their own, in the cache of the user; installed once, when a deep run asks. */
export async function had(name: string, { packages, needs }: HeavyTool): Promise<Had> {
  if (!SOAK) return { reason: 'npm run test:deep fetches and runs it' }
  if (needs !== undefined && !(await runs(needs))) return { reason: `this machine has no ${needs}` }
  const versions = Object.values(packages)
    .join('-')
    .replaceAll(/[^\w.-]/g, '')
  const home = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const cache = join(home, 'expand-contract', 'tools-1')
  const target = join(cache, `${name}-${versions}`)
  const modules = join(target, 'node_modules')
  if (await exists(target)) return { modules }
  process.stderr.write(`fetching ${name}, once: ${target}\n`)
  await mkdir(cache, { recursive: true })
  const draft = await mkdtemp(join(cache, `.${name}-`))
  try {
    await writeFile(join(draft, 'package.json'), JSON.stringify({ private: true, dependencies: packages }))
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
    await run('npm', ['install', ...options], { cwd: draft, timeout: limit(300_000) })
    // Whoever renames first wins; the others have made the same.
    await rename(draft, target).catch(async (error) => {
      if (!(await exists(target))) throw error
    })
    return { modules }
  } catch (error) {
    return { reason: `npm cannot install it: ${(error as Error).message.split('\n')[0]}` }
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

const runs = (program: string): Promise<boolean> =>
  run(program, ['-version']).then(
    () => true,
    () => false,
  )
