import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { bench, describePostgres, done } from '../support/command.ts'
import { PLAN, planFile } from '../support/users.ts'

describePostgres('a column of a row type', (server) => {
  it('is filled and kept in step also where some or all fields of its values are empty', async () => {
    const setup = [
      'CREATE TYPE address AS (street text, town text)',
      "CREATE TABLE users (id int PRIMARY KEY, home address NOT NULL DEFAULT ROW('x', 'y'), mail text)",
      `INSERT INTO users VALUES (1, ROW('main', NULL)), (2, ROW(NULL, NULL)), (3, ROW('a', 'b'))`,
    ]
    const plan = planFile('rename', ['rename_column: { table: users, from: home, to: place }'])
    await using here = await bench(server, setup, { [PLAN]: plan })
    const { query } = here.database
    done(await here.plan('advance', PLAN, '--phase', 'expand'))
    await query("INSERT INTO users (id, home) VALUES (4, ROW('old', NULL))")
    await query("INSERT INTO users (id, place) VALUES (5, ROW('new', NULL)), (6, ROW(NULL, NULL))")
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    await query('UPDATE users SET place = ROW(NULL, NULL) WHERE id = 3')
    await query('UPDATE users SET home = ROW(NULL, NULL) WHERE id = 5')
    const rows = await query('SELECT home::text AS home, place::text AS place FROM users ORDER BY id')
    const values = ['(main,)', '(,)', '(,)', '(old,)', '(,)', '(,)']
    expect(rows).toEqual(values.map((one) => ({ home: one, place: one })))
    done(await here.plan('verify', 'rename'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    done(await here.plan('advance', '--yes'))
    const kept = await query('SELECT place::text AS place FROM users ORDER BY id')
    expect(kept.map(({ place }) => place)).toEqual(values)
  })
})

describePostgres('whoever may use a column by a grant of its own', (server) => {
  it('may use the columns that it is split into', async () => {
    const role = `clerk_${randomBytes(6).toString('hex')}`
    const setup = [
      'CREATE TABLE users (id int PRIMARY KEY, name text)',
      "INSERT INTO users VALUES (1, 'Ada Lovelace')",
      `CREATE ROLE ${role}`,
      `GRANT SELECT (id, name), UPDATE (name) ON users TO ${role}`,
    ]
    const half = (part: string) =>
      `{ type: text, value: { split: { column: name, separator: " ", part: ${part} } } }`
    const plan = planFile('split', [
      `split_column: { table: users, from: name, into: { given: ${half('first')}, family: ${half('rest')} }, back: { sql: "given || ' ' || family" } }`,
    ])
    await using here = await bench(server, setup, { [PLAN]: plan })
    const { query } = here.database
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    await query(`SET ROLE ${role}`)
    await query("UPDATE users SET given = 'Augusta', family = 'King' WHERE id = 1")
    expect(await query('SELECT name, given, family FROM users')).toEqual([
      { name: 'Augusta King', given: 'Augusta', family: 'King' },
    ])
    await query('RESET ROLE')
    await query(`DROP OWNED BY ${role}`)
    await query(`DROP ROLE ${role}`)
  })
})
