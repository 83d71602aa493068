import { describeEachMongo } from '../../support/mongo-databases.ts'
import { mongoLife } from '../../support/mongo-lives-runner.ts'
import { dropArchived, dropNested, dropPlain, dropRequired, dropUnique } from './cases/dropping.ts'

describeEachMongo('dropping a field', (server) => {
  mongoLife(server, dropPlain)
  mongoLife(server, dropRequired)
  mongoLife(server, dropUnique)
  mongoLife(server, dropArchived)
  mongoLife(server, dropNested)
})
