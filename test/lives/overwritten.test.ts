import { describeNewestPostgres, drawn, survives } from '../support/crash-lives.ts'
import { describeEachPostgres } from '../support/databases.ts'
import {
  bringsBackWhatItOverwrote,
  leavesWhatWasChangedSince,
  survivesTakingBack,
} from '../support/lives-overwritten.ts'
import { backfilled } from './cases/rows.ts'

const TRIGGER = [
  `CREATE FUNCTION looks() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
  'CREATE TRIGGER looks BEFORE UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION looks()',
]

describeEachPostgres('what a backfill overwrites', (server) => {
  bringsBackWhatItOverwrote(server, backfilled('rows whose old values are kept under a trigger', TRIGGER))
  bringsBackWhatItOverwrote(server, backfilled('rows whose old values are kept'))
  leavesWhatWasChangedSince(server)
})

describeNewestPostgres('a runner that dies', (server) => {
  survives(
    server,
    { ...backfilled('rows whose old values are kept'), archive: true, straight: true },
    'sever',
    drawn(12),
  )
  survivesTakingBack(server, backfilled('rows whose old values are kept'), 6)
})
