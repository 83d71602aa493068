import { setTimeout as sleep } from 'node:timers/promises'
import type { Shell } from './cli.ts'
import type { Client } from './client.ts'
import { heading, say } from './screen.ts'
import type { Tally } from './tally.ts'

/** How long each version of the application runs with no plan, and how long both run together. */
const ALONE = 5_000
const TOGETHER = 5_000

export const PLAN = 'rename-last-name'
const OLD = 'last_name'
const NEW = 'family_name'

const WHY = {
  expand: `adds ${NEW}, empty, and a trigger that carries every write from one column to the other`,
  backfill: `copies ${OLD} of the rows that were there before`,
  enforce: `gives ${NEW} what ${OLD} has: indexes, constraints, NOT NULL; nobody waits for them`,
  verify: 'proves on every row that both columns agree',
}

export type Found = { readonly old: Tally; readonly new: Tally; readonly seconds: number }

/** The whole way of the plan, with the applications around it. `start`: a version that knows only that column. */
export async function journey(
  { plan }: Shell,
  start: (column: string) => Promise<Client>,
  signal: AbortSignal,
): Promise<Found> {
  const wait = (ms: number): Promise<void> => sleep(ms, undefined, { signal })

  heading(`The old application runs; it knows only users.${OLD}`)
  const before = await start(OLD)
  say(`  ${ALONE / 1_000} seconds without any plan, to see what is normal`)
  await wait(ALONE)

  heading(`users.${OLD} becomes users.${NEW}, while it goes on`)
  const since = performance.now()
  before.period('compile')
  await plan('what will be done, to be reviewed like code', ['compile', `plans/${PLAN}.yaml`])
  for (const phase of ['expand', 'backfill', 'enforce', 'verify'] as const) {
    before.period(phase)
    await plan(WHY[phase], ['advance', PLAN, '--phase', phase])
  }

  heading(`The new application is deployed; it knows only users.${NEW}`)
  const after = await start(NEW)
  for (const client of [before, after]) client.period('together')
  say(`  ${TOGETHER / 1_000} seconds of both, side by side on the same rows`)
  await wait(TOGETHER)
  await plan('what is next?', ['advance', PLAN], 3)

  heading('The old application is stopped, and somebody says so')
  const old = await before.stop()
  after.period('contract')
  await plan('a fact that no database can know', ['confirm', 'switch-app', '--by', 'demo'])
  await plan(`proves it all again, then drops ${OLD}`, ['advance', PLAN, '--phase', 'contract', '--yes'])
  const seconds = (performance.now() - since) / 1_000

  heading(`The new application goes on; users.${OLD} is gone`)
  after.period('idle')
  say(`  ${ALONE / 1_000} seconds without any plan, to compare`)
  await wait(ALONE)
  return { old, new: await after.stop(), seconds }
}
