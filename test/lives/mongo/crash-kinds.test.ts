import {
  adds,
  converts,
  drops,
  makesUnique,
  renamesCollection,
  validates,
} from '../../support/mongo-crash-cases.ts'
import { mongoSurvives, telling } from '../../support/mongo-crashes.ts'
import { describeEachMongo } from '../../support/mongo-databases.ts'

describeEachMongo('a runner that is killed', (server) => {
  mongoSurvives(server, converts, telling(8))
  mongoSurvives(server, drops, telling(8))
  mongoSurvives(server, makesUnique, telling(6), 3)
  mongoSurvives(server, renamesCollection, telling(6), 4)
  mongoSurvives(server, validates, telling(6), 3)
  mongoSurvives(server, adds, telling(12), 5)
})
