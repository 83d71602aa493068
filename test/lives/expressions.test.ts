import { expect, test } from 'vitest'
import { describeEachMysql, describeEachPostgres, type Server } from '../support/databases.ts'
import { printed, runs, stage } from '../support/lives.ts'

const SETUP = [
  'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100))',
  "INSERT INTO users VALUES (1, 'a@x')",
]
const INTENT =
  '- add_column: { table: users, column: handle, type: varchar(100), fill: { sql: "nosuch(email)" }, unparsed: fail }'

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

describeEachMysql('expressions', expressions)

describeEachPostgres('expressions', (server) => {
  const made = (name: string, body: string) =>
    `CREATE FUNCTION ${name}(varchar) RETURNS varchar LANGUAGE plpgsql AS $$ BEGIN ${body} END $$`
  const intent = (name: string) => INTENT.replace('nosuch', name)

  test('that the server cannot run are found before a trigger relies on them, in the body of a function, too', async () => {
    const setup = [...SETUP, made('body', 'RETURN handle_of($1);'), made('handle_of', 'RETURN $1;')]
    await using here = await stage(server, { setup, intents: intent('body') })
    const { err } = await runs(here, ['advance', 'life', '--phase', 'expand'], [2])
    expect(err).toContain('an expression of the plan does not work here')
    await here.database.query("INSERT INTO users (id, email) VALUES (2, 'b@x')")
    expect(await printed(here.database, 'SELECT count(*) FROM users')).toEqual([['2']])
    await here.database.query('ALTER FUNCTION body SET search_path = public')
    await runs(here, ['advance', 'life', '--phase', 'backfill'])
    await here.database.query('SET search_path = pg_catalog')
    await here.database.query("INSERT INTO public.users (id, email) VALUES (3, 'c@x')")
    expect(await printed(here.database, 'SELECT handle FROM public.users ORDER BY id')).toEqual([
      ['a@x'],
      ['b@x'],
      ['c@x'],
    ])
  })

  test('that one row cannot be given to do not keep the trigger from being made', async () => {
    const setup = [...SETUP, made('refuses', "IF $1 = 'a@x' THEN RAISE EXCEPTION 'no'; END IF; RETURN $1;")]
    const intents = intent('refuses').replace('unparsed: fail', 'unparsed: null')
    await using here = await stage(server, { setup, intents })
    await runs(here, ['advance', 'life', '--phase', 'expand'])
    await here.database.query("INSERT INTO users (id, email) VALUES (2, 'a@x'), (3, 'b@x')")
    await runs(here, ['advance', 'life', '--phase', 'verify'])
    expect(await printed(here.database, 'SELECT id FROM users WHERE handle IS NULL ORDER BY id')).toEqual([
      ['1'],
      ['2'],
    ])
  })

  test('that name no function are refused when they are compiled', async () => {
    await using here = await stage(server, { setup: SETUP, intents: INTENT })
    const { err } = await runs(here, ['advance', 'life', '--phase', 'expand'], [2])
    expect(err).toContain('there is no function nosuch')
  })
})

describeEachPostgres('a batch', (server) => {
  test('runs triggers of the application that look names up by the path of whoever writes', async () => {
    const setup = [
      ...SETUP,
      'CREATE TABLE audit (id bigint)',
      'CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES (NEW.id); RETURN NULL; END $$',
      'CREATE TRIGGER noting AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note()',
    ]
    await using here = await stage(server, { setup, intents: INTENT.replace('nosuch', 'lower') })
    await runs(here, ['advance', 'life', '--phase', 'backfill'])
    expect(await printed(here.database, 'SELECT id FROM audit')).toEqual([['1']])
  })
})
