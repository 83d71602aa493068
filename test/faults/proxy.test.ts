import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { type Bench, bench, done } from '../support/command.ts'
import { limit } from '../support/limits.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { type Fault, type Moment, type Network, startNetwork } from '../support/proxy.ts'
import { left } from '../support/sessions.ts'
import { PLAN } from '../support/users.ts'
import { prepared, UNTHROTTLED, undisturbed } from './cut.ts'

/** The server does not get to know, so the same message comes again and meets the next one. */
const UNHEARD: readonly Fault[] = ['cut before', 'black hole', 'client half-closed']
/** The server has done it; another one at each place, and all at a place that comes often. */
const UNANSWERED: readonly Fault[] = ['cut after', 'reset', 'lost answer', 'server half-closed']

/** In which phase, and at which message. The statements of the tables stand in capitals, those of the ledger do not. */
type Place = { readonly phase: string; readonly moment: Moment }

/** A message that is this statement, behind the few bytes that say so: plans in the ledger hold the same words. */
const is = (statement: string) => new RegExp(`^[^]{5,7}(${statement})`)

const POSTGRES: Readonly<Record<string, Place>> = {
  'the COMMIT of an expand step': {
    phase: 'expand',
    moment: { after: is('ALTER TABLE[^;]* ADD COLUMN'), on: is('COMMIT') },
  },
  'a batch': { phase: 'backfill', moment: { on: is('UPDATE "public"."users"') } },
  'the COMMIT of a batch': {
    phase: 'backfill',
    moment: { after: is('UPDATE "public"."users"'), on: is('COMMIT') },
  },
  'the build of an index': { phase: 'enforce', moment: { on: is('CREATE INDEX CONCURRENTLY') } },
  'the COMMIT of the drop': {
    phase: 'contract',
    moment: { after: is('ALTER TABLE[^;]* DROP COLUMN'), on: is('COMMIT') },
  },
}

const MYSQL: Readonly<Record<string, Place>> = {
  'the new column': { phase: 'expand', moment: { on: is('ALTER TABLE[^;]* ADD COLUMN') } },
  'a trigger': { phase: 'expand', moment: { on: is('CREATE TRIGGER') } },
  'a batch': { phase: 'backfill', moment: { on: is('UPDATE `[^`]*`.`users`') } },
  'the COMMIT of a batch': {
    phase: 'backfill',
    moment: { after: is('UPDATE `[^`]*`.`users`'), on: is('COMMIT') },
  },
  'the build of an index': { phase: 'enforce', moment: { on: is('ALTER TABLE[^;]* ADD KEY') } },
  'the drop': { phase: 'contract', moment: { on: is('ALTER TABLE[^;]* DROP COLUMN') } },
}

/** How long an answer may take before the connection counts as lost, and how much shorter pauses are. */
const QUICK = {
  timeout: limit(500),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 100)),
}

/** Advances until it says 0, with nothing but 75 and 8 before. */
async function advance(here: Bench, network: Network, phase: string): Promise<void> {
  const through = { env: { PLAN_DATABASE_URL: network.through(here.database.url) }, ...QUICK }
  for (let tries = 1; ; tries++) {
    const ended = await here.planWith(through, 'advance', PLAN, '--phase', phase, '--yes')
    if (ended.code === 0 || tries === 5) return void done(ended)
    expect([75, 8], ended.err).toContain(ended.code)
  }
}

describeEachKind('a network that fails', (server) => {
  const places = Object.values(isMysql(server) ? MYSQL : POSTGRES)

  it('at each place of a run, in each way, costs nothing', async () => {
    await using network = await startNetwork(server.url)
    await using here = await prepared(server, UNTHROTTLED)
    let [armed, index] = [0, 0]
    for (const phase of ['expand', 'backfill', 'enforce', 'contract']) {
      if (phase === 'contract') {
        await advance(here, network, 'verify')
        done(await here.plan('confirm', 'switch-app', '--by', 'me', '--plan', 'rename'))
      }
      for (const { moment } of places.filter((place) => place.phase === phase)) {
        const one = UNANSWERED[index++ % UNANSWERED.length] as Fault
        const faults = [...UNHEARD, ...(phase === 'backfill' ? UNANSWERED : [one])]
        network.arm(moment, faults)
        armed += faults.length
      }
      await advance(here, network, phase)
      expect(network.faults, phase).toBe(armed)
    }
    expect(await left(here.database)).toEqual(await undisturbed(server))
  })

  it.skipIf(process.platform !== 'linux')(
    'is noticed by signs of life, also while nothing is said',
    async () => {
      await using network = await startNetwork(server.url)
      await using here = await bench(server, [])
      const url = network.through(here.database.url)
      const port = Number(new URL(url).port)
      const timers: string[] = []
      const faults = async () => void timers.push(...(await timersOf(port)))
      await here.planWith({ env: { PLAN_DATABASE_URL: url }, faults }, 'status')
      expect(timers.length).toBeGreaterThan(0)
      // The system's own first question would come after two hours.
      for (const timer of timers) expect(timer).toMatch(/^02:00000[0-3]/)
    },
  )
})

/** What the system's own list says of timers of idle connections to this port: 02 is for signs of life, then hundredths of a second. */
async function timersOf(port: number): Promise<string[]> {
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/))
  const to = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return lines.flatMap(([, , remote = '', state, , timer = '']) =>
    remote.endsWith(to) && state === '01' && !timer.startsWith('01') ? [timer] : [],
  )
}
