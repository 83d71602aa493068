import { describeNewestPostgres, drawn, survives } from '../support/crash-lives.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { live } from '../support/lives-runner.ts'
import { computedByModules } from './cases/modules.ts'

describeEachPostgres('what a module computes', (server) => {
  live(server, computedByModules)
})

describeNewestPostgres('a runner that dies while it computes', (server) => {
  survives(server, computedByModules, 'sever', drawn(12))
})
