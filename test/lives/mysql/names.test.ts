import { describeEachMysql } from '../../support/databases.ts'
import { together } from '../../support/lives.ts'
import { live } from '../../support/lives-runner.ts'
import { keys } from './cases/keys.ts'
import { names } from './cases/names.ts'

describeEachMysql('names and keys', (server) => {
  live(server, together('tables and columns with difficult names', names, ['contract']))
  live(server, together('tables with keys of every sort', keys, ['backfill']))
})
