import { expect, it } from 'vitest'
import { bench, done, refused } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import type { Place } from '../support/places.ts'
import { mysqlUsers, PLAN, planFile, rename } from '../support/users.ts'

const columns = async ({ query }: Place) =>
  (await query('SHOW COLUMNS FROM users')).map((row) => String(row['Field']))
const to = (name: string) =>
  planFile('rename', [`rename_column: { table: users, from: last_name, to: ${name} }`])

describeEachMysql('a name', (server) => {
  it('that differs only in case or accents from a column that is there is taken', async () => {
    await using here = await bench(server, [...mysqlUsers(), 'ALTER TABLE users ADD café int'], {})
    for (const name of ['Email', 'EMAIL', 'Cafe', 'CAFÉ', 'Last_Name']) {
      await here.write(PLAN, to(name))
      refused(await here.plan('compile', PLAN), 2, 'PLAN_COLUMN_EXISTS', name)
    }
  })

  it('that the plan writes in another case than the table is not found, and the right one offered', async () => {
    await using here = await bench(server, mysqlUsers(), {
      [PLAN]: planFile('rename', ['rename_column: { table: users, from: LAST_NAME, to: family_name }']),
    })
    refused(await here.plan('compile', PLAN), 2, 'PLAN_COLUMN_MISSING', 'did you mean last_name?')
  })

  it('that somebody else has given to a column after the plan was compiled stops expand, and stays', async () => {
    await using here = await bench(server, mysqlUsers(), { [PLAN]: rename() })
    const { database } = here
    done(await here.plan('compile', PLAN))
    await database.query("ALTER TABLE users ADD Family_Name varchar(9) DEFAULT 'theirs'")
    const before = await columns(database)
    for (const _ of ['the first time', 'and again'])
      refused(await here.plan('advance', PLAN), 5, 'PLAN_DRIFT', 'not by this plan')
    await here.plan('rollback', PLAN, '--yes')
    expect(await columns(database)).toEqual(before)
    expect(await database.query('SELECT DISTINCT Family_Name AS theirs FROM users')).toEqual([
      { theirs: 'theirs' },
    ])
    await database.query('ALTER TABLE users DROP COLUMN Family_Name')
    done(await here.plan('advance', PLAN))
  })
})
