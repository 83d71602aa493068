import { describeEachPostgres } from '../support/databases.ts'
import { live, liveFromTheEnd } from '../support/lives-runner.ts'
import { constraintsOnPostgres } from './cases/constraints.ts'
import { indexesOnPostgres } from './cases/indexes.ts'
import { rulesOnPostgres } from './cases/rules.ts'

describeEachPostgres('indexes and rules of one table', (server) => {
  for (const life of [indexesOnPostgres, rulesOnPostgres, constraintsOnPostgres]) live(server, life)
  liveFromTheEnd(server, rulesOnPostgres, {
    does: 'UPDATE orders SET note = NULL WHERE id = 1',
    says: 'orders.note is empty in 1 rows by now',
    mends: "UPDATE orders SET note = 'n' WHERE id = 1",
  })
  liveFromTheEnd(server, constraintsOnPostgres, {
    does: "UPDATE goods SET label = 'L1'",
    says: 'must not share a value of "label", but 1 values are there more than once',
    mends: 'UPDATE goods SET label = NULL',
  })
})
