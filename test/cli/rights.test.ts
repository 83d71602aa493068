import { expect, it } from 'vitest'
import { type Bench, bench, done, refused } from '../support/command.ts'
import { describeEachMysql, describeEachPostgres } from '../support/databases.ts'
import { createMysqlUser } from '../support/mysql-users.ts'
import { mysqlUsers, PLAN, planFile, users } from '../support/users.ts'

const plan = (fill: string, check = '', unparsed = 'fail') =>
  planFile('slugs', [
    `add_column: { table: users, column: slug, type: varchar(90), fill: { sql: "${fill}" }, unparsed: ${unparsed}${check} }`,
  ])

/** Nothing of the plan is there. */
const untouched = async ({ database: { query } }: Bench) =>
  expect(Object.keys((await query('SELECT * FROM users LIMIT 1'))[0] ?? {})).not.toContain('slug')

describeEachPostgres('what writers may no longer do', (server) => {
  const SQL = [
    ...users(),
    'CREATE SCHEMA util',
    "CREATE FUNCTION util.slug(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'",
    "CREATE FUNCTION util.slug(int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text'",
    "CREATE FUNCTION util.fine(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'",
    'REVOKE ALL ON FUNCTION util.slug(text), util.slug(int), util.fine(text) FROM PUBLIC',
  ]
  const writing = async ({ query, name }: Bench['database']) => {
    const role = `writer_${name}`
    for (const statement of [
      `CREATE ROLE ${role}`,
      `GRANT INSERT, UPDATE ON users TO ${role}`,
      `GRANT USAGE ON SCHEMA util TO ${role}`,
      `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA util TO ${role}`,
    ])
      await query(statement)
    return {
      role,
      [Symbol.asyncDispose]: async () => {
        await query(`DROP OWNED BY ${role}`)
        await query(`DROP ROLE ${role}`)
      },
    }
  }

  it('of what the plan has them evaluate stops expand and shows in doctor, with the role and the GRANT', async () => {
    await using here = await bench(server, SQL, {
      [PLAN]: plan('util.slug(last_name)', ', check: "util.fine(slug)"'),
    })
    const { query } = here.database
    await using writer = await writing(here.database)
    const { role } = writer
    done(await here.plan('compile', PLAN))
    done(await here.plan('doctor', PLAN))
    const CASES = [
      ['USAGE ON SCHEMA util', 'use schema util', 'USAGE ON SCHEMA util'],
      [
        'EXECUTE ON FUNCTION util.slug(text)',
        'run util.slug',
        'EXECUTE ON FUNCTION util.slug(text), util.slug(integer)',
      ],
      ['EXECUTE ON FUNCTION util.fine(text)', 'run util.fine', 'EXECUTE ON FUNCTION util.fine(text)'],
    ] as const
    for (const [right, what, grant] of CASES) {
      await query(`REVOKE ${right} FROM ${role}`)
      const says = [`${role} may write to public.users, but not ${what}`, `GRANT ${grant} TO ${role}`]
      refused(await here.plan('advance', PLAN), 8, 'PLAN_PRIVILEGE', ...says)
      refused(await here.plan('doctor', PLAN), 8, 'PLAN_PRIVILEGE', says[1] ?? '')
      await query(`GRANT ${grant} TO ${role}`)
    }
    await untouched(here)
    done(await here.plan('advance', PLAN))
    await query(`SET ROLE ${role}`)
    await query("INSERT INTO users VALUES (100, 'e', 'NAME')")
    await query('RESET ROLE')
  })

  it('is also said of a role that was added later, and does not keep anybody from going back', async () => {
    await using here = await bench(server, SQL, { [PLAN]: plan('util.slug(last_name)', '', 'null') })
    const { query } = here.database
    await using writer = await writing(here.database)
    done(await here.plan('advance', PLAN))
    await query(`REVOKE USAGE ON SCHEMA util FROM ${writer.role}`)
    refused(await here.plan('advance', PLAN), 8, 'PLAN_PRIVILEGE', 'GRANT USAGE ON SCHEMA util')
    done(await here.plan('rollback', '--yes'))
    await untouched(here)
  })

  it('keeps a check of the author’s from being compiled', async () => {
    await using here = await bench(server, SQL, {
      [PLAN]: plan('lower(last_name)', ', check: "util.fine(slug)"'),
    })
    await using writer = await writing(here.database)
    await here.database.query(`REVOKE EXECUTE ON FUNCTION util.fine(text) FROM ${writer.role}`)
    const grant = `GRANT EXECUTE ON FUNCTION util.fine(text) TO ${writer.role}`
    refused(await here.plan('compile', PLAN), 2, 'PLAN_EXPRESSION', grant)
    await here.database.query('ALTER TABLE users ADD CONSTRAINT fine CHECK (util.fine(email))')
    await here.database.query(`SET ROLE ${writer.role}`)
    const insert = here.database.query("INSERT INTO users VALUES (100, 'e', 'n')")
    await expect(insert).rejects.toThrow('permission denied for function fine')
    await here.database.query('RESET ROLE')
    await here.database.query(grant)
    done(await here.plan('compile', PLAN))
  })
})

