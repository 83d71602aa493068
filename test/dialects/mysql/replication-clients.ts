import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type Connection, createConnection } from 'mysql2'
import type { Replicated } from '../../support/replicated-mysql.ts'

/** What a replica with these settings says of itself to its primary, before it asks for anything. */
export async function registered(
  { url }: { readonly url: string },
  host: string,
  port: number,
): Promise<AsyncDisposable & { readonly url: string }> {
  const connection = createConnection(url) as Connection & { readonly stream: Socket }
  await connection.promise().query('SELECT 1')
  // COM_REGISTER_SLAVE of server 98: host, no user, no password, port, no rank, any source.
  const command = Buffer.alloc(18 + host.length)
  command.writeUInt8(0x15, 0)
  command.writeUInt32LE(98, 1)
  command.writeUInt8(host.length, 5)
  command.write(host, 6)
  command.writeUInt16LE(port, 8 + host.length)
  connection.stream.removeAllListeners('data')
  const answered = once(connection.stream, 'data')
  connection.stream.write(Buffer.concat([Buffer.from([command.length, 0, 0, 0]), command]))
  await answered
  return { url, [Symbol.asyncDispose]: async () => void connection.destroy() }
}

/** What tools that follow changes do: reads the binary log without a word of who it is. */
export async function binaryLogReader({ primary, database }: Replicated): Promise<AsyncDisposable> {
  const connection = createConnection(primary.url()) as Connection & { readonly stream: Socket }
  // The server may well end it first.
  connection.on('error', () => undefined)
  await connection.promise().query("SET @master_binlog_checksum = 'NONE', @source_binlog_checksum = 'NONE'")
  // COM_BINLOG_DUMP from position 4 on, as server 99. What comes back is nobody's answer.
  const command = Buffer.from([0x12, 4, 0, 0, 0, 0, 0, 99, 0, 0, 0, ...Buffer.from('binlog.000001')])
  connection.stream.removeAllListeners('data').resume()
  connection.stream.write(Buffer.concat([Buffer.from([command.length, 0, 0, 0]), command]))
  return {
    [Symbol.asyncDispose]: async () => {
      // The server would notice only when it has something to send.
      await database.query(`KILL ${connection.threadId}`)
      connection.destroy()
    },
  }
}
