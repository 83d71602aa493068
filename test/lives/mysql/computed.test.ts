import { describeEachMysql } from '../../support/databases.ts'
import { live } from '../../support/lives-runner.ts'
import { generated } from '../cases/computed.ts'

describeEachMysql('values that the server computes', (server) => {
  live(server, generated)
})
