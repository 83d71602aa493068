import { expect, inject, test } from 'vitest'
import { describeEachMysql, describeOn, type MysqlServer, type Server } from '../support/databases.ts'
import { inFront } from '../support/held.ts'
import { limit } from '../support/limits.ts'
import { createPlace, isMysql } from '../support/places.ts'
import { chance, SOAK } from '../support/seed.ts'
import { lifeUnderLoad } from '../support/under-load.ts'
import { trafficOf } from './cases/traffic.ts'

/** How long somebody stands in front of each change, milliseconds at least. */
const HOLD = SOAK ? 30_000 : 0

/** MySQL waits for a second at least. */
const timeout = (server: Server) => (isMysql(server) ? '1s' : '100ms')

function underLoad(server: (Server | MysqlServer) & { readonly url: string }): void {
  const dialect = 'dialect' in server ? server.dialect : 'postgres'
  for (const traffic of trafficOf({ dialect, number: server.number }))
    test(
      `${traffic.name}: no statement of either version fails, and no row is lost`,
      async () => {
        await using place = await createPlace(server)
        const { url } = place
        const drawn = chance(`held before, ${traffic.name} on ${server.name}`)
        let held = 0
        const slow = dialect !== 'postgres' && !SOAK
        // Where each try in vain takes a second, somebody stands in front of some of them.
        const holds = () => (!slow || held === 0 || drawn() < 0.3) && ++held > 0
        const front = inFront({ url, holds, tries: slow ? 1 : 2, least: HOLD })
        const { said } = await lifeUnderLoad({
          ...{ url, traffic, lockTimeout: timeout(server), faults: front.faults },
          chance: (name) => chance(`${name}, ${traffic.name} on ${server.name}`),
        }).finally(front.stop)
        // Of an intent that changes the catalogue, somebody stood in front of one change at least.
        expect(front.tries().size > 0).toBe(front.seen())
        const inVain = [...front.tries().values()].reduce((sum, one) => sum + one, 0)
        const told = said.match(/waits for a lock \(try \d+ of/g)?.length ?? 0
        expect(told, said).toBeGreaterThanOrEqual(inVain)
      },
      limit(SOAK ? 1_200_000 : 120_000),
    )
}

/** Versions of PostgreSQL take turns; in a soak each of them comes. */
const postgres = inject('servers')
const one = postgres[inject('seed') % postgres.length]
for (const server of SOAK || !one ? postgres : [one])
  describeOn(server, 'a change under the load of both versions', underLoad)
describeEachMysql('a change under the load of both versions', underLoad)
