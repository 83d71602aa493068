import { type ChildProcess, spawn } from 'node:child_process'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { limit } from './limits.ts'

const READY_WITHIN = 60_000

export type Command = {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

type Place = {
  readonly dataDir: string
  /** The data goes when the server is disposed of. */
  readonly temporary: boolean
  /** Another account than ours to run as. */
  readonly uid?: number
  readonly gid?: number
}

/** A database server of our own: a process that holds a port of 127.0.0.1 and a directory. */
export abstract class Daemon implements AsyncDisposable {
  port = 0
  readonly dataDir: string
  readonly #place: Place
  #process: ChildProcess | null = null
  #watcher: ChildProcess | null = null
  #ended: Promise<unknown> = Promise.resolve()

  constructor(place: Place) {
    this.#place = place
    this.dataDir = place.dataDir
  }

  /** The program and its arguments for the port of this moment. */
  protected abstract command(): Command
  /** Connects and asks something; throws while it does not answer. */
  protected abstract ask(): Promise<void>
  /** What the log says when somebody else has the port. */
  protected abstract readonly taken: string
  protected abstract readonly signals: Readonly<Record<'fast' | 'immediate', NodeJS.Signals>>

  async start(): Promise<void> {
    if (this.#process) return
    const again = this.port !== 0
    for (let tries = 1; ; tries++) {
      if (!again) this.port = await freePort()
      const problem = await this.#launch()
      if (problem === null) return
      // Between our look and its bind somebody else may have taken the port.
      if (!problem.includes(this.taken) || tries === 20) throw new Error(problem)
      await pause(again ? 100 : 0)
    }
  }

  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    // Without this nothing would keep Node alive to see the end.
    this.#process?.ref()
    this.#process?.kill(this.signals[mode])
    await this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('immediate')
    if (this.#place.temporary) await rm(this.dataDir, { recursive: true, force: true })
  }

  /** Null once it answers, else why it ended. */
  async #launch(): Promise<string | null> {
    const { program, args, env } = this.command()
    const { temporary, dataDir, ...as } = this.#place
    const log = await open(join(dataDir, 'server.log'), 'w')
    const child = spawn(program, args, {
      ...as,
      ...(env ? { env } : {}),
      cwd: dataDir,
      // Its own process group: Ctrl-C is for us, and we stop it in order.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    this.#process = child
    this.#ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', () => resolve())
    }).then(() => {
      this.#process = null
      this.#watcher?.kill()
    })
    await log.close()
    if (child.pid === undefined) return `${program} cannot be started`
    this.#watcher = watch({
      end: { pid: child.pid, signal: this.signals.immediate },
      remove: temporary ? dataDir : '',
    })
    child.unref()
    if (await this.#answers()) return null
    await this.stop('immediate')
    return readFile(join(dataDir, 'server.log'), 'utf8')
  }

  async #answers(): Promise<boolean> {
    const deadline = Date.now() + limit(READY_WITHIN)
    while (this.#process && Date.now() < deadline) {
      try {
        await this.ask()
        return true
      } catch {
        await pause(25)
      }
    }
    return false
  }
}

/** The same server once it answers; one that does not leaves nothing behind. */
export async function started<T extends Daemon>(server: T): Promise<T> {
  try {
    await server.start()
    return server
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
}

/**
 * Ends a process and removes a directory when we are gone, however we went: a killed process runs no exit
 * handler, but its end of the pipe closes.
 */
export function watch(left: { end?: { pid: number; signal: NodeJS.Signals }; remove: string }): ChildProcess {
  const script = [
    'read -r _; [ -z "$1" ] || kill -s "$2" "$1"',
    // Bounded: where nobody reaps orphans, as in many containers, the ended server stays as a zombie.
    'tries=0; while [ -n "$1" ] && kill -0 "$1" && [ $tries -lt 50 ]; do tries=$((tries + 1)); sleep 0.1; done',
    '[ -z "$3" ] || rm -rf -- "$3"',
  ].join('\n')
  const { pid = '', signal = '' } = left.end ?? {}
  const watcher = spawn(
    '/bin/sh',
    ['-c', script, 'sh', String(pid), signal.replace(/^SIG/, ''), left.remove],
    { detached: true, stdio: ['pipe', 'ignore', 'ignore'] },
  )
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

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
