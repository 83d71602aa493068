import { describeEachMysql } from '../../support/databases.ts'
import { liveFromTheArchive, saysWhatComesBack } from '../../support/lives-archive.ts'
import { refusesToKeep, UNKEPT } from '../../support/lives-archive-refused.ts'
import { merged } from '../cases/merges.ts'
import { dropped } from './cases/drops.ts'
import { CONFLICT } from './cases/renaming.ts'
import { richText } from './cases/rich.ts'
import { splitName } from './cases/splits.ts'

describeEachMysql('what is kept of what is dropped', (server) => {
  saysWhatComesBack(server)
  liveFromTheArchive(server, withoutCheck(dropped), [
    'SELECT id, kept, fax, plain, code, shout, mood, parent FROM drops WHERE id < 10 ORDER BY id',
  ])
  liveFromTheArchive(server, richText, ['SELECT id, last_name FROM users WHERE id < 21 ORDER BY id'])
  liveFromTheArchive(server, splitName, ['SELECT id, full_name FROM people WHERE id < 10 ORDER BY id'])
  liveFromTheArchive(
    server,
    merged({ conflict: CONFLICT, missing: '1048', index: 'DROP INDEX folk_by_name ON folk' }),
    ['SELECT id, first_name, last_name FROM folk WHERE id < 10 ORDER BY id'],
  )
  refusesToKeep(server, UNKEPT)
})

/** A CHECK cannot be added again while others write, so it is in the way at compile. */
function withoutCheck(life: typeof dropped): typeof dropped {
  return {
    ...life,
    setup: life.setup.map((line) => line.replace(/,\s+CONSTRAINT plain_is CHECK \(plain > 0\)/, '')),
    target: life.target.filter((line) => !line.includes('plain_is')),
  }
}
