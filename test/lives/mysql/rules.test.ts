import { describeEachMysql } from '../../support/databases.ts'
import { live, liveFromTheEnd } from '../../support/lives-runner.ts'
import { constraintsOnMysql, hiddenIndex } from '../cases/constraints.ts'
import { indexesOnMysql } from '../cases/indexes.ts'
import { rulesOnMysql } from '../cases/rules.ts'

describeEachMysql('indexes and rules of one table', (server) => {
  for (const life of [indexesOnMysql, rulesOnMysql, constraintsOnMysql, hiddenIndex]) live(server, life)
  liveFromTheEnd(server, rulesOnMysql, {
    does: 'UPDATE orders SET note = NULL WHERE id = 1',
    says: 'orders.note is empty in 1 rows by now',
    mends: "UPDATE orders SET note = 'n' WHERE id = 1",
  })
})
