import { describeEachMongo } from '../../support/mongo-databases.ts'
import { mongoLife } from '../../support/mongo-lives-runner.ts'
import { addCreatedAt, addRoles, addRolesToSome, addToElements } from './cases/adding.ts'

describeEachMongo('adding a field', (server) => {
  mongoLife(server, addRoles)
  mongoLife(server, addRolesToSome)
  mongoLife(server, addCreatedAt)
  mongoLife(server, addToElements)
})
