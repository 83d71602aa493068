import { describeEachPostgres } from '../support/databases.ts'
import { live } from '../support/lives-runner.ts'
import { recoded, renamed } from './cases/recoding.ts'
import { retyped } from './cases/retyping.ts'

describeEachPostgres('other types under the same names', (server) => {
  live(server, retyped)
  live(server, recoded)
  live(server, renamed)
})
