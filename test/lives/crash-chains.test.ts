import { describeNewestPostgres, survivesChains } from '../support/crash-lives.ts'
import { describeEachMysql } from '../support/databases.ts'
import { renames } from '../support/mongo-crash-cases.ts'
import { mongoSurvivesChain } from '../support/mongo-crashes.ts'
import { describeEachMongo } from '../support/mongo-databases.ts'
import { splitName } from './cases/splits.ts'
import { splitName as mysqlSplitName } from './mysql/cases/splits.ts'

describeNewestPostgres('a runner that dies again and again', (server) => {
  survivesChains(server, splitName, 'sever', { chains: 2, deaths: 5 })
  survivesChains(server, splitName, 'kill', { chains: 1, deaths: 3 })
})

describeEachMysql('a runner that dies again and again', (server) => {
  survivesChains(server, mysqlSplitName, 'sever', { chains: 2, deaths: 5 })
  survivesChains(server, mysqlSplitName, 'kill', { chains: 1, deaths: 3 })
})

describeEachMongo('a runner that dies again and again', (server) => {
  mongoSurvivesChain(server, renames, 5)
})
