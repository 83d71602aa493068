import { setTimeout as pause } from 'node:timers/promises'
import { connect, type Plain, type Worker } from './traffic.ts'

/** Changes of the catalogue. */
const DDL = /^(ALTER|CREATE|DROP|COMMENT|RENAME) /

/** A build that waits for all transactions that were there before it, and lets everybody write meanwhile. */
const PATIENT = /CONCURRENTLY/

type Holder = { readonly session: Plain; readonly began: number; readonly done: readonly number[] }

type Holding = {
  readonly url: string
  /** Whether somebody stands in front of this one. */
  readonly holds: (statement: string) => boolean
  /** Until a change was tried in vain so often, and for so many milliseconds at least. */
  readonly tries: number
  readonly least: number
}

/** How often each change that somebody stood in front of was tried in vain. */
type Held = {
  readonly faults: (point: string, workers: readonly Worker[]) => Promise<void>
  readonly tries: () => ReadonlyMap<string, number>
  /** Whether there was any change of the catalogue. */
  readonly seen: () => boolean
  readonly stop: () => Promise<void>
}

/**
 * In front of changes of the catalogue, somebody who has read the table keeps a transaction open. It ends when the tool has
 * tried that change in vain as often as is asked for, and every worker has got on in the meantime.
 */
export function inFront({ url, holds, ...until }: Holding): Held {
  const tries = new Map<string, number>()
  let seen = false
  let holder: Holder | null = null
  const release = async () => {
    const { session } = holder ?? {}
    holder = null
    await session?.query('ROLLBACK')
    await session?.[Symbol.asyncDispose]()
  }
  const enough = ({ began, done }: Holder, workers: readonly Worker[]): boolean =>
    performance.now() - began >= until.least &&
    workers.every((worker, index) => worker.ended() || worker.statements() > (done[index] ?? 0))
  const begin = async (statement: string, workers: readonly Worker[]) => {
    if (holder !== null || !holds(statement)) return
    const session = await holding(url)
    if (session === null) return
    tries.set(statement, 0)
    const mine = { session, began: performance.now(), done: workers.map((worker) => worker.statements()) }
    holder = mine
    if (PATIENT.test(statement)) void endLater(mine, workers)
  }
  /** For what is tried only once. */
  const endLater = async (mine: Holder, workers: readonly Worker[]) => {
    while (holder === mine && !enough(mine, workers)) await pause(5)
    if (holder === mine) await release()
  }
  const again = async (statement: string, tried: number, workers: readonly Worker[]) => {
    if (holder === null) return
    tries.set(statement, tried)
    if (tried >= until.tries && enough(holder, workers)) await release()
  }
  return {
    faults: async (point, workers) => {
      const [, when, statement = ''] = /^(before|after) (.*)$/.exec(point) ?? []
      if (!DDL.test(statement)) return
      seen = true
      if (when === 'after') return release()
      const tried = tries.get(statement)
      await (tried === undefined ? begin(statement, workers) : again(statement, tried + 1, workers))
    },
    tries: () => tries,
    seen: () => seen,
    stop: release,
  }
}

/** Null when the tool has the table already: this is a later statement of its transaction. */
async function holding(url: string): Promise<Plain | null> {
  const session = await connect(url)
  await session.query('BEGIN')
  if (!url.startsWith('postgres')) {
    await session.query('SELECT count(*) FROM things')
    return session
  }
  try {
    await session.query('SELECT 1; LOCK TABLE things IN ROW EXCLUSIVE MODE NOWAIT')
    return session
  } catch (error) {
    await session[Symbol.asyncDispose]()
    if ((error as { code?: string }).code !== '55P03') throw error
    return null
  }
}
