import { describeNewestPostgres, drawn, drawnOf, survives } from '../support/crash-lives.ts'
import { computedByModules } from './cases/modules.ts'
import { splitName } from './cases/splits.ts'

describeNewestPostgres('a runner that is killed', (server) => {
  survives(server, splitName, 'sever', drawn(16))
  survives(server, splitName, 'kill', drawn(12))
  survives(server, computedByModules, 'kill', drawnOf(/^backfill, /, 12))
})
