import { randomInt } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'

/** As PgBouncer does in these modes. */
export type PoolMode = 'session' | 'transaction' | 'statement'

type Pooler = AsyncDisposable & {
  /** The same database by way of the pooler. */
  readonly url: string
  /** How many sessions it has opened at the server. */
  readonly sessions: () => number
}

type Backend = {
  readonly socket: Socket
  client: Socket | null
}

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const READY = message('Z', Buffer.from('I'))
const REFUSED = message('E', Buffer.from('SERROR\0VERROR\0C08P01\0Mtransaction blocks not allowed\0\0'))

/** Messages of the protocol, as they become complete. `first`: the first one has no type. */
function reader(first: boolean, told: (type: string, whole: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  let plain = first
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const at = plain ? 0 : 1
      if (rest.length < at + 4) return
      const length = at + rest.readInt32BE(at)
      if (rest.length < length) return
      const whole = rest.subarray(0, length)
      rest = rest.subarray(length)
      const type = plain ? '' : String.fromCharCode(whole[0] ?? 0)
      plain = false
      told(type, whole)
    }
  }
}

/** A session at the server, ready to be given to a client. `done`: the server says that it waits for the next statement. */
function openBackend(target: URL, done: (backend: Backend, status: string) => void): Promise<Backend> {
  const startup = Buffer.from(`user\0${target.username}\0database\0${target.pathname.slice(1)}\0\0`)
  const head = Buffer.alloc(8)
  head.writeInt32BE(startup.length + 8)
  head.writeInt32BE(196_608, 4)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(target.port), target.hostname)
    const backend: Backend = { socket, client: null }
    let greeted = false
    socket.setNoDelay()
    socket.once('error', reject)
    socket.write(Buffer.concat([head, startup]))
    const told = (type: string, whole: Buffer) => {
      if (greeted) backend.client?.write(whole)
      else if (type === 'Z') {
        greeted = true
        resolve(backend)
        return
      }
      if (greeted && type === 'Z') done(backend, whole.toString('latin1', 5))
    }
    socket.on('data', reader(false, told))
  })
}

/**
 * A small pooler before a PostgreSQL that asks for no password: sessions of the server are handed to whoever has something to do,
 * the last used one first, until its transaction (or all it wanted) has ended.
 */
export async function startPooler(target: string, mode: PoolMode): Promise<Pooler> {
  const all: Backend[] = []
  const clients = new Set<Socket>()
  const idle: Backend[] = []
  const release = (backend: Backend, status: string) => {
    if (mode === 'session' || status !== 'I') return
    backend.client = null
    idle.push(backend)
  }
  const backendOf = async (client: Socket): Promise<Backend> => {
    const kept = all.find((one) => one.client === client)
    if (kept) return kept
    const backend = idle.pop() ?? (await openBackend(new URL(target), release))
    backend.client = client
    if (!all.includes(backend)) all.push(backend)
    return backend
  }
  const answer = async (client: Socket, type: string, whole: Buffer): Promise<unknown> => {
    if (type === '') return client.write(greeting())
    if (type === 'X') return client.end()
    if (mode === 'statement' && whole.includes('BEGIN')) return client.write(Buffer.concat([REFUSED, READY]))
    return (await backendOf(client)).socket.write(whole)
  }
  const server = createServer((client) => {
    clients.add(client)
    client.setNoDelay()
    client.on('error', () => undefined)
    let sending: Promise<unknown> = Promise.resolve()
    const told = (type: string, whole: Buffer) => {
      sending = sending.then(() => answer(client, type, whole))
    }
    client.on('data', reader(true, told))
    // What it may have left open is not worth keeping.
    client.on('close', () => all.find((one) => one.client === client)?.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(typeof address === 'object' && address ? address.port : 0)
  return {
    url: url.href,
    sessions: () => all.length,
    [Symbol.asyncDispose]: async () => {
      for (const socket of [...clients, ...all.map((one) => one.socket)]) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** It lets everybody in, and makes up what a cancel request would have to name. */
function greeting(): Buffer {
  const key = Buffer.alloc(8)
  key.writeInt32BE(randomInt(2 ** 31))
  return Buffer.concat([message('R', Buffer.alloc(4)), message('K', key), READY])
}
