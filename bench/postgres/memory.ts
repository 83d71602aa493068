import { startServer } from '../../test/support/server.ts'
import type { Bench } from '../bench.ts'
import { megabytes, other, say } from '../screen.ts'
import { backfill, expand, type Sample, workplace } from '../tool.ts'
import { SETTINGS } from './bench.ts'
import { createBase } from './database.ts'

const PARTS = 5

/** Memory that varies by less than this share has not grown: collections of garbage come when they come. */
const FLAT = 1.1

/** How much memory the runner has along a long backfill, and whether it grows. */
export const memory: Bench = {
  rows: 5_000_000,
  parts: [],
  run: async ({ rows }, folder) => {
    await using server = await startServer({ durable: true, settings: SETTINGS })
    say(`PostgreSQL ${server.version}, ${rows.toLocaleString('en')} rows\n`)
    const cwd = workplace(folder)
    await createBase(server, rows)
    await expand(cwd, server.url('base'))
    const { memory: samples, peak, ms, batches } = await backfill(cwd, server.url('base'))
    const peaks = parts(samples)
    if (peaks.includes(Number.NEGATIVE_INFINITY)) {
      say(`the backfill took ${Math.round(ms)} ms: too short to see how memory goes; give it more rows`)
      return
    }
    for (const [index, most] of peaks.entries())
      other(`memory of the runner at most, part ${index + 1} of ${PARTS}`, megabytes(most), '')
    const growth = (peaks.at(-1) ?? Number.NaN) / (peaks[0] ?? Number.NaN)
    other(
      '  the last part next to the first',
      `${growth.toFixed(2)} ×, ${growth <= FLAT ? 'flat' : 'it grows'}`,
      `≤ ${FLAT} ×`,
    )
    other('  at most, with start and end', megabytes(peak), '≤ 150 MB')
    other('  batches, and samples', `${batches.toLocaleString('en')}, ${samples.length}`, '')
  },
}

/** The most of each part of the time. */
function parts(samples: readonly Sample[]): number[] {
  const [from, to] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? 0]
  const length = (to - from) / PARTS
  return Array.from({ length: PARTS }, (_, part) =>
    Math.max(
      ...samples
        .filter(({ at }) => at >= from + part * length && at <= from + (part + 1) * length)
        .map(({ rss }) => rss),
    ),
  )
}
