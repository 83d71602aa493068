import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done, refused } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import { createMysqlUser } from '../support/mysql-users.ts'
import { describeEachKind, isMysql, type Place } from '../support/places.ts'
import { mysqlUsers, PLAN, planFile, users } from '../support/users.ts'

const ROWS = 50

/** Texts of which most are numbers; `other` rows are not. */
async function texts(
  server: { readonly url: string },
  files: Readonly<Record<string, string>>,
  other = 'id IN (7, 33)',
): Promise<Bench> {
  const mysql = isMysql(server)
  return await bench(
    server,
    [
      ...(mysql ? mysqlUsers(ROWS) : users(ROWS)),
      `UPDATE users SET last_name = CASE WHEN ${other} THEN 'canary' ELSE ${mysql ? 'id' : 'id::text'} END`,
      'UPDATE users SET last_name = NULL WHERE id = 9',
    ],
    files,
  )
}

const age = (fields: string, value = '{ cast: { column: last_name, to: int } }') =>
  planFile('ages', [`add_column: { table: users, column: age, type: int, fill: ${value}${fields} }`])

const ages = async ({ query }: Place, where: string) =>
  (await query(`SELECT age FROM users WHERE ${where} ORDER BY id`)).map((row) => row['age'])

const columns = async ({ query }: Place) => Object.keys((await query('SELECT * FROM users LIMIT 1'))[0] ?? {})
const BEFORE = ['id', 'email', 'last_name']

describeEachKind('a fill that may fail', (server) => {
  it('is refused at compile where the plan does not say what becomes of such a row', async () => {
    await using here = await texts(server, { [PLAN]: age('') })
    refused(await here.plan('compile', PLAN), 2, 'PLAN_INVALID', 'age: a cast from ', 'unparsed', ':4:')
  })

  it('stops before anything is changed, with counts, keys and a query to look at the rows', async () => {
    await using here = await texts(server, { [PLAN]: age(', unparsed: fail') })
    const { database } = here
    const { err } = refused(
      await here.plan('advance', PLAN),
      4,
      'PLAN_POISON',
      '2 rows of users cannot be converted for age (id 7 | id 33)',
      /SELECT \* FROM .*users. WHERE .* IN \('7', '33'\)/,
      'nothing was changed',
    )
    expect(err).not.toContain('canary')
    expect(await columns(database)).toEqual(BEFORE)
    expect(await database.query("SELECT id FROM users WHERE last_name = 'canary' ORDER BY id")).toHaveLength(
      2,
    )
    await database.query("UPDATE users SET last_name = '1' WHERE last_name = 'canary'")
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    await expect(
      database.query("INSERT INTO users (id, email, last_name) VALUES (100, 'e', 'canary')"),
    ).rejects.toThrow()
    done(await here.plan('rollback', '--yes'))
  })

  it('leaves the column empty where the plan says null, for rows that are there and for those to come', async () => {
    await using here = await texts(server, { [PLAN]: age(', unparsed: null') })
    const { database } = here
    expect(done(await here.plan('advance', PLAN)).err).toContain(
      '2 rows of users cannot be converted for age',
    )
    await database.query(
      "INSERT INTO users (id, email, last_name) VALUES (100, 'e', 'canary'), (101, 'e', '101')",
    )
    await database.query("UPDATE users SET last_name = 'canary' WHERE id = 1")
    await database.query("UPDATE users SET last_name = '70' WHERE id = 7")
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    await database.query("UPDATE users SET last_name = 'canary' WHERE id = 2")
    expect(await ages(database, 'id IN (1, 2, 7, 9, 33, 34, 100, 101)')).toEqual([
      ...[null, null, 70, null, null, 34, null, 101],
    ])
    done(await here.plan('confirm', 'switch-app', '--plan', 'ages', '--by', 'me'))
    done(await here.plan('advance', PLAN, '--phase', 'contract', '--yes'))
    await database.query("INSERT INTO users (id, email, last_name) VALUES (102, 'e', 'canary')")
  })

  it('gives the default where the plan says so, and what is empty stays empty', async () => {
    await using here = await texts(server, { [PLAN]: age(', unparsed: default, default: -1') })
    const { database } = here
    done(await here.plan('advance', PLAN))
    await database.query("INSERT INTO users (id, email, last_name) VALUES (100, 'e', 'canary')")
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await ages(database, 'id IN (7, 8, 9, 100)')).toEqual([-1, 8, null, -1])
    done(await here.plan('rollback', '--yes'))
    expect(await columns(database)).toEqual(BEFORE)
  })
})

