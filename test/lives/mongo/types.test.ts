import { describeEachMongo } from '../../support/mongo-databases.ts'
import { mongoLife } from '../../support/mongo-lives-runner.ts'
import { toDate, toInt, toIntInArray, toIntOrDefault, toIntOrKeep, toObject } from './cases/types.ts'

describeEachMongo('changing a type in place', (server) => {
  mongoLife(server, toInt)
  mongoLife(server, toIntOrKeep)
  mongoLife(server, toIntOrDefault)
  mongoLife(server, toDate)
  mongoLife(server, toIntInArray)
  mongoLife(server, toObject)
})
