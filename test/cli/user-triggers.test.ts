import { expect, it } from 'vitest'
import { type Bench, bench, done, refused } from '../support/command.ts'
import { describeEachMysql, describeEachPostgres } from '../support/databases.ts'
import { mysqlUsers, PLAN, rename, users } from '../support/users.ts'

const compiled = async (here: Bench): Promise<string> => done(await here.plan('compile', PLAN)).out

/** Until the new version is deployed, and the old shape may go. */
async function confirmed(here: Bench): Promise<void> {
  done(await here.plan('advance', PLAN, '--until-checkpoint'))
  done(await here.plan('confirm', 'switch-app', '--by', 'me'))
}

const fn = (name: string, body: string) =>
  `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$`
const trigger = (name: string, when: string, call = `${name}()`) =>
  `CREATE OR REPLACE TRIGGER ${name} ${when} ON users FOR EACH ROW EXECUTE FUNCTION ${call}`

describeEachPostgres('triggers of the user, when a plan is compiled', (server) => {
  it('that surely change each row are refused with ways out, until one is taken', async () => {
    const touch = 'NEW.updated_at = now(); RETURN NEW;'
    await using here = await bench(
      server,
      [
        ...users(),
        'ALTER TABLE users ADD COLUMN updated_at timestamptz, ADD COLUMN version int',
        fn('touch', touch),
        trigger('touch', 'BEFORE UPDATE'),
      ],
      { [PLAN]: rename() },
    )
    const { query } = here.database
    const says = [
      'touch sets updated_at of public.users',
      "coalesce(current_setting('plan.backfill', true), '')",
      'DISABLE TRIGGER "touch"',
      'session_replication_role',
    ]
    refused(await here.plan('compile', PLAN), 2, 'PLAN_UNSUPPORTED', ...says)
    await query(fn('touch', 'NEW.version := OLD.version + 1; RETURN NEW;'))
    refused(await here.plan('compile', PLAN), 2, 'PLAN_UNSUPPORTED', 'touch sets version')
    const guard = "IF coalesce(current_setting('plan.backfill', true), '') <> '' THEN RETURN NEW; END IF;"
    await query(fn('touch', guard + touch))
    expect(await compiled(here)).not.toContain('touch')
    await query(fn('touch', touch))
    await query(trigger('touch', 'BEFORE UPDATE OF email'))
    expect(await compiled(here)).not.toContain('touch')
    await query(trigger('touch', 'BEFORE UPDATE'))
    await query('ALTER TABLE users DISABLE TRIGGER touch')
    expect(await compiled(here)).not.toContain('touch')
    await query('ALTER TABLE users ENABLE TRIGGER touch')
    await query(fn('touch', 'NEW.email := lower(NEW.email); RETURN NEW;'))
    expect(await compiled(here)).toMatch(/touch fires for every row that the backfill writes and sets email/)
  })

  it('that fire for statements are named where a batch sets them off, and nowhere else', async () => {
    const each = (name: string, when: string) =>
      `CREATE TRIGGER ${name} ${when} ON users FOR EACH STATEMENT EXECUTE FUNCTION noting()`
    await using here = await bench(
      server,
      [
        ...users(),
        fn('noting', 'RETURN NULL;'),
        each('counting', 'AFTER UPDATE'),
        each('opening', 'BEFORE INSERT OR UPDATE'),
        each('inserting', 'AFTER INSERT'),
        each('mailing', 'AFTER UPDATE OF email'),
        each('off', 'AFTER UPDATE'),
        'ALTER TABLE users DISABLE TRIGGER off',
      ],
      { [PLAN]: rename() },
    )
    const out = (await compiled(here)).replace(/\s+/g, ' ')
    expect([...out.matchAll(/trigger (\w+) fires once for every batch/g)].map(([, name]) => name)).toEqual([
      'counting',
      'opening',
    ])
    expect(out).not.toContain('fires for every row')
  })

  it('that name the old column are named, and contract refuses until they are rewritten', async () => {
    await using here = await bench(
      server,
      [
        ...users(),
        'CREATE TABLE log (what text)',
        fn('noting', 'INSERT INTO log VALUES (NEW.last_name); RETURN NULL;'),
        trigger('noting', 'AFTER INSERT'),
        fn('given', 'RETURN NULL;'),
        trigger('given', 'AFTER INSERT', "given('id', 'last_name')"),
        fn('dynamic', `EXECUTE 'SELECT $1.last_name' USING NEW; RETURN NULL;`),
        trigger('dynamic', 'AFTER INSERT'),
        `CREATE FUNCTION report() RETURNS bigint LANGUAGE sql AS 'SELECT count(last_name) FROM users'`,
        `CREATE FUNCTION other() RETURNS text LANGUAGE sql AS 'SELECT ''last_names of userss'' -- users.last_name'`,
      ],
      { [PLAN]: rename() },
    )
    const { query } = here.database
    const out = await compiled(here)
    for (const name of ['noting', 'given'])
      expect(out).toContain(`trigger ${name} uses last_name; contract will refuse`)
    expect(out).toMatch(/function public\.dynamic\(\) of trigger dynamic names last_name/)
    expect(out).toMatch(/function (public\.)?report\(\) names last_name/)
    expect(out).not.toContain('other()')
    await confirmed(here)
    const says = ['trigger noting', 'trigger given', 'nothing was dropped']
    refused(await here.plan('advance', '--yes'), 4, 'PLAN_DEPENDENT', ...says)
    await query(fn('noting', 'INSERT INTO log VALUES (NEW.family_name); RETURN NULL;'))
    await query('DROP TRIGGER given ON users')
    const { err } = done(await here.plan('advance', '--yes'))
    expect(err).toMatch(/report\(\) names users and last_name/)
    expect(err).toContain('dynamic')
    await query('DROP TRIGGER dynamic ON users')
    await query("INSERT INTO users (id, email, family_name) VALUES (100, 'a', 'b')")
  })
})

