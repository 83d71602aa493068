import { expect, it } from 'vitest'
import { bench, describePostgres, done, refused } from '../support/command.ts'
import { PLAN, rename, users } from '../support/users.ts'

type Case = { readonly make: readonly string[]; readonly drop: string; readonly says: RegExp }

const CASES: Readonly<Record<string, Case>> = {
  'a view': {
    make: ['CREATE VIEW report AS SELECT last_name FROM users'],
    drop: 'DROP VIEW report',
    says: /view public\.report/,
  },
  'a policy': {
    make: ["CREATE POLICY named ON users USING (last_name <> '')"],
    drop: 'DROP POLICY named ON users',
    says: /policy named/,
  },
  'the condition of a trigger': {
    make: [
      "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
      'CREATE TRIGGER noting AFTER UPDATE ON users FOR EACH ROW WHEN (OLD.last_name IS DISTINCT FROM NEW.last_name) EXECUTE FUNCTION noted()',
    ],
    drop: 'DROP TRIGGER noting ON users',
    says: /trigger noting/,
  },
  'a column list of a publication': {
    make: ['CREATE PUBLICATION names FOR TABLE users (id, last_name)'],
    drop: 'DROP PUBLICATION names',
    says: /publication names/,
  },
}

describePostgres('what uses the old column', (server) => {
  it.for(Object.entries(CASES))(
    '%s: compile warns, contract refuses and names it',
    async ([, { make, drop, says }]) => {
      await using here = await bench(server, [...users(), ...make], { [PLAN]: rename() })
      const { database } = here
      expect(done(await here.plan('compile', PLAN)).out).toMatch(says)
      done(await here.plan('advance', '--until-checkpoint'))
      done(await here.plan('confirm', 'switch-app', '--by', 'me'))
      for (const _ of [1, 2]) {
        const ended = refused(
          await here.plan('advance', '--yes'),
          4,
          'PLAN_DEPENDENT',
          says,
          'nothing was dropped',
        )
        expect(ended.err).not.toContain('CASCADE')
      }
      expect(await database.query('SELECT last_name, family_name FROM users WHERE id = 1')).toEqual([
        { last_name: 'name 1', family_name: 'name 1' },
      ])
      await database.query(drop)
      done(await here.plan('advance', '--yes'))
      expect(await database.query('SELECT * FROM users WHERE id = 1')).toEqual([
        { id: '1', email: 'u1@example.org', family_name: 'name 1' },
      ])
    },
  )

  it('that came after the plan had begun stops contract all the same', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    await here.database.query('CREATE VIEW report AS SELECT last_name FROM users')
    refused(await here.plan('advance', '--yes'), 4, 'PLAN_DEPENDENT', 'view public.report')
    await here.database.query('CREATE OR REPLACE VIEW report AS SELECT family_name AS last_name FROM users')
    done(await here.plan('advance', '--yes'))
  })

  it('of the new one stops the way back before anything is undone, by its name', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    await here.database.query('CREATE VIEW report AS SELECT family_name FROM users')
    await here.database.query("CREATE POLICY named ON users USING (family_name <> '')")
    const before = done(await here.plan('status', '--json')).out
    const says = [
      /drop users.family_name, which view public\.report, policy named on users need/,
      'nothing was undone',
    ]
    refused(await here.plan('rollback', '--yes'), 4, 'PLAN_DEPENDENT', ...says)
    expect(JSON.parse(done(await here.plan('status', '--json')).out).plans[0].state).toBe(
      JSON.parse(before).plans[0].state,
    )
    await here.database.query("UPDATE users SET family_name = 'x' WHERE id = 1")
    expect(await here.database.query('SELECT last_name FROM users WHERE id = 1')).toEqual([
      { last_name: 'x' },
    ])
    await here.database.query('DROP VIEW report')
    await here.database.query('DROP POLICY named ON users')
    done(await here.plan('rollback', '--yes'))
  })

  it('that came while the column is retired stops the drop, not the way back', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename('contract: { hold: 1h }\n') })
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    expect(await here.plan('advance', '--yes')).toMatchObject({ code: 3 })
    const [found] = await here.database.query(
      "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname LIKE 'plan_drop%'",
    )
    await here.database.query(`CREATE VIEW report AS SELECT ${found?.['attname']} FROM users`)
    // As if the hour had passed.
    await here.database.query("UPDATE plan.plans SET retired_at = retired_at - interval '2 hours'")
    refused(await here.plan('advance', '--yes'), 4, 'PLAN_DEPENDENT', 'view public.report')
    done(await here.plan('rollback', '--app-is-back'))
    expect(await here.database.query('SELECT last_name FROM users WHERE id = 1')).toEqual([
      { last_name: 'name 1' },
    ])
  })

  it('only in the text of a function is noted, and does not stop contract', async () => {
    const make =
      "CREATE FUNCTION names() RETURNS SETOF text LANGUAGE plpgsql AS 'BEGIN RETURN QUERY SELECT last_name FROM users; END'"
    await using here = await bench(server, [...users(), make], { [PLAN]: rename() })
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    expect(done(await here.plan('advance', '--yes')).err).toContain('names() names users and last_name')
  })
})
