import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { type Bench, bench, done } from '../support/command.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { hostileTwins } from '../support/twins.ts'
import { PLAN, planFile } from '../support/users.ts'

const SETUP = [
  'CREATE SCHEMA app',
  'GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC',
  'GRANT CREATE, USAGE ON SCHEMA app TO PUBLIC',
  `CREATE TABLE app.users (id bigserial PRIMARY KEY, last_name varchar(80) NOT NULL DEFAULT '', email text UNIQUE, full_name varchar(80),
     state varchar(20) DEFAULT 'new' CHECK (state IN ('new', 'old')), born date, n int)`,
  'CREATE INDEX ON app.users (lower(last_name)) WHERE last_name <> $$x$$',
  "INSERT INTO app.users (last_name, email, full_name, n) SELECT 'n' || i, 'e' || i, 'a b' || i, i FROM generate_series(1, 60) i",
]
const RENAME = planFile(
  'rename',
  [
    'rename_column: { table: users, from: last_name, to: family_name }',
    'rename_column: { table: users, from: state, to: condition }',
    `split_column:
      table: users
      from: full_name
      into:
        given: { type: varchar(80), value: { split: { column: full_name, separator: " ", part: first } } }
        family: { type: varchar(80), value: { split: { column: full_name, separator: " ", part: rest } } }
      back: { sql: "given || ' ' || family" }`,
    'add_column: { table: users, column: kind, type: varchar(10), required: true, check: "kind <> $$x$$", fill: { sql: "CASE WHEN n = 1 OR n IN (2, 3) THEN $$first$$ ELSE lower(left(n::text, 3)) || $$x$$ END" } }',
  ],
  'invariants:\n  - { name: no-empty, sql: "SELECT id FROM users WHERE born = $$2020-01-01$$ AND kind = family || $$x$$" }\n',
)
const OTHER = planFile('other', ['rename_column: { table: users, from: email, to: mail }'])
const CONFIG = 'databases: { main: { url: "postgres://x@nowhere.invalid/x", schema: app } }\n'

/** Somebody who may make objects in both schemas, and nothing else. */
async function mallory({ database }: Bench) {
  const name = `mallory_${randomBytes(6).toString('hex')}`
  await database.query(`CREATE ROLE ${name}`)
  // Or the second would meet those of the first.
  await database.query('SET search_path = pg_catalog, pg_temp')
  await database.query(`SET ROLE ${name}`)
  for (const schema of ['public', 'app']) await database.query(hostileTwins(schema))
  await database.query('RESET ROLE')
  return async () => {
    await database.query(`DROP OWNED BY ${name} CASCADE`)
    await database.query(`DROP ROLE ${name}`)
  }
}

describeEachPostgres('functions and operators of somebody else', (server) => {
  it('are never called by a command, nor by the sync, whatever they are named and for whatever types', async () => {
    await using here = await bench(server, SETUP, {
      'plan.config.yaml': CONFIG,
      [PLAN]: RENAME,
      'plans/other.yaml': OTHER,
    })
    const gone = await mallory(here)
    const run = async (...args: string[]) =>
      done(await here.planWith({ env: { PLAN_DATABASE_URL: '' } }, ...args, '--url', here.database.url))
    const seen = async () =>
      here.database.query('SELECT is_called FROM public.seen UNION ALL SELECT is_called FROM app.seen')
    const none = [{ is_called: false }, { is_called: false }]
    // They are there, and would be taken.
    await here.database.query('SET search_path = pg_catalog, app, public')
    await expect(here.database.query("SELECT 'a'::varchar = 'b'::varchar")).rejects.toThrow('twin of =')
    await expect(here.database.query("SELECT replace('a'::name, 'b', 'c')")).rejects.toThrow(
      'twin of replace',
    )
    await here.database.query('SET search_path = pg_catalog, pg_temp')
    await here.database.query("SELECT setval('app.seen', 1, false), setval('public.seen', 1, false)")
    await run('doctor')
    await run('snapshot', '--out', 'snapshot.json')
    await run('compile', PLAN, 'plans/other.yaml')
    await run('advance', PLAN, '--until-checkpoint')
    await run('advance', 'plans/other.yaml', '--phase', 'verify')
    for (const args of [['status'], ['doctor'], ['verify', PLAN], ['log', 'rename'], ['runbook', PLAN]])
      await run(...args)
    for (const write of [
      "INSERT INTO app.users (last_name, email, full_name, n) VALUES ('w', 'w', 'w w', 8)",
      "INSERT INTO app.users (family_name, mail, given, family, n) VALUES ('v', 'v', 'v', 'v', 9)",
      "UPDATE app.users SET last_name = 'z', full_name = 'y z', email = 'u' WHERE id OPERATOR(pg_catalog.=) 61::bigint",
    ])
      await here.database.query(write)
    expect(await seen()).toEqual(none)
    await run('rollback', 'other', '--yes')
    await run('confirm', 'switch-app', '--plan', 'rename', '--by', 'me')
    await run('advance', PLAN, '--yes')
    expect(await seen()).toEqual(none)
    await gone()
  })
})
