import { converts, renames } from '../../support/mongo-crash-cases.ts'
import { mongoSurvivesRollback } from '../../support/mongo-crashes.ts'
import { describeEachMongo } from '../../support/mongo-databases.ts'

const some = (points: readonly string[]) => points.filter((_, index) => index % 6 === 1)

describeEachMongo('a runner that is killed', (server) => {
  mongoSurvivesRollback(server, renames, some)
  mongoSurvivesRollback(server, converts, some)
})
