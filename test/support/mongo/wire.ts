import { BSON, type Document } from 'mongodb'

const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013
const CHECKSUM_PRESENT = 1
const MORE_TO_COME = 2

/** A command as it came over the wire. */
export type Request = {
  readonly id: number
  readonly opCode: number
  /** The client does not wait for an answer. */
  readonly noReply: boolean
  /** The command as received: the engine gets these very bytes. */
  readonly raw: Buffer
  /** The same decoded, its numbers still of their BSON types. */
  readonly command: Document
  /** Documents that came beside the command, by the field they stand for, back to back. */
  readonly sequences: ReadonlyMap<string, Buffer>
}

export const encode = (document: Document): Buffer =>
  Buffer.from(BSON.serialize(document, { ignoreUndefined: true }))

/** Numbers keep their types: an Int32 that came back as a Double would be another value. */
export const decode = (raw: Uint8Array): Document => BSON.deserialize(raw, { promoteValues: false })

/** Of a BSON number of whatever type; 0 when there is none. */
export const number = (value: unknown): number => Number(String(value ?? 0))

export function parse(message: Buffer): Request {
  const opCode = message.readInt32LE(12)
  if (opCode === OP_QUERY) return greeting(message)
  if (opCode !== OP_MSG) throw new Error(`unsupported opcode ${opCode}`)
  const flags = message.readUInt32LE(16)
  const end = message.length - (flags & CHECKSUM_PRESENT ? 4 : 0)
  const sequences = new Map<string, Buffer>()
  let raw: Buffer | null = null
  for (let at = 20; at < end; ) {
    const kind = message[at++]
    const size = message.readInt32LE(at)
    if (kind === 0) raw = documentAt(message, at)
    else {
      const name = message.indexOf(0, at + 4)
      sequences.set(message.toString('utf8', at + 4, name), message.subarray(name + 1, at + size))
    }
    at += size
  }
  if (!raw) throw new Error('a message without a command')
  const noReply = (flags & MORE_TO_COME) !== 0
  return { id: message.readInt32LE(4), opCode, noReply, raw, command: decode(raw), sequences }
}

/** Drivers still send the first `hello` in the format of before 3.6. */
function greeting(message: Buffer): Request {
  const name = message.indexOf(0, 20)
  const [db] = message.toString('latin1', 20, name).split('.', 1)
  const raw = documentAt(message, name + 9)
  const command = { ...decode(raw), $db: db }
  const id = message.readInt32LE(4)
  return { id, opCode: OP_QUERY, noReply: false, raw, command, sequences: new Map() }
}

const documentAt = (message: Buffer, at: number): Buffer => message.subarray(at, at + message.readInt32LE(at))

export function reply(request: Request, answer: Document | Buffer): Buffer {
  const body = Buffer.isBuffer(answer) ? answer : encode(answer)
  const old = request.opCode === OP_QUERY
  const head = Buffer.alloc(old ? 16 + 20 : 16 + 5)
  head.writeInt32LE(head.length + body.length, 0)
  head.writeInt32LE(request.id, 8)
  head.writeInt32LE(old ? OP_REPLY : OP_MSG, 12)
  if (old) {
    const AWAIT_CAPABLE = 8
    head.writeInt32LE(AWAIT_CAPABLE, 16)
    // One document follows.
    head.writeInt32LE(1, 32)
  }
  return Buffer.concat([head, body])
}

/** Cuts a stream of bytes into messages. */
export class Framer {
  #pending: Buffer[] = []
  #size = 0

  push(chunk: Buffer): Buffer[] {
    this.#pending.push(chunk)
    this.#size += chunk.length
    const messages: Buffer[] = []
    while (this.#size >= 4) {
      const first = this.#pending[0]
      const size = (first && first.length >= 4 ? first : this.#join()).readInt32LE(0)
      if (this.#size < size) break
      const all = this.#join()
      messages.push(all.subarray(0, size))
      this.#pending = [all.subarray(size)]
      this.#size -= size
    }
    return messages
  }

  /** Only when a message is complete: a large one comes in thousands of chunks. */
  #join(): Buffer {
    const all = Buffer.concat(this.#pending)
    this.#pending = [all]
    return all
  }
}
