import { describeNewestPostgres, survives } from '../support/crash-lives.ts'
import { thinned } from '../support/crashes.ts'
import { required } from './cases/additions.ts'
import { richText } from './cases/rich.ts'

describeNewestPostgres('a runner that dies', (server) => {
  survives(server, richText, 'sever', (points) => thinned(points).filter((_, index) => index % 2 === 0))
  survives(server, required, 'sever', thinned)
})
