import { ddlAnd, drawn, survives } from '../../support/crash-lives.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { live } from '../../support/lives-runner.ts'
import { backfilled, beside } from '../cases/rows.ts'
import { inMysql } from '../cases/statements.ts'

const TRIGGER = ['CREATE TRIGGER looks BEFORE UPDATE ON stock FOR EACH ROW SET NEW.sku = NEW.sku']

describeEachMysql('rows alone', (server) => {
  live(server, backfilled('rows that get other values under a trigger', TRIGGER))
  live(server, inMysql)
  survives(server, beside(backfilled('rows that get other values')), 'sever', drawn(6))
  survives(server, inMysql, 'sever', ddlAnd(6))
})
