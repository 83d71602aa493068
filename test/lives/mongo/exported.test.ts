import { describeEachMongo } from '../../support/mongo-databases.ts'
import { mongoExported } from '../../support/mongo-lives-exported.ts'
import { addCreatedAt, addRoles, addToElements } from './cases/adding.ts'
import { renameCollection, replaceValidator, setValidator } from './cases/collections.ts'
import { dropArchived, dropRequired } from './cases/dropping.ts'
import { addUnique, dropIndex } from './cases/indexing.ts'
import { renameField, renameInArray, renameUniqueAll } from './cases/renaming.ts'
import { mergeFields, restructureField, splitField } from './cases/shapes.ts'
import { toDate, toInt, toIntInArray } from './cases/types.ts'

describeEachMongo('the files of a migration tool', (server) => {
  const lives = [
    ...[addRoles, addCreatedAt, addToElements, setValidator, replaceValidator, renameCollection],
    ...[dropRequired, dropArchived, addUnique, dropIndex, renameField, renameInArray, renameUniqueAll],
    ...[splitField, mergeFields, restructureField, toInt, toDate, toIntInArray],
  ]
  const { held: _, ...atOnce } = { ...dropIndex, name: 'an index that goes at once', more: '' }
  for (const life of [...lives, atOnce]) mongoExported(server, life)
})
