import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import type { Connection, RowDataPacket } from 'mysql2/promise'
import { timed } from '../measure.ts'
import { offsetLoop } from '../tutorial.ts'
import { COLUMN, connected, type Kind } from './database.ts'

export const addColumn = (url: string): Promise<unknown> =>
  connected(url, (client) =>
    client.query(`ALTER TABLE users ADD COLUMN family_name ${COLUMN} NULL, ALGORITHM=INSTANT`),
  )

/** The fastest there is, and the one that locks every row until its end. Our triggers, if there, are told to stay out. */
export const singleUpdate = (url: string): Promise<number> =>
  connected(url, async (client) => {
    await client.query(
      "SET @plan_backfill = (SELECT LEFT(MIN(TRIGGER_NAME), CHAR_LENGTH(MIN(TRIGGER_NAME)) - 4) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME LIKE 'zz\\_plan\\_sync\\_%\\_upd')",
    )
    return timed(() => client.query('UPDATE users SET family_name = last_name'))
  })

/** What people write by hand. */
export const rangeLoop = (url: string, rows: number): Promise<number> =>
  connected(url, (client) =>
    timed(async () => {
      for (let from = 0; from < rows; from += 1_000)
        await client.query('UPDATE users SET family_name = last_name WHERE id > ? AND id <= ?', [
          from,
          from + 1_000,
        ])
    }),
  )

export const tutorial = (url: string, rows: number): Promise<number> =>
  connected(url, (client) => offsetLoop(statements(client), rows))

const statements = (client: Connection) => ({
  page: (offset: number) =>
    client.query('SELECT id, last_name FROM users ORDER BY id LIMIT 1000 OFFSET ?', [offset]),
  first: async (some: number) => {
    const [rows] = await client.query('SELECT id, last_name FROM users ORDER BY id LIMIT ?', [some])
    return rows as { id: unknown; last_name: unknown }[]
  },
  update: ({ id, last_name }: { id: unknown; last_name: unknown }) =>
    client.execute('UPDATE users SET family_name = ? WHERE id = ?', [last_name as string, id as string]),
})

export type Copier = {
  readonly name: string
  /** Adds the same column to a copy of the table, and puts the copy in its place. */
  readonly args: (at: { kind: Kind; port: number; database: string }) => readonly string[]
}

export const COPIERS: readonly Copier[] = [
  {
    name: 'pt-online-schema-change',
    args: ({ kind, port, database }) => [
      '--execute',
      '--recursion-method=none',
      `--alter=ADD COLUMN family_name ${COLUMN} NULL`,
      // Otherwise it copies the table in one statement: it cannot read what EXPLAIN says by default there.
      ...(kind === 'mysql' ? ['--set-vars=explain_format=TRADITIONAL'] : []),
      `h=127.0.0.1,P=${port},u=root,D=${database},t=users`,
    ],
  },
  {
    name: 'gh-ost',
    args: ({ kind, port, database }) => [
      '--execute',
      '--allow-on-master',
      '--ok-to-drop-table',
      '--host=127.0.0.1',
      `--port=${port}`,
      '--user=root',
      `--database=${database}`,
      '--table=users',
      `--alter=ADD COLUMN family_name ${COLUMN} NULL`,
      ...(kind === 'mariadb' ? ['--skip-metadata-lock-check'] : []),
    ],
  },
]

export const installed = ({ name }: Copier): boolean =>
  (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

export const copyTable = (url: string, { name, args }: Copier, kind: Kind): Promise<number> => {
  const { port, pathname } = new URL(url)
  const words = args({ kind, port: Number(port), database: pathname.slice(1) })
  return timed(() => ended(name, words))
}

/** Throws unless every row is in the copy that stands in the table's place now. */
export const checkCopy = (url: string, rows: number): Promise<void> =>
  connected(url, async (client) => {
    const [[found]] = await client.query<RowDataPacket[]>(
      'SELECT COUNT(*) AS count FROM users WHERE family_name IS NULL',
    )
    if (Number(found?.['count']) !== rows) throw new Error(`it left ${found?.['count']} of ${rows} rows`)
  })

const ended = (name: string, words: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(name, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        said += data
      })
    child.once('error', reject)
    child.once('close', (exit) =>
      exit === 0 ? resolve() : reject(new Error(`it ended with ${exit}: ${reason(said)}`)),
    )
  })

/** Of all that a tool said, the line that tells why it gave up. */
function reason(said: string): string {
  const lines = said.split('\n').map((line) => line.trim())
  const telling = lines.findLast((line) => /\b(fail|error|fatal|cannot|can't)/i.test(line))
  return telling ?? lines.findLast((line) => line !== '') ?? 'it said nothing'
}
