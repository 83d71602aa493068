import { timed } from './measure.ts'

/** Rows that the loop of the tutorials updates one by one; the rest is worked out. */
const SAMPLE = 3_000

type Row = Readonly<Record<string, unknown>>
type Statements = {
  /** Thousand rows from there on. */
  page(offset: number): Promise<unknown>
  first(rows: number): Promise<readonly Row[]>
  update(row: Row): Promise<unknown>
}

/** What the loop of the tutorials would take for the whole table, from two measurements. Milliseconds. */
export async function offsetLoop({ page, first, update }: Statements, rows: number): Promise<number> {
  const middle = Math.floor(rows / 2)
  // A page costs in proportion to its offset, so the one in the middle costs the average.
  await page(middle)
  const perPage = await timed(() => page(middle))
  const some = await first(Math.min(SAMPLE, rows))
  const updates = await timed(async () => {
    for (const row of some) await update(row)
  })
  return perPage * Math.ceil(rows / 1000) + (updates / some.length) * rows
}

export const offsetName = {
  name: 'loop with OFFSET, row by row',
  note: `${SAMPLE.toLocaleString('en')} rows and the middle page measured; pages cost more and more`,
}
