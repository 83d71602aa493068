import { expect, it } from 'vitest'
import { type Bench, bench, done, refused } from '../support/command.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { mysqlUsers, PLAN, rename, users } from '../support/users.ts'

const ROWS = 60

type Server = Parameters<typeof isMysql>[0]

/** A BEFORE UPDATE trigger called `theirs`: its body on PostgreSQL, and on MySQL and MariaDB. */
type Body = { readonly postgres: string; readonly mysql: string }

const create = (server: Server, { postgres, mysql }: Body, precedes = ''): string[] =>
  isMysql(server)
    ? [`CREATE TRIGGER theirs BEFORE UPDATE ON users FOR EACH ROW ${precedes}BEGIN ${mysql} END`]
    : [
        `CREATE OR REPLACE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${postgres} RETURN NEW; END $$`,
        'CREATE OR REPLACE TRIGGER theirs BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION theirs()',
      ]

const table = (server: Server): readonly string[] => [
  ...(isMysql(server) ? mysqlUsers(ROWS) : users(ROWS)),
  'ALTER TABLE users ADD COLUMN touched int NOT NULL DEFAULT 0, ADD COLUMN ratio real NOT NULL DEFAULT 1.5',
  ...(isMysql(server) ? ['ANALYZE TABLE users'] : ['ANALYZE users']),
]

const BATCHES = 'backfill: { batch: { rows: 8, max_rows: 10 }, throttle: { duty: 1 } }\n'

/** The table with a trigger, expanded. */
async function expanded(
  server: Server,
  body: Body,
  more = BATCHES,
  sql: readonly string[] = [],
): Promise<Bench> {
  const here = await bench(server, [...table(server), ...create(server, body), ...sql], {
    [PLAN]: rename(more),
  })
  done(await here.plan('advance', PLAN))
  return here
}

/** All of the table but the column that is filled. */
const kept = async ({ database }: Bench): Promise<unknown> =>
  database.query('SELECT id, email, last_name, touched, ratio FROM users ORDER BY id')

const filled = async ({ database }: Bench): Promise<number> => {
  const [row] = await database.query('SELECT count(family_name) AS n FROM users')
  return Number(row?.['n'])
}

/** What a trigger of others says that is made while a plan runs. */
async function beforeOurs({ query }: Bench['database']): Promise<string> {
  const found = await query(
    `SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = database() AND TRIGGER_NAME LIKE 'zz_plan_sync%upd'`,
  )
  return `PRECEDES ${found[0]?.['name']} `
}

/** The same trigger, but not for the rows of a batch. */
async function guard(here: Bench, server: Server, { postgres, mysql }: Body): Promise<void> {
  if (isMysql(server)) await here.database.query('DROP TRIGGER theirs')
  const guarded = {
    postgres: `IF coalesce(current_setting('plan.backfill', true), '') <> '' THEN RETURN NEW; END IF; ${postgres}`,
    mysql: `IF @plan_backfill IS NULL THEN ${mysql} END IF;`,
  }
  const precedes = isMysql(server) ? await beforeOurs(here.database) : ''
  for (const statement of create(server, guarded, precedes)) await here.database.query(statement)
}

const EVERY: Body = {
  postgres: `IF true THEN NEW.touched := NEW.touched + 1; END IF;`,
  mysql: `IF TRUE THEN SET NEW.touched = NEW.touched + 1; END IF;`,
}
const OLD_COLUMN: Body = {
  postgres: `NEW.last_name := initcap(NEW.last_name);`,
  mysql: `SET NEW.last_name = CONCAT(UPPER(LEFT(NEW.last_name, 1)), SUBSTR(NEW.last_name, 2));`,
}
/** Changes one row late in the table, and only a little. */
const ONE: Body = {
  postgres: `IF NEW.id = 55 THEN NEW.ratio := 1.5000001; END IF;`,
  mysql: `IF NEW.id = 55 THEN SET NEW.ratio = 1.5000001; END IF;`,
}
const RAISES: Body = {
  postgres: `IF NEW.id IN (7, 55) THEN RAISE EXCEPTION 'no: %', NEW.email; END IF;`,
  mysql: `IF NEW.id IN (7, 55) THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF;`,
}
const EMPTIES: Body = {
  postgres: `IF NEW.id IN (7, 55) THEN NEW.family_name := OLD.family_name; END IF;`,
  mysql: `IF NEW.id IN (7, 55) THEN SET NEW.family_name = OLD.family_name; END IF;`,
}

