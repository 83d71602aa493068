import { describeEachMongo } from '../../support/mongo-databases.ts'
import { mongoLife } from '../../support/mongo-lives-runner.ts'
import { mergeFields, restructureField, splitField } from './cases/shapes.ts'

describeEachMongo('changing the shape of documents', (server) => {
  mongoLife(server, splitField)
  mongoLife(server, mergeFields)
  mongoLife(server, restructureField)
})
