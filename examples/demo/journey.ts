import { setTimeout as sleep } from 'node:timers/promises'
import type { Shell } from './cli.ts'
import type { Client } from './client.ts'
import { heading, say } from './screen.ts'
import type { Tally } from './tally.ts'
import { type Leg, NEW, OLD, type Run, type Version, type Way } from './way.ts'

/** How long the application runs with no plan, and how long two versions of it run together at each deploy. */
const ALONE = 5_000
const TOGETHER = 4_000

export const PLAN = 'rename-last-name'

export type Found = {
  readonly clients: readonly { readonly name: string; readonly tally: Tally }[]
  readonly seconds: number
}

/** A version of the application that is at work. */
type Working = { readonly version: Version; readonly client: Client }

type Stage = {
  readonly shell: Shell
  /** Starts a version of the application. */
  readonly start: (version: Version) => Promise<Client>
  readonly wait: (ms: number) => Promise<void>
  readonly clients: { readonly name: string; readonly tally: Tally }[]
}

/** The whole way of the plan, with the applications around it. */
export async function journey(
  shell: Shell,
  way: Way,
  start: (version: Version) => Promise<Client>,
  signal: AbortSignal,
): Promise<Found> {
  const wait = (ms: number): Promise<void> => sleep(ms, undefined, { signal })
  const stage: Stage = { shell, start, wait, clients: [] }

  heading(`The old application runs; it ${way.first.does}`)
  let working: Working = { version: way.first, client: await start(way.first) }
  say(`  ${ALONE / 1_000} seconds without any plan, to see what is normal`)
  await wait(ALONE)

  heading(`users.${OLD} becomes users.${NEW}, while it goes on`)
  const since = performance.now()
  working.client.period('compile')
  await shell.plan('what will be done, to be reviewed like code', ['compile', `plans/${PLAN}.yaml`])
  for (const leg of way.legs) working = await walk(stage, leg, working)
  await advance(stage, working, way.end)
  const seconds = (performance.now() - since) / 1_000

  heading(`The new application goes on; users.${OLD} is gone`)
  working.client.period('idle')
  say(`  ${ALONE / 1_000} seconds without any plan, to compare`)
  await wait(ALONE)
  await stop(stage, working)
  return { clients: stage.clients, seconds }
}

/** Up to a checkpoint, and past it; gives the version that is at work then. */
async function walk(stage: Stage, { runs, checkpoint, next }: Leg, before: Working): Promise<Working> {
  const { plan } = stage.shell
  for (const run of runs) await advance(stage, before, run, checkpoint)

  heading(`The ${next.name} is deployed; it ${next.does}`)
  const after = { version: next, client: await stage.start(next) }
  for (const { client } of [before, after]) client.period('together')
  say(`  ${TOGETHER / 1_000} seconds of both, side by side on the same rows`)
  await stage.wait(TOGETHER)
  // Whoever asked for contract has been told what it waits for.
  if (runs.every(({ phase }) => phase !== 'contract')) await plan('what is next?', ['advance', PLAN], 3)

  heading(`The ${before.version.name} is stopped, and somebody says so`)
  await stop(stage, before)
  await plan('a fact that no database can know', ['confirm', checkpoint, '--by', 'demo'])
  return after
}

/** `until`: a checkpoint that is not confirmed yet. Within contract it ends the command. */
async function advance(
  { shell }: Stage,
  { client }: Working,
  { phase, why }: Run,
  until: string | null = null,
): Promise<void> {
  client.period(phase)
  const contracts = phase === 'contract'
  const words = ['advance', PLAN, '--phase', phase, ...(contracts ? ['--yes'] : [])]
  await shell.plan(why, words, contracts && until !== null ? 3 : 0)
}

async function stop({ clients }: Stage, { version, client }: Working): Promise<void> {
  clients.push({ name: version.name, tally: await client.stop() })
}
