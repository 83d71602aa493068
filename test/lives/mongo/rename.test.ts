import { describeEachMongo } from '../../support/mongo-databases.ts'
import { mongoLife } from '../../support/mongo-lives-runner.ts'
import { renameAnything, renameField, renameInArray, renameNested } from './cases/renaming.ts'

describeEachMongo('renaming a field', (server) => {
  mongoLife(server, renameField)
  mongoLife(server, renameAnything)
  mongoLife(server, renameNested)
  mongoLife(server, renameInArray)
})
