import { expect, it } from 'vitest'
import type { Shell } from '../../src/cli/io.ts'
import { watcher } from '../../src/cli/watch.ts'

const said = (row: string, progress: { rows: number; estimate: number; eta: number | null }): string => {
  const lines: string[] = []
  const io = { terminal: false, say: (text: string) => lines.push(text) } as unknown as Shell
  watcher(io, false, row).report({
    ...{ event: 'progress', step: 'backfill.1', table: 'users', batches: 3, rate: 250 },
    ...progress,
  })
  return lines.join('\n')
}

it('tells how far a backfill is, in the words of its database', () => {
  expect(said('row', { rows: 500, estimate: 1_000, eta: 2_000 })).toBe(
    '  users: 500 rows (50 %), 3 batches, 250 rows/s, about 2s left',
  )
  expect(said('document', { rows: 1, estimate: 1_000, eta: null })).toBe(
    '  users: 1 document (0 %), 3 batches, 250 documents/s',
  )
})

it('does not tell that all is done while a backfill is under way, whatever the estimate was', () => {
  expect(said('row', { rows: 1_200, estimate: 1_000, eta: null })).toBe(
    '  users: 1,200 rows (99 %), 3 batches, 250 rows/s',
  )
})
