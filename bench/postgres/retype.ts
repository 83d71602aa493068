import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalServer } from '../../test/support/server.ts'
import { clientLines, probing } from '../client.ts'
import { median } from '../measure.ts'
import { other, ratio } from '../screen.ts'
import { backfill, expand, workplace } from '../tool.ts'
import { connected, copy, warm } from './database.ts'

const WIDER = 'change_type: { table: users, column: visits, to: bigint }'

/** Two changes of the same table: another type under the same name, and another name. */
const CHANGES = [
  { name: 'int to bigint', intent: WIDER },
  { name: 'rename of a text', intent: undefined },
] as const

/** How fast a column gets a wider type, beside the rename of one, and what a client sees of that. */
export async function retype(server: LocalServer, cwd: string, rows: number, rounds: number): Promise<void> {
  await copy(server, 'base', 'counted')
  await connected(server.url('counted'), async (client) => {
    await client.query('ALTER TABLE users ADD COLUMN visits int NOT NULL DEFAULT 7')
    await client.query('VACUUM (FREEZE, ANALYZE) users')
  })
  const taken = CHANGES.map((): number[] => [])
  for (let round = 0; round < rounds; round++)
    for (const [index, { intent }] of CHANGES.entries()) {
      const { folder, url } = await expanded(server, join(cwd, `retype-${index}`), {
        ...(intent && { intent }),
      })
      taken[index]?.push((await backfill(folder, url)).ms)
    }
  const [wider = Number.NaN, renamed = Number.NaN] = taken.map(median)
  const speed = (ms: number): string => `${Math.round(rows / (ms / 1_000)).toLocaleString('en')} rows/s`
  for (const [index, { name }] of CHANGES.entries())
    other(`backfill of ${name}`, speed(median(taken[index] ?? [])), '')
  other('  the type takes so many times as long as the rename', ratio(wider / renamed), '')
  const { folder, url } = await expanded(server, join(cwd, 'retype-client'), {
    ...{ intent: WIDER, duty: 0.1, target: 50 },
  })
  const idle = await probing(url, rows, () => sleep(15_000))
  const busy = await probing(url, rows, () => backfill(folder, url))
  clientLines('int to bigint, throttled to a tenth of the time', idle, busy, ['≤ 2 ×', '0 failed'])
}

async function expanded(server: LocalServer, cwd: string, pace: Parameters<typeof workplace>[1]) {
  const folder = workplace(cwd, pace)
  await copy(server, 'counted', 'retyped')
  const url = server.url('retyped')
  await expand(folder, url)
  await warm(url)
  return { folder, url }
}
