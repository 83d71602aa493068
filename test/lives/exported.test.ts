import { describeNewestPostgres } from '../support/crash-lives.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { together } from '../support/lives.ts'
import { exported } from '../support/lives-exported.ts'
import { nullable, required, ruled, volatileDefault } from './cases/additions.ts'
import { generated, numbered } from './cases/computed.ts'
import { constraintsOnPostgres } from './cases/constraints.ts'
import { dropped } from './cases/drops.ts'
import { indexesOnPostgres } from './cases/indexes.ts'
import { renamedKeys } from './cases/json-keys.ts'
import { merged } from './cases/merges.ts'
import { recoded, renamed } from './cases/recoding.ts'
import { retyped } from './cases/retyping.ts'
import { richNumbers, richText } from './cases/rich.ts'
import { backfilled } from './cases/rows.ts'
import { rulesOnPostgres } from './cases/rules.ts'
import { manyAtOnce, splitName } from './cases/splits.ts'
import { inPostgres } from './cases/statements.ts'
import { stored } from './cases/stored.ts'
import { caseless } from './cases/types.ts'
import { wordsAdded } from './cases/words.ts'

describeEachPostgres('the files of a migration tool', (server) => {
  const lives = [
    ...[nullable, required, volatileDefault, ruled, splitName, manyAtOnce, numbered],
    ...[constraintsOnPostgres, dropped, indexesOnPostgres, renamedKeys, recoded, renamed, retyped],
    ...[richText, together('a serial and a foreign key of one table', richNumbers), rulesOnPostgres],
    ...[inPostgres, stored, caseless, wordsAdded, backfilled('rows that get other values')],
    merged({ conflict: '23514', missing: '23502', index: 'DROP INDEX folk_by_name' }),
  ]
  for (const life of lives) exported(server, life)
})

describeNewestPostgres('the files of a migration tool for values that the server computes', (server) => {
  exported(server, generated)
})
