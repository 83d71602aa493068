import { describeEachMongo } from '../../support/mongo-databases.ts'
import { mongoLife } from '../../support/mongo-lives-runner.ts'
import { addIndex, addPartial, addUnique, dropIndex, dropUniqueIndex } from './cases/indexing.ts'
import { renameUnique, renameUniqueAll } from './cases/renaming.ts'

describeEachMongo('indexes', (server) => {
  mongoLife(server, addIndex)
  mongoLife(server, addUnique)
  mongoLife(server, addPartial)
  mongoLife(server, dropIndex)
  mongoLife(server, dropUniqueIndex)
  mongoLife(server, renameUnique)
  mongoLife(server, renameUniqueAll)
})
