import { ddlAnd, survives } from '../../support/crash-lives.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { survivesRestore } from '../../support/lives-archive.ts'
import { splitName } from './cases/splits.ts'

const WAS = 'SELECT id, full_name FROM people WHERE id < 10 ORDER BY id'

describeEachMysql('a runner that dies while old values are kept or brought back', (server) => {
  survives(server, { ...splitName, archive: true }, 'kill', (points, next) =>
    ddlAnd(6)(
      points.filter((point) => point.startsWith('contract')),
      next,
    ),
  )
  survivesRestore(server, splitName, WAS, 8)
})
