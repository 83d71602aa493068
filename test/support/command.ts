import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject } from 'vitest'
import type { Io } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'
import type { Code } from '../../src/errors.ts'
import type { Server } from './databases.ts'
import { limit } from './limits.ts'
import { createPlace, type Place } from './places.ts'

export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** How a command ended. `err` is what it said, `out` its data. */
export type Ended = {
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

/** A command under way. */
export type Running = {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** All that it wrote until now, data and messages. */
  readonly said: () => string
  /** Resolves when it has written this. Fails when it ends without. */
  readonly says: (text: string | RegExp) => Promise<void>
}

type Options = { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string }

/** What only a command in this process can be given. */
type Inside = Options & Partial<Pick<Io, 'faults' | 'timeout' | 'sleep' | 'signal' | 'terminal' | 'ask'>>

/** A folder with plan files, a database, and the command to run there. */
export type Bench = AsyncDisposable & {
  readonly dir: string
  readonly database: Place
  /** Runs a command to its end, in this process: starting another one takes longer than most commands. */
  readonly plan: (...args: readonly string[]) => Promise<Ended>
  readonly planWith: (options: Inside, ...args: readonly string[]) => Promise<Ended>
  /** Starts the built command in a process of its own. */
  readonly start: (...args: readonly string[]) => Running
  readonly startWith: (options: Options, ...args: readonly string[]) => Running
  readonly write: (file: string, text: string) => Promise<void>
  readonly read: (file: string) => Promise<string>
}

/** Makes the database with these statements, and these files in a folder of its own. */
export async function bench(
  server: { readonly url: string | null },
  sql: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Bench> {
  const database = await createPlace(server)
  const dir = await mkdtemp(join(tmpdir(), 'bench-'))
  const running = new Set<Running>()
  const begin = ({ env, cwd = dir }: Options, args: readonly string[]) => {
    const one = launch(args, cwd, { PLAN_DATABASE_URL: database.url, ...env })
    running.add(one)
    return one
  }
  const inside = ({ env, cwd = dir, ...more }: Inside, args: readonly string[]) =>
    call(args, cwd, { PLAN_DATABASE_URL: database.url, ...env }, more)
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(dir, file)), { recursive: true })
    await writeFile(join(dir, file), text)
  }
  for (const statement of sql) await database.query(statement)
  for (const [file, text] of Object.entries(files)) await write(file, text)
  return {
    dir,
    database,
    plan: (...args) => inside({}, args),
    planWith: (options, ...args) => inside(options, args),
    start: (...args) => begin({}, args),
    startWith: (options, ...args) => begin(options, args),
    write,
    read: (file) => readFile(join(dir, file), 'utf8'),
    [Symbol.asyncDispose]: async () => {
      // A stopped process would stay for ever.
      for (const { child } of running) if (child.exitCode === null) child.kill('SIGKILL')
      await database[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function call(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  more: Partial<Io>,
): Promise<Ended> {
  let [out, err] = ['', '']
  const io: Io = {
    out: (text) => {
      out += text
    },
    say: (text) => {
      err += `${text}\n`
    },
    redraw: () => undefined,
    terminal: false,
    width: 100,
    color: false,
    env,
    cwd,
    ask: () => Promise.reject(new Error('nobody can be asked')),
    signal: new AbortController().signal,
    ...more,
  }
  const code = await run(args, io, '0.0.0')
  return { code, signal: null, out, err }
}

/** Starts the built command in a process of its own. */
export function launch(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, out, err }))
  })
  const said = () => out + err
  const says = (text: string | RegExp) =>
    until(`the command says ${text}`, async () => {
      if (typeof text === 'string' ? said().includes(text) : text.test(said())) return true
      if (child.exitCode !== null) throw new Error(`it ended without saying ${text}:\n${said()}`)
      return false
    })
  return { child, ended, said, says: async (text) => void (await says(text)) }
}

/** Looks until it finds something. */
export async function until<T>(what: string, look: () => Promise<T | false | null | undefined>): Promise<T> {
  for (const deadline = Date.now() + limit(40_000); ; ) {
    const found = await look()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`)
    await pause(25)
  }
}

/** It went well; what it said is shown when not. */
export function done(ended: Ended): Ended {
  expect(`${ended.code} ${ended.signal ?? ''}\n${ended.code === 0 ? '' : ended.err}`).toBe('0 \n')
  return ended
}

/** It was refused with this status and code, and a hint, saying all of that. */
export function refused(
  ended: Ended,
  exit: number,
  code: Code,
  ...says: readonly (string | RegExp)[]
): Ended {
  expect(`${ended.code}\n${ended.err}`).toMatch(new RegExp(`^${exit}\n`))
  expect(ended.err).toContain(code)
  expect(ended.err).toMatch(/^ {2}hint: \S/m)
  for (const text of says) expect(ended.err).toMatch(text)
  expect(ended.err).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m)
  return ended
}

/** On the newest server there is: for what does not depend on its version. */
export function describePostgres(name: string, suite: (server: Server & { url: string }) => void): void {
  const servers = inject('servers')
  const [server] = servers.filter(({ url }) => url !== null).slice(-1)
  if (server?.url) describe(`${name} on ${server.name}`, () => suite({ ...server, url: server.url ?? '' }))
  else
    describe.skip(`${name} (${servers.at(-1)?.reason})`, () =>
      suite({ name, url: '', number: 0, reason: '' }))
}
