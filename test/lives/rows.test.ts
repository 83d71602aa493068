import { describeNewestPostgres, drawn, survives } from '../support/crash-lives.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { live } from '../support/lives-runner.ts'
import { backfilled, beside } from './cases/rows.ts'
import { inPostgres } from './cases/statements.ts'

const TRIGGER = [
  `CREATE FUNCTION looks() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
  'CREATE TRIGGER looks BEFORE UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION looks()',
]

describeEachPostgres('rows alone', (server) => {
  live(server, backfilled('rows that get other values under a trigger', TRIGGER))
  live(server, inPostgres)
})

describeNewestPostgres('a runner that dies', (server) => {
  survives(server, beside(backfilled('rows that get other values')), 'sever', drawn(12))
  survives(server, inPostgres, 'sever', drawn(12))
})
