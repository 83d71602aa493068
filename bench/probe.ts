import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

/* A client in a process of its own: reads and writes single rows at an easy pace. Arguments: URL, rows. */
const [url = '', rows = '1'] = process.argv.slice(2)
const waits: number[] = []
let failed = 0
let running = true

process.on('message', () => {
  running = false
})
process.on('disconnect', () => process.exit(0))

const client = new pg.Client({ connectionString: url, application_name: 'bench probe' })
await client.connect()
const id = (): number => 1 + Math.floor(Math.random() * Number(rows))
for (let turn = 0; running; turn++) {
  const started = performance.now()
  try {
    if (turn % 2) await client.query('SELECT last_name FROM users WHERE id = $1', [id()])
    else await client.query('UPDATE users SET seen = now() WHERE id = $1', [id()])
  } catch {
    failed++
  }
  waits.push(performance.now() - started)
  await pause(2 + Math.random() * 4)
}
await client.end()
process.send?.({ waits, failed }, undefined, undefined, () => process.disconnect())
