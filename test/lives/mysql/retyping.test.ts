import { describeEachMysql } from '../../support/databases.ts'
import { live } from '../../support/lives-runner.ts'
import { recoded } from '../cases/recoding.ts'
import { retyped, toJson } from './cases/retyping.ts'

describeEachMysql('other types under the same names', (server) => {
  live(server, retyped)
  live(server, recoded)
  if (server.dialect === 'mysql') live(server, toJson)
})