describeEachKind('a BEFORE UPDATE trigger of the user', (server) => {
  const changes = {
    'that changes every row': [EVERY, 'touched'],
    'that changes the old column': [OLD_COLUMN, 'last_name'],
  } as const
  it.for(Object.entries(changes))(
    '%s: nothing is written, and with a guard in it the plan goes through',
    async ([, [body, column]]) => {
      await using here = await expanded(server, body)
      const before = await kept(here)
      const says = [
        'theirs',
        `changes ${column} of users`,
        'plan.backfill'.replace('.', isMysql(server) ? '_' : '.'),
      ]
      refused(await here.plan('advance', PLAN), 4, 'PLAN_TRIGGER', ...says)
      expect([await kept(here), await filled(here)]).toEqual([before, 0])
      await guard(here, server, body)
      done(await here.plan('advance', PLAN, '--phase', 'verify'))
      expect([await kept(here), await filled(here)]).toEqual([before, ROWS])
      done(await here.plan('rollback', '--yes'))
    },
  )

  it('that changes one row only is found in the batch of that row, which is rolled back', async () => {
    await using here = await expanded(server, ONE)
    const before = await kept(here)
    refused(await here.plan('advance', PLAN), 4, 'PLAN_TRIGGER', 'theirs', 'changes ratio of users')
    expect(await kept(here)).toEqual(before)
    expect(await filled(here)).toBeLessThan(55)
  })

  it('that raises is named with the key of the row, and passed over where the plan says so', async () => {
    await using here = await expanded(server, RAISES)
    const says = ['theirs', 'the row with id 7 ', /fix this row of users/]
    const { err } = refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', ...says)
    expect(err).not.toContain('u7@')
    done(await here.plan('rollback', '--yes'))
    await here.write(PLAN, rename(BATCHES.replace('batch:', 'on_error: quarantine, batch:')))
    done(await here.plan('advance', PLAN))
    const both = /2 rows of users .*id (7 \| id 55|55 \| id 7)/
    const again = refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', both)
    expect(again.err).toContain('theirs')
    expect(await filled(here)).toBe(ROWS - 2)
    await guard(here, server, RAISES)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await filled(here)).toBe(ROWS)
  })

  it('that came while the plan ran, and empties the new column, is named with the key of the row', async () => {
    await using here = await bench(server, table(server), { [PLAN]: rename(BATCHES) })
    done(await here.plan('advance', PLAN))
    // Made in the moment between the look for drift and the first batch.
    let made = false
    const faults = async (point: string) => {
      if (made || !/^before .*(@plan_backfill|'plan.backfill')/.test(point)) return
      made = true
      for (const statement of create(server, EMPTIES)) await here.database.query(statement)
    }
    refused(
      await here.planWith({ faults }, 'advance', PLAN),
      4,
      'PLAN_POISON',
      'theirs',
      'the row with id 7 ',
    )
    expect(made).toBe(true)
  })

  it('that leaves other columns alone hinders nobody', async () => {
    const harmless = { postgres: `PERFORM 1;`, mysql: `SET @seen = 1;` }
    await using here = await expanded(server, harmless)
    const before = await kept(here)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect([await kept(here), await filled(here)]).toEqual([before, ROWS])
  })
})

describeEachPostgres('a BEFORE UPDATE trigger that keeps rows from being written', (server) => {
  const RETURNS = { 'returns NULL': 'NULL', 'returns OLD': 'OLD' }
  it.for(Object.entries(RETURNS))('and %s is named with the key of the row', async ([, what]) => {
    await using here = await expanded(server, {
      postgres: `IF NEW.id IN (7, 55) THEN RETURN ${what}; END IF;`,
      mysql: '',
    })
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', 'theirs', 'the row with id 7 ')
    await here.database.query('ALTER TABLE users DISABLE TRIGGER theirs')
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await filled(here)).toBe(ROWS)
  })

  it('is named in a table without a key, too', async () => {
    const body = { postgres: `IF NEW.id IN (7, 55) THEN RETURN NULL; END IF;`, mysql: '' }
    await using here = await expanded(
      server,
      body,
      BATCHES.replace('batch:', 'on_error: quarantine, batch:'),
      ['ALTER TABLE users DROP CONSTRAINT users_pkey'],
    )
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', /2 rows of users .*ctid \(/)
    expect(await filled(here)).toBe(ROWS - 2)
  })

  it('is no hindrance where it fires for other columns only, or is switched off', async () => {
    const sql = [
      'DROP TRIGGER theirs ON users',
      'CREATE TRIGGER theirs BEFORE UPDATE OF email ON users FOR EACH ROW EXECUTE FUNCTION theirs()',
      'CREATE TRIGGER off BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION theirs()',
      'ALTER TABLE users DISABLE TRIGGER off',
    ]
    await using here = await expanded(server, EVERY, BATCHES, sql)
    const before = await kept(here)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect([await kept(here), await filled(here)]).toEqual([before, ROWS])
  })
})
