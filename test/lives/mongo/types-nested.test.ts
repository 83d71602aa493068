import { describeEachMongo } from '../../support/mongo-databases.ts'
import { mongoLife } from '../../support/mongo-lives-runner.ts'
import { toDate, toIntInArray, toObject } from './cases/types.ts'

describeEachMongo('changing the type of what is nested in place', (server) => {
  mongoLife(server, toDate)
  mongoLife(server, toIntInArray)
  mongoLife(server, toObject)
})
