import { createServer, connect as dial, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What a network does to a message of the client, and to its connection. */
export type Fault =
  /** The connection ends before the server has it. */
  | 'cut before'
  /** The server has done it, and the connection ends before its answer. */
  | 'cut after'
  /** As `cut after`, with RST to both ends. */
  | 'reset'
  /** Nothing passes any more in either direction; both ends believe in their connection. */
  | 'black hole'
  /** The server has done it, and nothing passes any more, the answer neither. */
  | 'lost answer'
  /** The server hears that the client will say no more, before it has the message. */
  | 'client half-closed'
  /** The client hears that the server will say no more, before the answer. */
  | 'server half-closed'

/** A message of a client that holds this text; with `after`, the first such one behind another one that holds that. */
export type Moment = { readonly on: RegExp; readonly after?: RegExp }

/** A place between clients and a server of which tests decide what passes. It reads along, so nothing may be encrypted. */
export type Network = AsyncDisposable & {
  /** The URL of the same database by way of it. */
  through(url: string): string
  /** The next messages of this kind meet these faults, one each. */
  arm(moment: Moment, faults: readonly Fault[]): void
  /** How many faults there were. */
  readonly faults: number
  /** New connections go to this server from now on; the others end. */
  lead(url: string): void
  /** How long each piece is on its way, milliseconds. */
  latency: number
}

/** A proxy for the server of this URL, on a free port of 127.0.0.1. */
export async function startNetwork(url: string): Promise<Network> {
  let target = new URL(url)
  const armed: { readonly moment: Moment; readonly faults: Fault[]; passed: boolean }[] = []
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  const met = (message: string): Fault | undefined => {
    for (const one of armed) {
      const { on, after } = one.moment
      one.passed ||= after === undefined || after.test(message)
      if (!one.passed || one.faults.length === 0 || !on.test(message)) continue
      one.passed = false
      self.faults++
      return one.faults.shift()
    }
    return undefined
  }
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const server = dial({ host: target.hostname, port: Number(target.port), allowHalfOpen: true })
    for (const socket of [client, server]) keep(socket)
    join(client, server, met, () => self.latency)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const end = () => {
    for (const socket of sockets) socket.destroy()
  }
  const self = {
    through: (other: string) => {
      const there = new URL(other)
      there.hostname = '127.0.0.1'
      there.port = String(address.port)
      return there.href
    },
    arm: (moment: Moment, faults: readonly Fault[]) => {
      armed.push({ moment, faults: [...faults], passed: false })
    },
    faults: 0,
    latency: 0,
    lead: (other: string) => {
      target = new URL(other)
      end()
    },
    [Symbol.asyncDispose]: async () => {
      end()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
  return self
}

/** Passes on what either end says, until a fault decides otherwise. */
function join(
  client: Socket,
  server: Socket,
  met: (message: string) => Fault | undefined,
  latency: () => number,
): void {
  const open = { up: true, down: true }
  let meets: Fault | undefined
  const shut = () => {
    open.up = false
    open.down = false
  }
  const both = (end: (socket: Socket) => unknown) => () => {
    shut()
    end(client)
    end(server)
  }
  const act: Readonly<Record<Fault, () => void>> = {
    'cut before': both((socket) => socket.destroy()),
    'cut after': both((socket) => socket.destroy()),
    reset: both((socket) => socket.resetAndDestroy()),
    'black hole': shut,
    'lost answer': shut,
    'client half-closed': () => {
      open.up = false
      server.end()
    },
    'server half-closed': () => {
      open.down = false
      client.end()
    },
  }
  const pass = (from: Socket, to: Socket, way: 'up' | 'down', look: (piece: Buffer) => void) => {
    // One behind the other, or pieces that are under way would change places.
    let last = Promise.resolve()
    const then = (what: () => void) => {
      last = last.then(async () => {
        if (latency() > 0) await pause(latency())
        if (open[way]) what()
      })
    }
    from.on('data', (piece: Buffer) =>
      then(() => {
        look(piece)
        if (open[way]) to.write(piece)
      }),
    )
    from.on('end', () => then(() => to.end()))
    from.on('close', () => then(() => to.destroy()))
  }
  pass(client, server, 'up', (piece) => {
    meets ??= met(piece.toString('latin1'))
    if (meets !== undefined && BEFORE.has(meets)) act[meets]()
  })
  pass(server, client, 'down', () => {
    if (meets !== undefined) act[meets]()
  })
}

/** Those that the server never hears of what the client said. */
const BEFORE: ReadonlySet<Fault> = new Set(['cut before', 'black hole', 'client half-closed'])
