import { expect, it } from 'vitest'
import { bench, done, refused } from '../support/command.ts'
import { describeEachPostgres } from '../support/databases.ts'
import type { Place } from '../support/places.ts'
import { pastTheSync } from '../support/unseen.ts'
import { addHandle, PLAN, planFile, users } from '../support/users.ts'

const constraints = async ({ query }: Place) =>
  (
    await query(
      "SELECT conname FROM pg_constraint WHERE conrelid = 'users'::regclass AND contype <> 'p' ORDER BY conname",
    )
  ).map(({ conname }) => conname)
const indexes = async ({ query }: Place) =>
  (
    await query(
      "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'users'::regclass AND NOT i.indisprimary",
    )
  ).map(({ relname }) => relname)
const steps = async ({ query }: Place) => query("SELECT step, state FROM plan.steps WHERE state <> 'done'")

const SPLIT = planFile(
  'ages',
  [
    'add_column: { table: users, column: age, type: int, fill: { cast: { column: last_name, to: int } }, unparsed: fail }',
  ],
  'backfill: { batch: { rows: 64 } }\n',
)

describeEachPostgres('a row', (server) => {
  it('without a value in a column to be required stops the plan before it begins, and enforce before it changes anything', async () => {
    const fill = 'fill: { sql: "nullif(lower(email), \'u7@example.org\')" }'
    await using here = await bench(server, users(), {
      [PLAN]: addHandle().replace('fill: { lower: { column: email } }', fill),
    })
    const { database } = here
    // PostgreSQL 18 has NOT NULL among the constraints of a table.
    const before = await constraints(database)
    const empty = ['users.handle is required, but 1 row would have no value (id 7)', 'to see them: SELECT * ']
    refused(await here.plan('advance', PLAN), 4, 'PLAN_NULL', ...empty, 'nothing was changed')
    await database.query("UPDATE users SET email = 'seven' WHERE id = 7")
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    await database.query('UPDATE users SET handle = NULL WHERE id = 7')
    refused(await here.plan('advance', PLAN), 4, 'PLAN_NULL', 'users.handle is required, but 1 rows')
    expect(await constraints(database)).toEqual(before)
    expect(await steps(database)).toEqual([{ step: 'enforce.1', state: 'failed' }])
    await database.query("INSERT INTO users (id, email) VALUES (1000, 'A@example.org')")
    await database.query("UPDATE users SET last_name = 'x' WHERE id = 7")
    refused(await here.plan('advance', PLAN), 4, 'PLAN_NULL')
    await database.query("UPDATE users SET handle = 'seven' WHERE id = 7")
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    await expect(database.query('UPDATE users SET handle = NULL WHERE id = 7')).rejects.toThrow('null')
    expect(await database.query('SELECT handle FROM users WHERE id IN (7, 1000) ORDER BY id')).toEqual([
      { handle: 'seven' },
      { handle: 'a@example.org' },
    ])
  })

  it('that shares a value which must be unique stops the plan before it begins, and enforce, and leaves no broken index', async () => {
    await using here = await bench(
      server,
      [...users(), "UPDATE users SET email = 'canary@example.org' WHERE id IN (3, 4)"],
      { [PLAN]: addHandle('', ', unique: true') },
    )
    const { database } = here
    const twice = ['is to be unique, but 1 value would stand in several rows (id 3 | id 4)', 'to see them: ']
    refused(await here.plan('advance', PLAN), 4, 'PLAN_DUPLICATE', ...twice, 'nothing was changed')
    await database.query("UPDATE users SET email = 'four' WHERE id = 4")
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    await database.query("UPDATE users SET email = 'canary@example.org' WHERE id = 4")
    const ended = refused(await here.plan('advance', PLAN), 4, 'PLAN_DUPLICATE', 'CREATE UNIQUE INDEX')
    expect(ended.err).not.toContain('canary')
    expect(await indexes(database)).toEqual([])
    // Still no rule: the application goes on.
    await database.query("INSERT INTO users (id, email) VALUES (1000, 'CANARY@example.org')")
    await database.query("UPDATE users SET email = 'other' || id WHERE id IN (4, 1000)")
    await database.query("UPDATE users SET handle = 'other' || id WHERE id IN (4, 1000)")
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    await expect(
      database.query("INSERT INTO users (id, email) VALUES (2000, 'canary@example.org')"),
    ).rejects.toThrow('unique')
  })

  it('that breaks a check of the plan stops enforce, and is found again until it is mended', async () => {
    await using here = await bench(server, [...users(), "UPDATE users SET email = '' WHERE id = 5"], {
      [PLAN]: addHandle('', ', check: "handle <> \'\'"'),
    })
    const { database } = here
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    for (const _ of [1, 2])
      refused(await here.plan('advance', PLAN), 4, 'PLAN_INVARIANT', 'a row breaks a check')
    await database.query("UPDATE users SET handle = 'five' WHERE id = 5")
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
  })

  it('that cannot be converted is named by its key, and all before it are filled', async () => {
    await using here = await bench(server, [...users(500), 'UPDATE users SET last_name = id::text'], {
      [PLAN]: SPLIT,
    })
    const { database } = here
    done(await here.plan('advance', PLAN))
    await pastTheSync(database, "UPDATE users SET last_name = 'canary' WHERE id = 333")
    const ended = refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', 'the row with id 333 ')
    expect(ended.err).not.toContain('canary')
    expect(
      await database.query('SELECT count(*)::int, max(id)::int FROM users WHERE age IS NOT NULL'),
    ).toEqual([{ count: 332, max: 332 }])
    // Whoever writes such a value meanwhile is told by the database itself; nothing else is in the way.
    await database.query("UPDATE users SET last_name = '1' WHERE id = 500")
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', 'the row with id 333 ')
    await database.query("UPDATE users SET last_name = '333' WHERE id = 333")
    done(await here.plan('advance', PLAN))
    expect(
      await database.query('SELECT count(*)::int FROM users WHERE age IS DISTINCT FROM last_name::int'),
    ).toEqual([{ count: 0 }])
    // The trigger has done the two that the application wrote.
    expect(await database.query('SELECT sum(written)::int AS written FROM plan.slices')).toEqual([
      { written: 498 },
    ])
  })

  it('that breaks an invariant of the author stops verify, with its key', async () => {
    const invariant =
      'invariants: [{ name: no-empty-handles, sql: "select id from users where handle = \'\'" }]\n'
    await using here = await bench(server, [...users(), "UPDATE users SET email = '' WHERE id = 5"], {
      [PLAN]: addHandle(invariant),
    })
    done(await here.plan('advance', PLAN, '--phase', 'enforce'))
    const said = ['no-empty-handles does not hold: 1', '(5)']
    refused(await here.plan('advance', PLAN), 4, 'PLAN_INVARIANT', ...said)
    const checked = await here.plan('verify', PLAN)
    refused(checked, 4, 'PLAN_INVARIANT')
    for (const text of said) expect(checked.out).toContain(text)
    refused(await here.plan('status', '--exit-code'), 4, 'PLAN_INVARIANT', 'handles failed')
    await here.database.query("UPDATE users SET handle = 'five' WHERE id = 5")
    done(await here.plan('verify', PLAN))
    done(await here.plan('advance', PLAN))
  })
})
