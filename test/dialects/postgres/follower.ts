import type { Socket } from 'node:net'
import pg from 'pg'

/** What somebody does who reads the log and is no standby: a base backup, a copy of the log that says so, or without a word. */
export type Following = 'backup' | 'copies' | 'silent'

type Wire = {
  readonly stream: Socket
  readonly sendCopyFromChunk: (chunk: Buffer) => void
  readonly query: (text: string) => void
}

/** Speaks the protocol of replication itself: the tools that do are not among the binaries. */
export async function follows(url: string, how: Following): Promise<AsyncDisposable> {
  const config = { connectionString: url, application_name: how, replication: 'true' } as pg.ClientConfig
  const client = new pg.Client(config)
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query('IDENTIFY_SYSTEM')
  const { connection } = client as unknown as { readonly connection: Wire }
  if (how === 'backup') {
    const { rows: settings } = await client.query('SHOW server_version_num')
    const older = Number(settings[0].server_version_num) < 150_000
    connection.query(older ? 'BASE_BACKUP FAST' : "BASE_BACKUP (CHECKPOINT 'fast')")
    // Nobody takes it, so it never ends.
    connection.stream.pause()
  } else {
    connection.stream.removeAllListeners('data').resume()
    connection.query(`START_REPLICATION ${rows[0].xlogpos}`)
    const [high = '', low = ''] = String(rows[0].xlogpos).split('/')
    const position = (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
    if (how === 'copies') connection.sendCopyFromChunk(received(position))
  }
  return { [Symbol.asyncDispose]: async () => void connection.stream.destroy() }
}

/** Standby status update: written and flushed up to there, and nothing applied. */
function received(position: bigint): Buffer {
  const message = Buffer.alloc(34)
  message.write('r', 0)
  message.writeBigUInt64BE(position, 1)
  message.writeBigUInt64BE(position, 9)
  return message
}
