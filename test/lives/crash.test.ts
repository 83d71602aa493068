import { describeNewestPostgres, survives } from '../support/crash-lives.ts'
import { thinned } from '../support/crashes.ts'
import { required } from './cases/additions.ts'
import { richText } from './cases/rich.ts'

describeNewestPostgres('a runner that dies', (server) => {
  survives(server, richText, 'sever', thinned)
  survives(server, required, 'sever', thinned)
})
