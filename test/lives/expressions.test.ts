import { expect, test } from 'vitest'
import { describeEachMysql, describeEachPostgres, type Server } from '../support/databases.ts'
import { printed, runs, stage } from '../support/lives.ts'

const SETUP = [
  'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100))',
  "INSERT INTO users VALUES (1, 'a@x')",
]
const INTENT =
  '- add_column: { table: users, column: handle, type: varchar(100), fill: { sql: "nosuch(email)" } }'

/** A server looks into the body of a trigger only when it fires: in the application's statement. */
function expressions(server: Server): void {
  test('that the server cannot run are found before a trigger relies on them', async () => {
    await using here = await stage(server, { setup: SETUP, intents: INTENT })
    const { err } = await runs(here, ['advance', 'life', '--phase', 'expand'], [2])
    expect(err).toContain('an expression of the plan does not work here')
    await here.database.query("INSERT INTO users (id, email) VALUES (2, 'b@x')")
    expect(await printed(here.database, 'SELECT count(*) FROM users')).toEqual([['2']])
    await runs(here, ['rollback', 'life', '--yes'])
  })
}

describeEachPostgres('expressions', expressions)
describeEachMysql('expressions', expressions)
