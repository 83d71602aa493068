import { describeEachMysql } from '../../support/databases.ts'
import { together } from '../../support/lives.ts'
import { exported } from '../../support/lives-exported.ts'
import { constraintsOnMysql, hiddenIndex } from '../cases/constraints.ts'
import { indexesOnMysql } from '../cases/indexes.ts'
import { merged } from '../cases/merges.ts'
import { recoded, renamed } from '../cases/recoding.ts'
import { backfilled } from '../cases/rows.ts'
import { rulesOnMysql } from '../cases/rules.ts'
import { inMysql } from '../cases/statements.ts'
import { nullable, required, ruled, volatileDefault } from './cases/additions.ts'
import { charsets, wider } from './cases/charsets.ts'
import { dropped } from './cases/drops.ts'
import { CONFLICT } from './cases/renaming.ts'
import { retyped } from './cases/retyping.ts'
import { foreignKeys, plain, richText } from './cases/rich.ts'
import { manyAtOnce, splitName } from './cases/splits.ts'
import { stored } from './cases/stored.ts'
import { words } from './cases/words.ts'

describeEachMysql('the files of a migration tool', (server) => {
  const lives = [
    ...[nullable, required, volatileDefault, ruled, splitName, manyAtOnce, charsets, wider, dropped],
    ...[constraintsOnMysql, hiddenIndex, indexesOnMysql, recoded, renamed, retyped, rulesOnMysql],
    ...[inMysql, stored, words, plain, richText, backfilled('rows that get other values')],
    together('foreign keys of two tables', foreignKeys),
    merged({ conflict: CONFLICT, missing: '1048', index: 'DROP INDEX folk_by_name ON folk' }),
  ]
  for (const life of lives) exported(server, life)
})
