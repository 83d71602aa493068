import { describeEachMysql } from '../../support/databases.ts'
import { live } from '../../support/lives-runner.ts'
import { recoded, renamed } from '../cases/recoding.ts'
import { retyped, toJson } from './cases/retyping.ts'

describeEachMysql('other types under the same names', (server) => {
  live(server, retyped)
  live(server, recoded)
  live(server, renamed)
  if (server.dialect === 'mysql') live(server, toJson)
})
