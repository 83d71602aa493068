import { describeEachPostgres } from '../support/databases.ts'
import { together } from '../support/lives.ts'
import { live } from '../support/lives-runner.ts'
import { richNumbers, richText } from './cases/rich.ts'
import { caseless, types } from './cases/types.ts'

describeEachPostgres('renaming', (server) => {
  live(server, richText)
  live(server, together('a serial and a foreign key of one table', richNumbers, ['enforce', 'contract']))
  live(server, together('columns of types with an equality of their own', types, ['contract']))
  live(server, caseless)
})