describeEachPostgres('what takes rows for having just their columns', (server) => {
  it('is named when the plan is compiled, and the runbook says what clients meet', async () => {
    const give = (name: string, query: string) =>
      `CREATE FUNCTION ${name}() RETURNS SETOF users LANGUAGE sql AS '${query}'`
    await using here = await bench(
      server,
      [
        ...users(),
        'CREATE TABLE hist (LIKE users)',
        fn('keeping', 'INSERT INTO hist SELECT OLD.*; RETURN OLD;'),
        trigger('keeping', 'BEFORE DELETE'),
        fn('comparing', 'IF NEW.* IS DISTINCT FROM OLD.* THEN RAISE NOTICE $a$x$a$; END IF; RETURN NULL;'),
        trigger('comparing', 'AFTER UPDATE'),
        give('named', 'SELECT id, email, last_name FROM users'),
        give('whole', 'SELECT u.* FROM users u'),
        'CREATE FUNCTION sealed() RETURNS SETOF users LANGUAGE sql BEGIN ATOMIC SELECT * FROM users; END',
      ],
      { [PLAN]: rename() },
    )
    const out = await compiled(here)
    for (const one of ['trigger keeping', 'function public.named()', 'function public.sealed()'])
      expect(out).toContain(
        `${one}${one.startsWith('trigger') ? ' (function public.keeping())' : ''} takes the rows of users`,
      )
    for (const one of ['comparing()) takes', 'whole() takes']) expect(out).not.toContain(one)
    // They do fail: this is why they are named.
    done(await here.plan('advance', PLAN))
    const { query } = here.database
    await expect(query('DELETE FROM users WHERE id = 1')).rejects.toThrow(
      'more expressions than target columns',
    )
    await expect(query('SELECT * FROM named()')).rejects.toThrow('return type mismatch')
    await expect(query('SELECT * FROM sealed()')).rejects.toThrow(/./)
    expect(await query('SELECT * FROM whole() LIMIT 1')).toHaveLength(1)
    const page = done(await here.plan('runbook', PLAN)).out
    expect(page).toMatch(/0A000[\s\S]*COPY … FROM/)
  })
})

describeEachMysql('triggers and programs of the user, when a plan is compiled', (server) => {
  it('that surely change each row are refused with ways out, until one is taken', async () => {
    const touch = (body: string) => `CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW ${body}`
    await using here = await bench(
      server,
      [
        ...mysqlUsers(),
        'ALTER TABLE users ADD COLUMN updated_at datetime(6)',
        touch('SET NEW.updated_at = NOW(6)'),
      ],
      { [PLAN]: rename() },
    )
    const { query } = here.database
    const says = ['touch sets updated_at of', '@plan_backfill IS NULL', 'PRECEDES']
    refused(await here.plan('compile', PLAN), 2, 'PLAN_UNSUPPORTED', ...says)
    await query('DROP TRIGGER touch')
    await query(touch('IF @plan_backfill IS NULL THEN SET NEW.updated_at = NOW(6); END IF'))
    expect(await compiled(here)).not.toMatch(/touch (sets|fires)/)
  })

  it('that name the old column are named, and contract looks again', async () => {
    await using here = await bench(
      server,
      [
        ...mysqlUsers(),
        'CREATE TABLE log (what text)',
        'CREATE TRIGGER noting AFTER INSERT ON users FOR EACH ROW INSERT INTO log VALUES (NEW.last_name)',
        'CREATE PROCEDURE report() SELECT last_name FROM users',
        'CREATE FUNCTION total() RETURNS int READS SQL DATA RETURN (SELECT COUNT(last_name) FROM users)',
        'CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM users WHERE last_name IS NULL',
        "CREATE PROCEDURE other() SELECT 'the last_names' FROM users /* last_name */",
        'CREATE VIEW shown AS SELECT last_name FROM users',
      ],
      { [PLAN]: rename('contract: { hold: 0s }\n') },
    )
    const { query, name } = here.database
    const out = await compiled(here)
    for (const one of [`procedure ${name}.report`, `function ${name}.total`, `event ${name}.nightly`])
      expect(out).toContain(`${one} names last_name in its text`)
    expect(out).toContain('trigger noting uses last_name; contract will refuse')
    expect(out).toContain(`view ${name}.shown uses last_name; contract will refuse`)
    expect(out).not.toContain('.other')
    await confirmed(here)
    refused(await here.plan('advance', '--yes'), 4, 'PLAN_DEPENDENT', 'trigger noting', 'shown')
    await query('DROP TRIGGER noting')
    await query('DROP VIEW shown')
    await query('DROP PROCEDURE report')
    const { err } = done(await here.plan('advance', '--yes'))
    for (const one of ['.total', '.nightly']) expect(err).toContain(`${name}${one} names users and last_name`)
    expect(err).not.toContain('.report')
  })
})
