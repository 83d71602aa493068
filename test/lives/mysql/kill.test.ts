import { drawn, drawnOf, survives } from '../../support/crash-lives.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { computedOnMysql } from './cases/modules.ts'
import { richText } from './cases/rich.ts'
import { splitName } from './cases/splits.ts'

describeEachMysql('a runner that is killed', (server) => {
  survives(server, splitName, 'sever', drawn(14))
  survives(server, splitName, 'kill', drawn(12))
  survives(server, richText, 'kill', drawn(12))
  survives(server, computedOnMysql, 'kill', drawnOf(/^backfill, /, 12))
})
