import { drawn, survives } from '../../support/crash-lives.ts'
import { describeEachMysql } from '../../support/databases.ts'
import type { Life } from '../../support/lives.ts'
import {
  bringsBackWhatItOverwrote,
  leavesWhatWasChangedSince,
  survivesTakingBack,
} from '../../support/lives-overwritten.ts'
import { backfilled } from '../cases/rows.ts'

const TRIGGER = ['CREATE TRIGGER looks BEFORE UPDATE ON stock FOR EACH ROW SET NEW.id = NEW.id']
const STAMP = ['ALTER TABLE stock ADD COLUMN at timestamp(6) NULL ON UPDATE CURRENT_TIMESTAMP(6)']

/** One archive: those of several intents stand in another order in each database. */
const alone: Life = {
  ...backfilled('rows whose old values are kept'),
  intents: '- backfill: { table: stock, set: { n: { sql: n + 1 }, was: { column: n } }, where: id <> 4 }',
  archive: true,
  straight: true,
}

describeEachMysql('what a backfill overwrites', (server) => {
  bringsBackWhatItOverwrote(server, backfilled('rows whose old values are kept under a trigger', TRIGGER))
  bringsBackWhatItOverwrote(server, backfilled('rows whose old values are kept beside a stamp', STAMP))
  leavesWhatWasChangedSince(server)
  survives(server, alone, 'sever', drawn(12))
  survivesTakingBack(server, backfilled('rows whose old values are kept'), 6)
})