describeEachKind('rows that have no value', (server) => {
  it('are named beside those that get the default, and where rows at fault are passed over', async () => {
    const required = age(', required: true, unparsed: default, default: -1')
    await using here = await texts(server, { [PLAN]: required })
    refused(
      await here.plan('advance', PLAN),
      4,
      'PLAN_NULL',
      'users.age is required, but 1 row would have no',
    )
    done(await here.plan('rollback', 'ages'))
    const passes = 'backfill: { on_error: quarantine }\n'
    await here.write(PLAN, `${age(', required: true, unparsed: fail')}${passes}`)
    refused(
      await here.plan('advance', PLAN),
      4,
      'PLAN_NULL',
      'users.age is required, but 1 row would have no',
    )
    expect(await columns(here.database)).toEqual(BEFORE)
  })

  it('share one with others, though a column is called like our own words', async () => {
    const unique = planFile('ages', [
      'add_column: { table: users, column: age, type: varchar(40), unique: true, fill: { lower: { column: last_name } } }',
    ])
    await using here = await texts(server, { [PLAN]: unique })
    await here.database.query('ALTER TABLE users ADD COLUMN made date')
    await here.database.query('ALTER TABLE users ADD COLUMN plan_made date')
    refused(
      await here.plan('advance', PLAN),
      4,
      'PLAN_DUPLICATE',
      'users.age is to be unique, but 1 value would stand in several rows (id 7 | id 33)',
    )
  })
})

describePostgres('a function of the author', (server) => {
  it('that raises for a row is about that row', async () => {
    const value = '{ sql: public.parsed(last_name) }'
    await using here = await texts(server, { [PLAN]: age(', unparsed: fail', value) })
    const { database } = here
    await database.query(
      `CREATE FUNCTION parsed(word text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
         BEGIN IF word = 'canary' THEN RAISE EXCEPTION 'no number: %', word; END IF; RETURN word::int; END $$`,
    )
    const { err } = refused(
      await here.plan('advance', PLAN),
      4,
      'PLAN_POISON',
      '2 rows of users cannot be converted for age (id 7 | id 33)',
    )
    expect(err).not.toContain('canary')
    done(await here.plan('rollback', 'ages'))
    await here.write(PLAN, age(', unparsed: null', value))
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await ages(database, 'id IN (7, 8, 9)')).toEqual([null, 8, null])
  })
})

describeEachMysql('a user who may make no temporary table', (server) => {
  it('is told what to grant by doctor, and by advance before anything is changed', async () => {
    await using here = await texts(server, { [PLAN]: age(', unparsed: fail') })
    const { name } = here.database
    await using user = await createMysqlUser(
      here.database,
      `SELECT, UPDATE, ALTER, TRIGGER ON ${name}.users`,
      `CREATE, SELECT, INSERT, UPDATE, DELETE, LOCK TABLES ON ${name}.*`,
      'PROCESS, SUPER ON *.*',
    )
    const at = { env: { PLAN_DATABASE_URL: user.url } }
    const grant = `GRANT CREATE TEMPORARY TABLES ON \`${name.replaceAll('_', '\\_')}\`.* TO`
    expect(done(await here.planWith(at, 'doctor', PLAN)).out).toContain(grant)
    refused(await here.planWith(at, 'advance', PLAN), 8, 'PLAN_PRIVILEGE', grant, 'nothing was changed')
    expect(await columns(here.database)).toEqual(BEFORE)
  })
})

describeEachMysql('a table of another character set than its database', (server) => {
  it('is tried in its own', async () => {
    const plan = planFile('copies', [
      'add_column: { table: words, column: low, type: varchar(40), unique: true, fill: { lower: { column: word } } }',
    ])
    const setup = [
      'CREATE TABLE words (id int PRIMARY KEY, word varchar(40)) DEFAULT CHARSET=utf8mb4',
      "INSERT INTO words VALUES (1, '\u6f22'), (2, 'a')",
    ]
    await using here = await bench(server, setup, { [PLAN]: plan })
    await here.database.query(`ALTER DATABASE ${here.database.name} CHARACTER SET latin1`)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
  })
})
