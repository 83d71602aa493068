import { ddlAnd, survives, survivesRollback } from '../../support/crash-lives.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { constraintsOnMysql } from '../cases/constraints.ts'
import { indexesOnMysql } from '../cases/indexes.ts'
import { rulesOnMysql } from '../cases/rules.ts'
import { dropped } from './cases/drops.ts'
import { retyped } from './cases/retyping.ts'

// Every statement that changes the schema commits by itself here: none of them may be left out.
describeEachMysql('a runner that dies at other kinds of change', (server) => {
  for (const life of [retyped, dropped, rulesOnMysql, constraintsOnMysql, indexesOnMysql])
    survives(server, life, 'sever', ddlAnd(4))
  survives(server, retyped, 'kill', ddlAnd(2))
  survivesRollback(server, retyped)
})
