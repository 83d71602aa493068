import { describeEachPostgres } from '../support/databases.ts'
import { liveFromTheArchive } from '../support/lives-archive.ts'
import { dropped } from './cases/drops.ts'

describeEachPostgres('what is kept of what is dropped', (server) => {
  liveFromTheArchive(server, dropped, ['SELECT id, kept, fax, plain, code, shout, mood, parent FROM drops WHERE id < 10 ORDER BY id'])
})
