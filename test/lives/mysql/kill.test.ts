import { survives } from '../../support/crash-lives.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { richText } from './cases/rich.ts'
import { splitName } from './cases/splits.ts'

const third = (points: readonly string[]) => points.filter((_, index) => index % 3 === 0)

describeEachMysql('a runner that is killed', (server) => {
  survives(server, splitName, 'sever', (points) => points)
  survives(server, splitName, 'kill', third)
  survives(server, richText, 'kill', third)
})
