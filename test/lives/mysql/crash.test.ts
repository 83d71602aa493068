import { ddlAnd, survives, survivesRollback } from '../../support/crash-lives.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { richText } from './cases/rich.ts'

// Every statement that changes the schema commits by itself here: none of them may be left out.
describeEachMysql('a runner that dies', (server) => {
  survives(server, richText, 'sever', ddlAnd(12))
  survivesRollback(server, richText)
})
