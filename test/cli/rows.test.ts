import { expect, it } from 'vitest'
import { atFault } from '../support/at-fault.ts'
import { bench, done, refused } from '../support/command.ts'
import { describeEachMysql, describeEachPostgres } from '../support/databases.ts'
import { isMysql, type Place } from '../support/places.ts'
import { ledger, number, shape } from '../support/sessions.ts'
import { pastTheSync } from '../support/unseen.ts'
import { addHandle, mysqlUsers, PLAN, planFile, users } from '../support/users.ts'

type Server = Parameters<typeof isMysql>[0]

const indexes = async (place: Place): Promise<unknown[]> => {
  const sql = isMysql(place)
    ? "SHOW INDEX FROM users WHERE Key_name <> 'PRIMARY'"
    : "SELECT indexrelid FROM pg_index WHERE indrelid = 'users'::regclass AND NOT indisprimary"
  return place.query(sql)
}
const steps = (place: Place) =>
  place.query(`SELECT step, state FROM ${ledger(place, 'steps')} WHERE state <> 'done'`)

const AGES = planFile(
  'ages',
  [
    'add_column: { table: users, column: age, type: int, fill: { cast: { column: last_name, to: int } }, unparsed: fail }',
  ],
  'backfill: { batch: { rows: 64 } }\n',
)

const rowsOn = (server: Server): void => {
  const mysql = isMysql(server)
  const table = (rows?: number) => (mysql ? mysqlUsers(rows) : users(rows))
  const handle = (more = '', fields = '') => addHandle(more, fields, mysql ? 'varchar(80)' : 'text')

  it('without a value in a column to be required stops the plan before it begins, and enforce before it changes anything', async () => {
    const fill = 'fill: { sql: "nullif(lower(email), \'u7@example.org\')" }'
    await using here = await bench(server, table(), {
      [PLAN]: handle().replace('fill: { lower: { column: email } }', fill),
    })
    const { database } = here
    const empty = ['users.handle is required, but 1 row would have no value (id 7)', 'to see them: SELECT * ']
    refused(await here.plan('advance', PLAN), 4, 'PLAN_NULL', ...empty, 'nothing was changed')
    const tried = await atFault(here, await here.plan('advance', PLAN, '--json'))
    expect([tried.code, tried.keys]).toEqual(['PLAN_NULL', ['id 7']])
    expect(await number(database, `SELECT id FROM (${tried.query}) shown`)).toBe(7)
    await database.query("UPDATE users SET email = 'seven' WHERE id = 7")
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    const before = await shape(database)
    await database.query('UPDATE users SET handle = NULL WHERE id = 7')
    const ended = await here.plan('advance', PLAN, '--json')
    const { code, keys, query } = await atFault(here, ended)
    expect([ended.code, code, keys]).toEqual([4, 'PLAN_NULL', ['id 7']])
    expect(await number(database, `SELECT id FROM (${query}) shown`)).toBe(7)
    expect(await shape(database)).toEqual(before)
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

  it('that shares a value which must be unique stops the plan before it begins, and enforce, and leaves no index', async () => {
    await using here = await bench(
      server,
      [...table(), "UPDATE users SET email = 'canary@example.org' WHERE id IN (3, 4)"],
      { [PLAN]: handle('', ', unique: true') },
    )
    const { database } = here
    const twice = ['is to be unique, but 1 value would stand in several rows (id 3 | id 4)', 'to see them: ']
    refused(await here.plan('advance', PLAN), 4, 'PLAN_DUPLICATE', ...twice, 'nothing was changed')
    await database.query("UPDATE users SET email = 'four' WHERE id = 4")
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    await database.query("UPDATE users SET email = 'canary@example.org' WHERE id = 4")
    const where = mysql ? 'users' : 'CREATE UNIQUE INDEX'
    const ended = refused(await here.plan('advance', PLAN), 4, 'PLAN_DUPLICATE', where)
    expect(ended.err).not.toContain('canary')
    expect(await indexes(database)).toEqual([])
    // Still no rule: the application goes on.
    await database.query("INSERT INTO users (id, email) VALUES (1000, 'CANARY@example.org')")
    await database.query("UPDATE users SET email = concat('other', id) WHERE id IN (4, 1000)")
    await database.query("UPDATE users SET handle = concat('other', id) WHERE id IN (4, 1000)")
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    await expect(
      database.query("INSERT INTO users (id, email) VALUES (2000, 'canary@example.org')"),
    ).rejects.toThrow(mysql ? 'Duplicate' : 'unique')
  })

  it('that cannot be converted is named by its key, and all before it are filled', async () => {
    await using here = await bench(server, [...table(500), "UPDATE users SET last_name = concat(id, '')"], {
      [PLAN]: AGES,
    })
    const { database } = here
    done(await here.plan('advance', PLAN))
    await pastTheSync(database, "UPDATE users SET last_name = 'canary' WHERE id = 333")
    const ended = refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', 'the row with id 333 ')
    expect(ended.err).not.toContain('canary')
    const filled = "SELECT concat(count(*), ' up to ', max(id)) AS filled FROM users WHERE age IS NOT NULL"
    expect(await database.query(filled)).toEqual([{ filled: '332 up to 332' }])
    // Whoever writes such a value meanwhile is told by the database itself; nothing else is in the way.
    await database.query("UPDATE users SET last_name = '1' WHERE id = 500")
    const { keys, query, sqlstate } = await atFault(here, await here.plan('advance', PLAN, '--json'))
    expect([keys, sqlstate]).toEqual([['id 333'], expect.stringMatching(/^\w{5}$/)])
    expect(await number(database, `SELECT id FROM (${query}) shown`)).toBe(333)
    await database.query("UPDATE users SET last_name = '333' WHERE id = 333")
    done(await here.plan('advance', PLAN))
    const differ = "SELECT id FROM users WHERE age IS NULL OR concat(age, '') <> last_name"
    expect(await database.query(differ)).toEqual([])
    // The trigger has done the two that the application wrote.
    expect(await number(database, `SELECT sum(written) FROM ${ledger(database, 'slices')}`)).toBe(498)
  })

  it('that breaks an invariant of the author stops verify, with its key', async () => {
    const invariant =
      'invariants: [{ name: no-empty-handles, sql: "select id from users where handle = \'\'" }]\n'
    await using here = await bench(server, [...table(), "UPDATE users SET email = '' WHERE id = 5"], {
      [PLAN]: handle(invariant),
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
}

describeEachPostgres('a row', rowsOn)
describeEachMysql('a row', rowsOn)

// MySQL and MariaDB would copy the whole table for a check.
describeEachPostgres('a row', (server) => {
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
})
