import { describeEachPostgres } from '../support/databases.ts'
import { live } from '../support/lives-runner.ts'
import { renaming, texts } from './cases/renaming.ts'
describeEachPostgres('omissions', (server) => {
  const base = [`CREATE TABLE things (id bigint PRIMARY KEY, was text NOT NULL, age int, note text)`, `INSERT INTO things SELECT n, 'x' || n, n, 'seed' FROM generate_series(1,5) n`]
  const one = (name: string, more: string[], since = 0) => { if (server.number >= since) live(server, renaming(name, { setup: [...base, ...more], values: texts })) }
  one('statistics comment', ['CREATE STATISTICS st ON was, age FROM things', `COMMENT ON STATISTICS st IS 'c'`])
  one('statistics target', ['CREATE STATISTICS st ON was, age FROM things', `ALTER STATISTICS st SET STATISTICS 55`])
  one('index column target', ['CREATE INDEX ix ON things (lower(was))', `ALTER INDEX ix ALTER COLUMN 1 SET STATISTICS 55`])
  one('clustered', ['CREATE INDEX ix ON things (was)', `CLUSTER things USING ix`])
  one('not null comment', [`COMMENT ON CONSTRAINT things_was_not_null ON things IS 'c'`], 180000)
  one('not null named', [`ALTER TABLE things ALTER was DROP NOT NULL`, `ALTER TABLE things ADD CONSTRAINT "my Own" NOT NULL was NO INHERIT`], 180000)
  one('not enforced', [`ALTER TABLE things ADD CONSTRAINT c CHECK (was <> 'q') NOT ENFORCED`], 180000)
  one('nulls not distinct', [`ALTER TABLE things ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (was)`], 150000)
  one('unique with options', [`ALTER TABLE things ADD CONSTRAINT u UNIQUE (was) INCLUDE (age) WITH (fillfactor=60)`])
  one('owned by more', ['CREATE SEQUENCE s1 OWNED BY things.was', 'CREATE SEQUENCE s2 OWNED BY things.was'])
  one('unique index comment', [`ALTER TABLE things ADD CONSTRAINT u UNIQUE (was)`, `COMMENT ON INDEX u IS 'i'`, `COMMENT ON CONSTRAINT u ON things IS 'k'`])
  one('stats schema', [`CREATE SCHEMA st`, `CREATE STATISTICS st.x (dependencies) ON was, age, (lower(was)) FROM things`])
  one('other owner of stats', [`CREATE STATISTICS x ON (lower(was)) FROM things`])
})
