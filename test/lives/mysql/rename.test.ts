import { describeEachMysql } from '../../support/databases.ts'
import { together } from '../../support/lives.ts'
import { live } from '../../support/lives-runner.ts'
import { divided, foreignKeys, plain, required, richText } from './cases/rich.ts'

describeEachMysql('renaming', (server) => {
  live(server, plain)
  live(server, required)
  live(server, richText)
  live(server, divided)
  live(server, together('foreign keys of two tables', foreignKeys))
})
