import { describeEachMongo } from '../../support/mongo-databases.ts'
import { mongoLife } from '../../support/mongo-lives-runner.ts'
import { renameCollection, replaceValidator, setLenient, setValidator } from './cases/collections.ts'

describeEachMongo('whole collections', (server) => {
  mongoLife(server, setValidator)
  mongoLife(server, replaceValidator)
  mongoLife(server, setLenient)
  mongoLife(server, renameCollection)
})
