import { describeNewestPostgres, drawn, survives, survivesRollback } from '../support/crash-lives.ts'
import { constraintsOnPostgres } from './cases/constraints.ts'
import { dropped } from './cases/drops.ts'
import { indexesOnPostgres } from './cases/indexes.ts'
import { retyped } from './cases/retyping.ts'
import { rulesOnPostgres } from './cases/rules.ts'
import { zoned } from './cases/stored.ts'
import { wordsAdded } from './cases/words.ts'

describeNewestPostgres('a runner that dies at other kinds of change', (server) => {
  for (const life of [retyped, dropped, rulesOnPostgres, constraintsOnPostgres, indexesOnPostgres])
    survives(server, life, 'sever', drawn(10))
  for (const life of [zoned, wordsAdded]) survives(server, life, 'sever', drawn(3))
  survives(server, retyped, 'kill', drawn(6))
  survivesRollback(server, retyped)
})
