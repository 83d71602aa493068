import type { Session } from '../dialects/interface/session.ts'
import type { ByPages } from '../program/walk.ts'
import type { Slice } from './slice.ts'
import { keys } from './work.ts'

/** The most characters that the ids of one page may have together: a command has at most 16 MB. */
const PAGE_SIZE = 6_000_000

/** The most ids in one page, however many rows a batch may have: they are all in memory, several times. */
export const PAGE_IDS = 5_000

/** The next ids of a walk as texts, in key order. */
export async function pageOf(
  session: Session,
  along: ByPages,
  { end, cursor }: Pick<Slice, 'end' | 'cursor'>,
  rows: number,
): Promise<string[]> {
  const most = Math.min(rows, PAGE_IDS)
  const ask = async (query: string, limit: number, after: readonly string[]) => {
    const found = await session.query(query, [limit, ...(end ?? []), ...after])
    return found.rows.map((row) => keys(row)[0] ?? '')
  }
  const page =
    cursor === null ? await ask(along.page.first, most, []) : await ask(along.page.next, most, cursor)
  const last = page.at(-1) ?? cursor?.[0]
  // After the last key of one BSON type the keys of the next type follow.
  if (cursor !== null && last !== undefined && page.length < most && last !== end?.[0])
    page.push(...(await ask(along.page.beyond, most - page.length, [last])))
  let size = 0
  const over = page.findIndex((id, index) => {
    size += id.length
    return index > 0 && size > PAGE_SIZE
  })
  return over === -1 ? page : page.slice(0, over)
}
