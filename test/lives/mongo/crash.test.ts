import { adds, renames } from '../../support/mongo-crash-cases.ts'
import { mongoSurvives, mongoWritesOnce, telling } from '../../support/mongo-crashes.ts'
import { describeEachMongo } from '../../support/mongo-databases.ts'

// Nothing is undone by the server here: every command counts at once.
describeEachMongo('a runner that is killed', (server) => {
  mongoSurvives(server, renames, telling(3), 20)
  mongoWritesOnce(server, adds)
})
