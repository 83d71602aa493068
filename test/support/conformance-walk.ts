import { at, keys } from '../../src/backfill/work.ts'
import type { Session } from '../../src/dialects/interface/session.ts'
import type { Action } from '../../src/program/action.ts'
import type { Program } from '../../src/program/program.ts'
import type { Part } from '../../src/program/step.ts'
import type { FillByKey } from '../../src/program/walk.ts'
import type { Written } from '../../src/program/written.ts'

/** All parts of a program with actions of this kind. */
export const partsOf = <Kind extends Action['do']>(program: Program, kind: Kind) =>
  program.phases
    .flatMap(({ steps }) => steps)
    .flatMap(({ parts }) => parts)
    .filter(
      (part): part is Part & { readonly action: Extract<Action, { do: Kind }> } => part.action.do === kind,
    )

/** A key as the ledger gives it back. */
const kept = (key: readonly string[]): string[] => JSON.parse(JSON.stringify(key)) as string[]

/** Walks along the whole table as the backfill does; gives how many rows each batch wrote. */
export async function walk(session: Session, written: Written, rows: number): Promise<number[]> {
  if (written.run !== 'fill' || written.along.by !== 'key') throw new Error('this is no walk along a key')
  const walk = written as FillByKey
  const last = (await session.query(walk.along.end)).rows[0]
  if (!last) return []
  const end = kept(keys(last))
  const counts: number[] = []
  for (let cursor: string[] | null = []; cursor !== null; ) {
    const { to, count } = await batch(session, walk, { rows, end, cursor })
    counts.push(count)
    cursor = to && kept(to)
  }
  return counts
}

type Range = { readonly rows: number; readonly end: readonly string[]; readonly cursor: readonly string[] }

const batch = (session: Session, fill: FillByKey, { rows, end, cursor }: Range) =>
  session.transaction({ lockTimeout: 5000 }, async () => {
    const slice = { cursor: cursor.length === 0 ? null : cursor }
    await session.query(fill.mark)
    const boundary = await session.query(at(slice, fill.along.boundary), [rows - 1, ...end, ...cursor])
    const found = boundary.rows[0]
    const to = found ? keys(found) : end
    let count = 0
    for (const query of at(slice, fill.batch)) count += (await session.query(query, [...to, ...cursor])).count
    return { to: found ? to : null, count }
  })
