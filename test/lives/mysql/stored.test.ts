import { describeEachMysql } from '../../support/databases.ts'
import { live } from '../../support/lives-runner.ts'
import { stored } from './cases/stored.ts'

describeEachMysql('types that store the same values', (server) => {
  live(server, stored)
})
