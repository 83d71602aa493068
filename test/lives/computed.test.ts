import { describeNewestPostgres } from '../support/crash-lives.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { live } from '../support/lives-runner.ts'
import { generated, numbered } from './cases/computed.ts'

describeEachPostgres('values that the server makes', (server) => {
  live(server, numbered)
})

describeNewestPostgres('values that the server computes', (server) => {
  live(server, generated)
})
