import { expect, it } from 'vitest'
import { bench, done, refused } from '../../support/command.ts'
import { describePrivateMysql } from '../../support/private-mysql.ts'
import { mysqlUsers, PLAN, rename } from '../../support/users.ts'

const TASTES = [
  ['mysql', { sql_require_primary_key: 'ON', default_storage_engine: 'MyISAM' }],
  ['mariadb', { innodb_force_primary_key: 'ON', default_storage_engine: 'Aria' }],
] as const

const TABLES = `SELECT t.table_name AS name, t.engine AS engine, (SELECT count(*) FROM information_schema.table_constraints c
  WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.constraint_type = 'PRIMARY KEY') AS keyed
  FROM information_schema.tables t WHERE t.table_schema = database() AND t.table_name LIKE 'plan\\_%' ORDER BY 1`

/** Counts come as texts from one of the drivers. */
const keptAs = ({ engine, keyed }: Record<string, unknown>): string => `${engine} with ${keyed} key`

for (const [kind, settings] of TASTES)
  await describePrivateMysql(
    'the ledger beside a key that every table must have and another engine',
    { kind, settings },
    (server) => {
      const users = mysqlUsers().map((sql) => sql.replace(/last_name varchar\(80\)\)$/, '$& ENGINE=InnoDB'))

      it('has a key and transactions in every table, and a plan goes through to its end', async () => {
        await using here = await bench(server, users, { [PLAN]: rename() })
        done(await here.plan('advance', PLAN, '--until-checkpoint'))
        const found = await here.database.query(TABLES)
        expect(found).toHaveLength(10)
        expect(found.map(keptAs)).toEqual(found.map(() => 'InnoDB with 1 key'))
        done(await here.plan('confirm', 'switch-app', '--by', 'me'))
        done(await here.plan('advance', '--yes'))
      })

      it('of the version before is read, and brought up to date by whoever writes next', async () => {
        await using here = await bench(server, users, { [PLAN]: rename() })
        done(await here.plan('advance', PLAN))
        if (kind === 'mysql') await here.database.query('SET SESSION sql_require_primary_key = OFF')
        const { default_storage_engine: engine } = settings
        await here.database.query(`ALTER TABLE plan_meta DROP PRIMARY KEY, ENGINE = ${engine}`)
        await here.database.query(`ALTER TABLE plan_events ENGINE = ${engine}`)
        await here.database.query('UPDATE plan_meta SET version = 2')
        done(await here.plan('status'))
        done(await here.plan('advance'))
        for (const table of await here.database.query(TABLES)) expect(keptAs(table)).toBe('InnoDB with 1 key')
        done(await here.plan('log'))
      })

      it('is not made where a table, a view or a trigger of somebody else stands in its place', async () => {
        await using here = await bench(server, users, { [PLAN]: rename() })
        const { database } = here
        await database.query('CREATE TABLE plan_steps (id int PRIMARY KEY) ENGINE=InnoDB')
        refused(
          await here.plan('advance', PLAN),
          5,
          'PLAN_DRIFT',
          'plan_steps',
          'has no plan, step, attempts',
        )
        await database.query('DROP TABLE plan_steps')
        await database.query('CREATE VIEW plan_events AS SELECT 1 AS hash')
        refused(await here.plan('advance', PLAN), 8, 'PLAN_PRIVILEGE', 'plan_events is no ordinary table')
        await database.query('DROP VIEW plan_events')
        done(await here.plan('advance', PLAN))
        await database.query(
          'CREATE TRIGGER theirs BEFORE INSERT ON plan_events FOR EACH ROW SET NEW.actor = 1',
        )
        refused(await here.plan('advance'), 8, 'PLAN_PRIVILEGE', 'plan_events has the trigger theirs')
        expect(refused(await here.plan('doctor'), 8, 'PLAN_PRIVILEGE').out).toContain(
          'has the trigger theirs',
        )
      })
    },
  )
