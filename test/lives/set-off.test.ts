import { expect, it } from 'vitest'
import { bench, describePostgres, done } from '../support/command.ts'
import { describeEachMysql, type Server } from '../support/databases.ts'
import { isMysql, type Place } from '../support/places.ts'
import { PLAN, planFile, rename } from '../support/users.ts'

const ACCOUNTS = planFile('accounts', ['rename_column: { table: accounts, from: owner, to: holder }'])
const TABLES = [
  'CREATE TABLE users (id int PRIMARY KEY, last_name varchar(80))',
  'CREATE TABLE accounts (id int PRIMARY KEY, owner varchar(80))',
  "INSERT INTO accounts VALUES (1, 'nobody')",
  "INSERT INTO users VALUES (1, 'a'), (2, 'b')",
]
const differ = async ({ query }: Place, table: string, a: string, b: string) =>
  query(`SELECT id FROM ${table} WHERE ${a} <> ${b} OR ${a} IS NULL OR ${b} IS NULL`)

/** The batch fills `family_name`; the application answers each update of a user with writes of its own. */
function batches(server: Server): void {
  it('let alone only their own table: what they set off in that of another plan is carried over', async () => {
    const set = isMysql(server)
      ? "CREATE TRIGGER t AFTER UPDATE ON users FOR EACH ROW UPDATE accounts SET owner = CONCAT('of ', NEW.id) WHERE id = 1"
      : "CREATE FUNCTION set_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE public.accounts SET owner = 'of ' || NEW.id WHERE id = 1; RETURN NULL; END $$"
    const fires = isMysql(server)
      ? []
      : ['CREATE TRIGGER t AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION set_off()']
    const files = { [PLAN]: rename(), 'plans/accounts.yaml': ACCOUNTS }
    await using here = await bench(server, [...TABLES, set, ...fires], files)
    done(await here.plan('advance', 'plans/accounts.yaml', '--phase', 'backfill'))
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    expect(await here.database.query('SELECT owner, holder FROM accounts')).toEqual([
      { owner: 'of 2', holder: 'of 2' },
    ])
    done(await here.plan('verify', 'plans/accounts.yaml'))
  })
}

describePostgres('batches', batches)
describeEachMysql('batches', batches)

describePostgres('batches', (server) => {
  it('let alone only what they write themselves: another row of the same table is carried over', async () => {
    const set = `CREATE FUNCTION set_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      UPDATE public.users SET last_name = 'seen' WHERE id = 3; RETURN NULL; END $$`
    const fires =
      'CREATE TRIGGER t AFTER UPDATE ON users FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION set_off()'
    await using here = await bench(server, [...TABLES, "INSERT INTO users VALUES (3, 'c')", set, fires], {
      [PLAN]: rename(),
    })
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    expect(await differ(here.database, 'users', 'last_name', 'family_name')).toEqual([])
    done(await here.plan('verify', PLAN))
  })

  it('can be told by a trigger of the application', async () => {
    const touch = `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF current_setting('plan.backfill', true) <> '' THEN RETURN NEW; END IF;
      NEW.last_name := 'touched'; RETURN NEW; END $$`
    const fires = 'CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()'
    await using here = await bench(server, [...TABLES, touch, fires], { [PLAN]: rename() })
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    expect(await here.database.query("SELECT id FROM users WHERE last_name = 'touched'")).toEqual([])
    await here.database.query('BEGIN')
    await here.database.query('UPDATE users SET id = id WHERE id = 1')
    expect(await here.database.query('SELECT last_name, family_name FROM users WHERE id = 1')).toEqual([
      { last_name: 'touched', family_name: 'touched' },
    ])
    await here.database.query('ROLLBACK')
  })
})
