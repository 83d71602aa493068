import { describeEachMysql } from '../../support/databases.ts'
import { together } from '../../support/lives.ts'
import { live } from '../../support/lives-runner.ts'
import { constantDefaults, nullable, required, ruled, volatileDefault } from './cases/additions.ts'
import { odd, stamped } from './cases/defaults.ts'
import { manyAtOnce, splitName } from './cases/splits.ts'

describeEachMysql('adding, splitting and defaults', (server) => {
  for (const life of [nullable, constantDefaults, required, volatileDefault, ruled, splitName, manyAtOnce])
    live(server, life)
  live(server, stamped)
  live(server, together('columns with defaults that are another one each time', odd))
})
