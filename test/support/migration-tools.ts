import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { limit } from './limits.ts'

/** A migration tool as a team has it: a project, and the commands that they type. */
export type RealTool = {
  readonly name: string
  /** As people write it, and the package whose version counts. */
  readonly shown: string
  readonly package: string
  readonly kinds: readonly ('postgres' | 'mysql')[]
  /** The files of a project that uses the tool on the database with this URL. */
  readonly project: (url: URL) => Readonly<Record<string, string>>
  /** Where its migrations are. */
  readonly folder: string
  /** What a team did once, for a database that was there before the tool. */
  readonly begin?: readonly string[]
  /** Applies all that is there. */
  readonly up: readonly string[]
  /** Takes the last file back; null where it cannot. */
  readonly down: readonly string[] | null
  /** The names in its own ledger, in order; the tables that it keeps for itself. */
  readonly ledger: string
  readonly tables: RegExp
  /** How a question stops it, where that is not as with the others. */
  readonly stops?: string
  /** It does not say why a file fails. */
  readonly silent?: true
  /** What is in its folder beside migrations. */
  readonly beside?: RegExp
  /** The packages that it is installed among, when not among ours. */
  readonly modules?: string
  readonly env?: Readonly<Record<string, string>>
}

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** How a command of a tool ended, and all that it said. */
export type Said = { readonly code: number | null; readonly text: string }

/** A project of a team, in a folder of its own. */
export type ToolProject = AsyncDisposable & {
  readonly dir: string
  readonly run: (argv: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Said>
}

export async function toolProject(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  modules = MODULES,
): Promise<ToolProject> {
  const dir = await mkdtemp(join(tmpdir(), 'tool-'))
  await symlink(modules, join(dir, 'node_modules'))
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, file)), { recursive: true })
    await writeFile(join(dir, file), text)
  }
  return {
    dir,
    run: ([command = '', ...argv], more = {}) => said(command, argv, dir, { ...env, ...more }),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}

/** Most that a tool may say. */
const MOST = 1_000_000

function said(
  command: string,
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Said> {
  const program =
    command === 'node'
      ? process.execPath
      : command.includes('/')
        ? command
        : join(cwd, 'node_modules', '.bin', command)
  const child = spawn(program, argv, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, NODE_ENV: 'development', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limit(120_000),
    killSignal: 'SIGKILL',
  })
  let text = ''
  const take = (more: string) => {
    text = `${text}${more}`.slice(-MOST)
  }
  child.stdout.setEncoding('utf8').on('data', take)
  child.stderr.setEncoding('utf8').on('data', take)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, text }))
  })
}
