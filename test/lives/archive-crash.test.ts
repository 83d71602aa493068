import { describeNewestPostgres, survives } from '../support/crash-lives.ts'
import { thinned } from '../support/crashes.ts'
import { survivesRestore } from '../support/lives-archive.ts'
import { splitName } from './cases/splits.ts'

const WAS = 'SELECT id, full_name FROM people WHERE id < 10 ORDER BY id'

describeNewestPostgres('a runner that dies while old values are kept or brought back', (server) => {
  survives(server, { ...splitName, archive: true }, 'kill', (points) =>
    thinned(points.filter((point) => point.startsWith('contract'))),
  )
  survivesRestore(server, splitName, WAS, 8)
})
