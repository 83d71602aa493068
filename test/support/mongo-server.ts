import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { started, watch } from './daemon.ts'
import { debianRoot } from './debian-root.ts'
import { DocumentDb, type Installed, installed } from './documentdb-program.ts'
import { Gateway, type Hooks } from './mongo/gateway.ts'
import type { Topology } from './mongo/status.ts'
import { template } from './mysql-program.ts'

const run = promisify(execFile)

export type MongoOptions = Hooks & {
  /** As what it presents itself; a replica set of one member unless said otherwise. */
  readonly topology?: Topology
  /** After which time an open transaction is aborted, milliseconds. */
  readonly transactionLifetime?: number
}

/** A server that speaks to drivers of MongoDB, on 127.0.0.1, without access control. */
export type LocalMongo = AsyncDisposable & {
  readonly engine: 'mongodb' | 'documentdb'
  readonly port: number
  readonly dataDir: string
  url(database?: string): string
  /** `fast` ends sessions and shuts down in order; `immediate` is a crash. The data stays. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Again after `stop`, on the same port. Resolves when it answers. */
  start(): Promise<void>
}

/** The one that is a gateway before a PostgreSQL, and can lose its clients. */
export type LocalDocumentDb = LocalMongo & {
  /** Destroys the sockets of all clients at once. Writes under way go on. */
  cut(): void
  /** The PostgreSQL behind it. */
  readonly postgres: string
}

/** Starts a server and waits until it answers. Disposing of it stops it and removes its temporary data. */
export async function startMongo(options: MongoOptions = {}): Promise<LocalDocumentDb> {
  const root = await debianRoot('documentdb')
  const made = await installed(root)
  const dataDir = await dataDirectory(root, made)
  const database = await started(new DocumentDb({ ...made, dataDir, temporary: true }))
  const gateway = new Gateway({ ...options, postgres: database.url() })
  try {
    await gateway.listen()
    return new Behind(database, gateway)
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}

async function dataDirectory(root: string, { as }: Installed): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'documentdb-'))
  // Copying takes long enough to be killed meanwhile; afterwards the server has a watcher of its own.
  const watcher = watch({ remove: dir })
  try {
    await run('cp', ['-a', '--reflink=auto', `${template(root)}/.`, dir])
    // The cache may have been made for an account with another number.
    if (as.uid !== undefined) await run('chown', ['-R', `${as.uid}:${as.gid}`, dir])
    return dir
  } catch (error) {
    await rm(dir, { recursive: true, force: true })
    throw error
  } finally {
    watcher.kill()
  }
}

class Behind implements LocalDocumentDb {
  readonly engine = 'documentdb'
  readonly #database: DocumentDb
  readonly #gateway: Gateway
  #up = true

  constructor(database: DocumentDb, gateway: Gateway) {
    this.#database = database
    this.#gateway = gateway
  }

  get port(): number {
    return this.#gateway.port
  }

  get dataDir(): string {
    return this.#database.dataDir
  }

  get postgres(): string {
    return this.#database.url()
  }

  url(database?: string): string {
    return this.#gateway.url(database)
  }

  cut(): void {
    this.#gateway.cut()
  }

  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    if (!this.#up) return
    this.#up = false
    // Clients must not hear of the end of PostgreSQL from the gateway: a server that goes does not speak.
    const hidden = this.#gateway.hide()
    await this.#database.stop(mode)
    await hidden
  }

  async start(): Promise<void> {
    if (this.#up) return
    await this.#database.start()
    await this.#gateway.listen()
    this.#up = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#up = false
    await this.#gateway.hide()
    await this.#database[Symbol.asyncDispose]()
    await this.#gateway[Symbol.asyncDispose]()
  }
}
