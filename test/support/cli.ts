import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Io } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'

/** What one command line left: exit status, data on stdout, messages on stderr. */
export type Ran = { readonly status: number; readonly out: string; readonly err: string }

type Options = {
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
} & Partial<Pick<Io, 'faults' | 'timeout' | 'sleep'>>

/** Runs `plan` in this process against a database, without a terminal. */
export async function plan(
  database: { readonly url: string },
  cwd: string,
  argv: readonly string[],
  options: Options = {},
): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const io: Io = {
    out: (text) => void out.push(text),
    say: (text) => void err.push(`${text}\n`),
    redraw: () => undefined,
    terminal: false,
    width: 100,
    color: false,
    env: { PLAN_DATABASE_URL: database.url, ...options.env },
    cwd,
    ask: () => Promise.reject(new Error('there is no terminal to ask on')),
    signal: options.signal ?? new AbortController().signal,
    ...(options.faults && { faults: options.faults }),
    ...(options.timeout !== undefined && { timeout: options.timeout }),
    ...(options.sleep && { sleep: options.sleep }),
  }
  const status = await run(argv, io, '0.0.0')
  return { status, out: out.join(''), err: err.join('') }
}

/** A working directory with one plan in `plans/`. Disposing of it removes it. */
export type Folder = AsyncDisposable & {
  readonly path: string
  /** Writes the plan anew. */
  write(text: string): Promise<void>
}

/** A fresh working directory that holds this plan file, with these files beside it. */
export async function planFolder(
  text: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'plan-'))
  await mkdir(join(path, 'plans'))
  const write = (plan: string) => writeFile(join(path, 'plans', 'plan.yaml'), plan)
  await write(text)
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, 'plans', name), content)
  return {
    path,
    write,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}
