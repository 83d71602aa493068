import { describeEachPostgres } from '../support/databases.ts'
import { live } from '../support/lives-runner.ts'
import { constantDefaults, nullable, required, ruled, volatileDefault } from './cases/additions.ts'
import { manyAtOnce, splitName } from './cases/splits.ts'

describeEachPostgres('adding and splitting', (server) => {
  for (const life of [nullable, constantDefaults, required, volatileDefault, ruled, splitName, manyAtOnce])
    live(server, life)
})
