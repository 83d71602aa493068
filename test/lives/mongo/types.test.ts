import { describeEachMongo } from '../../support/mongo-databases.ts'
import { mongoLife } from '../../support/mongo-lives-runner.ts'
import { toInt, toIntOrDefault, toIntOrKeep } from './cases/types.ts'

describeEachMongo('changing a type in place', (server) => {
  mongoLife(server, toInt)
  mongoLife(server, toIntOrKeep)
  mongoLife(server, toIntOrDefault)
})
