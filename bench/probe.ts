import { setTimeout as pause } from 'node:timers/promises'
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

type Client = { turn(turn: number, id: number): Promise<unknown>; end(): Promise<void> }

/** Reads and writes. */
async function postgres(): Promise<Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench probe' })
  await client.connect()
  return {
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
    turn: (turn, id) =>
      client.execute('UPDATE users SET email = ? WHERE id = ?', [`changed${turn}@example.org`, id]),
    end: () => client.end(),
  }
}

const client = await (url.startsWith('postgres') ? postgres() : mysqlClient())
process.send?.('ready')
for (let turn = 0; running; turn++) {
  const started = performance.now()
  await client.turn(turn, 1 + Math.floor(Math.random() * Number(rows))).catch(() => failed++)
  waits.push(performance.now() - started)
  await pause(5)
}
await client.end()
process.send?.({ waits, failed }, undefined, undefined, () => process.disconnect())
