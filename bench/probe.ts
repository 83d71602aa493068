import { setTimeout as pause } from 'node:timers/promises'
import { type Document, MongoClient } from 'mongodb'
import mysql from 'mysql2/promise'
import pg from 'pg'

/* A client in a process of its own: works on single rows at an easy pace. Arguments: URL, rows. */
const [url = '', rows = '1'] = process.argv.slice(2)
const waits: number[] = []
let failed = 0
let running = true

process.on('message', () => {
  running = false
})
process.on('disconnect', () => process.exit(0))

type Client = {
  /** Milliseconds from one turn to the next. */
  readonly pace: number
  turn(turn: number, id: number): Promise<unknown>
  end(): Promise<void>
}

/** Reads and writes. */
async function postgres(): Promise<Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench probe' })
  await client.connect()
  return {
    pace: 5,
    turn: (turn, id) =>
      turn % 2
        ? client.query('SELECT last_name FROM users WHERE id = $1', [id])
        : client.query('UPDATE users SET seen = now() WHERE id = $1', [id]),
    end: () => client.end(),
  }
}

/** Only writes: reads never wait here. */
async function mysqlClient(): Promise<Client> {
  const client = await mysql.createConnection(url)
  return {
    pace: 5,
    turn: (turn, id) =>
      client.execute('UPDATE users SET email = ? WHERE id = ?', [`changed${turn}@example.org`, id]),
    end: () => client.end(),
  }
}

/** Only writes here, too. */
async function mongodb(): Promise<Client> {
  const client = await MongoClient.connect(url, { appName: 'bench probe', maxPoolSize: 1 })
  const users = client.db().collection<Document & { _id: number }>('users')
  return {
    pace: 10,
    turn: (turn, id) => users.updateOne({ _id: id }, { $set: { email: `changed${turn}@example.org` } }),
    end: () => client.close(),
  }
}

const connect = { 'postgres:': postgres, 'mongodb:': mongodb, 'mongodb+srv:': mongodb }
const protocol = /^[a-z+]+:/.exec(url)?.[0] as keyof typeof connect
const client = await (connect[protocol] ?? mysqlClient)()
process.send?.('ready')
for (let turn = 0; running; turn++) {
  const started = performance.now()
  await client.turn(turn, 1 + Math.floor(Math.random() * Number(rows))).catch(() => failed++)
  waits.push(performance.now() - started)
  await pause(client.pace)
}
await client.end()
process.send?.({ waits, failed }, undefined, undefined, () => process.disconnect())
