import { describeNewestPostgres, survivesPairs } from '../support/crash-lives.ts'
import { describeEachMysql } from '../support/databases.ts'
import { renames } from '../support/mongo-crash-cases.ts'
import { mongoSurvivesPairs } from '../support/mongo-crashes.ts'
import { describeEachMongo } from '../support/mongo-databases.ts'
import { splitName } from './cases/splits.ts'
import { splitName as mysqlSplitName } from './mysql/cases/splits.ts'

describeNewestPostgres('a runner that dies twice', (server) => {
  survivesPairs(server, splitName, 'sever', 7)
  survivesPairs(server, splitName, 'kill', 3)
})

describeEachMysql('a runner that dies twice', (server) => {
  survivesPairs(server, mysqlSplitName, 'sever', 3)
  survivesPairs(server, mysqlSplitName, 'kill', 2)
})

describeEachMongo('a runner that dies twice', (server) => {
  mongoSurvivesPairs(server, renames, 3)
})