describeEachMysql('what the maker of the sync may not do', (server) => {
  it('of what its triggers evaluate stops expand and shows in doctor, with the account and the GRANT', async () => {
    await using here = await bench(
      server,
      [
        ...mysqlUsers(),
        'CREATE FUNCTION slug_of(v varchar(90)) RETURNS varchar(90) DETERMINISTIC NO SQL RETURN lower(v)',
      ],
      { [PLAN]: plan('if(last_name is null, null, concat(slug_of(last_name), id))') },
    )
    const { database } = here
    done(await here.plan('compile', PLAN))
    const rights = [
      'SELECT',
      'INSERT',
      'UPDATE',
      'DELETE',
      'CREATE',
      'DROP',
      'ALTER',
      'INDEX',
      'TRIGGER',
      'REFERENCES',
    ]
    await using user = await createMysqlUser(
      database,
      `${rights.join(', ')}, LOCK TABLES, CREATE TEMPORARY TABLES ON ${database.name}.*`,
      'SUPER, PROCESS ON *.*',
    )
    const as = { env: { PLAN_DATABASE_URL: user.url } }
    const grant = `GRANT EXECUTE ON FUNCTION \`${database.name}\`.\`slug_of\` TO '${user.name}'@'%'`
    const says = [`runs as ${user.name}@%, who may not run`, grant]
    refused(await here.planWith(as, 'advance', PLAN), 8, 'PLAN_PRIVILEGE', ...says)
    refused(await here.planWith(as, 'doctor', PLAN), 8, 'PLAN_PRIVILEGE', grant)
    await untouched(here)
    await database.query(grant)
    done(await here.planWith(as, 'doctor', PLAN))
    done(await here.planWith(as, 'advance', PLAN))
    await database.query("INSERT INTO users (id, email, last_name) VALUES (500, 'e', 'N')")
    expect(await database.query('SELECT slug FROM users WHERE id = 500')).toEqual([{ slug: 'n500' }])
    // The triggers stand and run as who made them, whoever goes on.
    await using other = await createMysqlUser(
      database,
      `${rights.join(', ')}, LOCK TABLES, CREATE TEMPORARY TABLES ON ${database.name}.*`,
      'SUPER, PROCESS ON *.*',
    )
    done(await here.planWith({ env: { PLAN_DATABASE_URL: other.url } }, 'doctor', PLAN))
    await database.query(grant.replace('GRANT', 'REVOKE').replace(' TO ', ' FROM '))
    refused(await here.plan('doctor', PLAN), 8, 'PLAN_PRIVILEGE', grant)
    await database.query(grant)
    done(await here.plan('doctor', PLAN))
  })
})
