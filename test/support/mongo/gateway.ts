import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Document } from 'mongodb'
import { COMMANDS, MISSING } from './commands.ts'
import { currentOps } from './current-op.ts'
import { Cursors } from './cursors.ts'
import { Engine } from './engine.ts'
import { Cut, MongoError, toMongoError } from './errors.ts'
import { type Handler, OK, type Reply } from './lease.ts'
import { type Connection, type Operation, Operations } from './operations.ts'
import { Sessions } from './sessions.ts'
import { SET_NAME, status, type Topology } from './status.ts'
import { Framer, parse, type Request, reply } from './wire.ts'

/** Hooks may wait, throw a `MongoError` as the answer, or a `Cut` for the end of the socket. */
export type Hooks = {
  /** Nothing has been done yet. */
  readonly before?: ((command: Document, name: string) => void | Promise<void>) | undefined
  /** All has been done. An answer that is not in pages of documents may be changed. */
  readonly after?: ((command: Document, name: string, answer: Reply) => void | Promise<void>) | undefined
}

export type GatewayOptions = Hooks & {
  /** Address of a PostgreSQL with the DocumentDB extension. */
  readonly postgres: string
  /** As what it presents itself; a replica set of one member unless said otherwise. */
  readonly topology?: Topology | undefined
  /** After which time an open transaction is aborted, milliseconds. */
  readonly transactionLifetime?: number | undefined
}

const DISCONNECTED = () => new MongoError(279, 'ClientDisconnect', 'operation was interrupted')

/**
 * A server of MongoDB for tests: it speaks the wire protocol, and the DocumentDB extension of PostgreSQL does the
 * work. Without access control or encryption, on 127.0.0.1 only.
 */
export class Gateway implements AsyncDisposable {
  port = 0
  readonly #options: GatewayOptions
  readonly #engine: Engine
  readonly #operations: Operations
  readonly #sessions: Sessions
  readonly #cursors: Cursors
  readonly #handlers: Readonly<Record<string, Handler>>
  readonly #sockets = new Set<Socket>()
  readonly #connected = new Set<Connection>()
  #server: Server | null = null
  #connections = 0

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#engine = new Engine(options.postgres)
    this.#operations = new Operations(this.#engine)
    this.#sessions = new Sessions(this.#engine, options.transactionLifetime ?? 60_000)
    this.#cursors = new Cursors(this.#engine)
    this.#handlers = this.#all()
  }

  get #topology(): Topology {
    return this.#options.topology ?? 'replica set'
  }

  readonly #address = (): string => `127.0.0.1:${this.port}`

  /** On a free port the first time, on the same one again after `hide`. */
  async listen(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket))
    server.listen(this.port, '127.0.0.1')
    await once(server, 'listening')
    this.port = (server.address() as AddressInfo).port
    // What goes on here is never why a process stays.
    this.#server = server.unref()
  }

  url(database = ''): string {
    const set = this.#topology === 'replica set' ? `?replicaSet=${SET_NAME}` : ''
    return `mongodb://${this.#address()}/${encodeURIComponent(database)}${set}`
  }

  /** Destroys the sockets of all clients at once. Writes under way go on. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** As if the process had gone: no socket, no port, no cursors, no transactions. */
  async hide(): Promise<void> {
    const server = this.#server
    this.#server = null
    const closed = server && once(server, 'close')
    server?.close()
    this.cut()
    this.#cursors.close()
    this.#sessions.close()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hide()
    await this.#engine.close()
  }

  #serve(socket: Socket): void {
    const framer = new Framer()
    this.#connections += 1
    const connection: Connection = { id: this.#connections, appName: '' }
    this.#connected.add(connection)
    // One after the other: a connection has one command under way.
    let queue = Promise.resolve()
    const end = () => {
      this.#sockets.delete(socket)
      this.#connected.delete(connection)
      for (const operation of this.#operations.all())
        if (operation.connection === connection && !operation.writes) operation.stop(DISCONNECTED())
      void queue.then(() => this.#cursors.abandon(connection.id))
    }
    const answer = async (message: Buffer) => {
      const request = parse(message)
      const answered = await this.#answer(request, connection)
      if (!request.noReply && !socket.destroyed) socket.write(reply(request, answered))
    }
    this.#sockets.add(socket.setNoDelay(true))
    socket.on('close', end).on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      for (const message of framer.push(chunk))
        queue = queue.then(() => answer(message)).catch(() => void socket.destroy())
    })
  }

  async #answer(request: Request, connection: Connection): Promise<Reply> {
    const operation = this.#operations.begin(request, connection)
    const { command, name } = operation
    const { before, after } = this.#options
    connection.appName = command['client']?.application?.name ?? connection.appName
    try {
      await before?.(command, name)
      const answer = await this.#sessions.run(operation, this.#handler(operation))
      await after?.(command, name, answer)
      return answer
    } catch (error) {
      if (error instanceof Cut) throw error
      return failure(toMongoError(error))
    } finally {
      this.#operations.end(operation)
    }
  }

  #handler({ name, command }: Operation): Handler {
    if (this.#topology === 'standalone' && command['autocommit'] === false)
      throw new MongoError(20, 'IllegalOperation', 'Transaction numbers are only allowed on a replica set')
    const handler = this.#handlers[name]
    if (handler) return handler
    if (MISSING.has(name)) throw new MongoError(115, 'CommandNotSupported', `${name} is not supported here`)
    throw new MongoError(59, 'CommandNotFound', `no such command: '${name}'`)
  }

  #all(): Readonly<Record<string, Handler>> {
    const cursors = this.#cursors
    const sessions = this.#sessions
    const ops = currentOps({
      engine: this.#engine,
      operations: this.#operations,
      sessions,
      connections: () => [...this.#connected],
      address: this.#address,
    })
    const aggregate = cursors.aggregate()
    const killSessions: Handler = async ({ command }) => {
      await sessions.end(command['killSessions'] ?? command['endSessions'])
      return OK
    }
    return {
      ...COMMANDS,
      ...status({
        topology: this.#topology,
        address: this.#address,
        connections: () => this.#sockets.size,
      }),
      find: cursors.firstPage('find'),
      listCollections: cursors.firstPage('list_collections'),
      listIndexes: cursors.firstPage('list_indexes'),
      getMore: cursors.getMore,
      killCursors: cursors.kill,
      aggregate: (context) => {
        const [first = {}] = (context.command['pipeline'] ?? []) as readonly Document[]
        if ('$changeStream' in first && this.#topology === 'standalone')
          throw new MongoError(40573, 'Location40573', '$changeStream is only supported on replica sets')
        return '$currentOp' in first ? ops.aggregate(context) : aggregate(context)
      },
      currentOp: ops.currentOp,
      killOp: ops.killOp,
      killSessions,
      endSessions: killSessions,
      refreshSessions: () => OK,
      // Done by the sessions, before it comes to this.
      commitTransaction: () => OK,
      abortTransaction: () => OK,
    }
  }
}

const failure = ({ code, codeName, message, labels }: MongoError): Document => ({
  ok: 0,
  errmsg: message,
  code,
  codeName,
  ...(labels.length > 0 ? { errorLabels: labels } : {}),
})
