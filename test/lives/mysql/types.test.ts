import { describeEachMysql } from '../../support/databases.ts'
import { together } from '../../support/lives.ts'
import { live } from '../../support/lives-runner.ts'
import { types } from './cases/types.ts'

describeEachMysql('renaming columns of all types', (server) => {
  live(
    server,
    together('columns of types with an equality of their own', types(server.dialect), ['contract']),
  )
})
