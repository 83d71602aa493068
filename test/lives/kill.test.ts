import { describeNewestPostgres, survives } from '../support/crash-lives.ts'
import { thinned } from '../support/crashes.ts'
import { SOAK } from '../support/seed.ts'
import { splitName } from './cases/splits.ts'

describeNewestPostgres('a runner that is killed', (server) => {
  survives(server, splitName, 'sever', (points) =>
    SOAK ? points : thinned(points).filter((_, index) => index % 2 === 0),
  )
  survives(server, splitName, 'kill', (points) => thinned(points).filter((_, index) => index % 3 === 0))
})
