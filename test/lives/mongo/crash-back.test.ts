import { converts, renames } from '../../support/mongo-crash-cases.ts'
import { mongoSurvivesRollback, RETIRED, VERIFIED } from '../../support/mongo-crashes.ts'
import { describeEachMongo } from '../../support/mongo-databases.ts'

const some = (points: readonly string[]) => points.filter((_, index) => index % 7 === 1)

describeEachMongo('a runner that is killed', (server) => {
  mongoSurvivesRollback(server, renames, RETIRED, some)
  mongoSurvivesRollback(server, converts, VERIFIED, some)
})
