import { describeEachMysql } from '../../support/databases.ts'
import { together } from '../../support/lives.ts'
import { live } from '../../support/lives-runner.ts'
import { sample } from '../../support/seed.ts'
import { keys } from './cases/keys.ts'
import { names } from './cases/names.ts'

describeEachMysql('names and keys', (server) => {
  live(
    server,
    together('tables and columns with difficult names', sample(`names on ${server.name}`, 5, names), [
      'contract',
    ]),
  )
  live(
    server,
    together('tables with keys of every sort', sample(`keys on ${server.name}`, 5, keys), ['backfill']),
  )
})
