import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LocalServer } from '../../test/support/server.ts'
import { median } from '../measure.ts'
import { other, ratio } from '../screen.ts'
import { backfill, expand, workplace } from '../tool.ts'
import { offsetLoop, offsetName } from '../tutorial.ts'
import { connected, copy, warm } from './database.ts'

const MODULE = `import { createHash } from 'node:crypto'
export const hashed = ({ last_name }) => createHash('sha256').update(last_name).digest('hex')
`
const FILL = '{ module: { from: "./transforms/name.js#hashed", reads: [last_name] } }'
const INTENT = `add_column: { table: users, column: hash, type: varchar(64), fill: ${FILL} }`

/** How fast a function of a module fills a column, beside the loop of the tutorials that computes the same. */
export async function modules(server: LocalServer, cwd: string, rows: number, rounds: number): Promise<void> {
  const taken: number[] = []
  for (let round = 0; round < rounds; round++) {
    const folder = workplace(join(cwd, 'module'), { intent: INTENT })
    mkdirSync(join(folder, 'plans', 'transforms'), { recursive: true })
    writeFileSync(join(folder, 'plans', 'transforms', 'name.js'), MODULE)
    await copy(server, 'base', 'computed')
    const url = server.url('computed')
    await expand(folder, url)
    await warm(url)
    taken.push((await backfill(folder, url)).ms)
  }
  await copy(server, 'base', 'looped')
  const looped = await connected(server.url('looped'), async (client) => {
    await client.query('ALTER TABLE users ADD COLUMN hash varchar(64)')
    return await offsetLoop(
      {
        page: (offset) =>
          client.query('SELECT id, last_name FROM users ORDER BY id LIMIT 1000 OFFSET $1', [offset]),
        first: async (some) =>
          (await client.query('SELECT id, last_name FROM users ORDER BY id LIMIT $1', [some])).rows,
        update: (row) =>
          client.query('UPDATE users SET hash = $1 WHERE id = $2', [
            createHash('sha256').update(String(row['last_name'])).digest('hex'),
            row['id'],
          ]),
      },
      rows,
    )
  })
  const speed = (ms: number): string => `${Math.round(rows / (ms / 1_000)).toLocaleString('en')} rows/s`
  other('backfill by a module', speed(median(taken)), '')
  other(offsetName.name, speed(looped), offsetName.note)
  other('  the loop takes so many times as long as the module', ratio(looped / median(taken)), '')
}
