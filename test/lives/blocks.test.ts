import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done, refused, until } from '../support/command.ts'
import type { Place } from '../support/places.ts'
import { alone, number } from '../support/sessions.ts'
import { pastTheSync } from '../support/unseen.ts'
import { counted, PLAN, planFile } from '../support/users.ts'

const ROWS = 4_000
const RENAME = 'rename_column: { table: users, from: last_name, to: family_name }'

const slowly = (intent = RENAME, duty = 1, more = '') =>
  planFile(
    'rename',
    [intent],
    `backfill: { batch: { rows: 20, max_rows: 40 }, throttle: { duty: ${duty} }${more} }\n`,
  )

/** A table without any key, in which every row has a number of its own all the same. */
const keyless = [
  'CREATE TABLE users (id bigint, email text NOT NULL, last_name text) WITH (fillfactor = 100)',
  `INSERT INTO users SELECT n, 'u' || n || '@example.org', 'name ' || n FROM generate_series(1, ${ROWS}) AS n`,
  'ANALYZE users',
]

async function prepared(server: { readonly url: string }, plan = slowly()): Promise<Bench> {
  const here = await bench(server, [...keyless, ...counted], { [PLAN]: plan })
  done(await here.plan('advance', PLAN))
  return here
}

const filled = (database: Place) =>
  number(database, 'SELECT count(*) FROM users WHERE family_name = last_name AND family_name IS NOT NULL')
const slices = (database: Place) => number(database, 'SELECT count(*) FROM plan.slices')

describePostgres('a table without a key', (server) => {
  it('is filled block by block, and the compiler says so', async () => {
    await using here = await prepared(server)
    expect(done(await here.plan('compile', PLAN, '--stdout')).out).toContain(
      'public.users has no key to walk along: its backfill goes by the blocks of the table',
    )
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await filled(here.database)).toBe(ROWS)
    expect(await number(here.database, 'SELECT count(*) FROM writes WHERE times > 1')).toBe(0)
    expect(await number(here.database, 'SELECT sum(written) FROM plan.slices')).toBe(ROWS)
    expect(await slices(here.database)).toBeGreaterThan(1)
  })

  it('is gone through once more for rows that were written anew in other blocks meanwhile', async () => {
    await using here = await prepared(server, slowly(RENAME, 0.2))
    const { database } = here
    // There is room in the first blocks for the rows of the last ones.
    await database.query('DELETE FROM users WHERE id <= 400')
    await database.query('VACUUM users')
    const running = here.start('advance', PLAN, '--phase', 'backfill')
    await until('it is behind the first blocks', async () => (await filled(database)) > 300)
    await database.query(`UPDATE users SET email = email || ' ' WHERE id > ${ROWS - 300}`)
    const { err } = done(await running.ended)
    expect(err).toContain('rows moved to other blocks meanwhile; one more pass')
    expect(await filled(database)).toBe(ROWS - 400)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
  })

  it('is shared by several workers that are killed again and again, and each row is written once', async () => {
    await using here = await prepared(server, slowly(RENAME, 0.1, ', workers: 3'))
    const { database } = here
    for (let kills = 0; kills < 4; kills++) {
      const before = await filled(database)
      const running = here.start('advance', PLAN, '--phase', 'backfill')
      await until('it has come further', async () => (await filled(database)) > before + 60)
      await pause(Math.random() * 50)
      running.child.kill('SIGKILL')
      await running.ended
    }
    await alone(database)
    done(await here.plan('throttle', '--duty', '1'))
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await filled(database)).toBe(ROWS)
    expect(await number(database, 'SELECT count(*) FROM writes WHERE times > 1')).toBe(0)
  })

  it('with a row that cannot be converted stops there, and says where that is', async () => {
    const ten =
      'add_column: { table: users, column: n, type: int, fill: { sql: "100 / (CASE WHEN email = \'poison\' THEN 0 ELSE 1 END)" }, unparsed: fail }'
    await using here = await prepared(server, slowly(ten))
    const { database } = here
    await pastTheSync(database, "UPDATE users SET email = 'poison' WHERE id = 1111")
    const [row] = await database.query('SELECT ctid::text AS place FROM users WHERE id = 1111')
    refused(
      await here.plan('advance', PLAN, '--phase', 'backfill'),
      4,
      'PLAN_POISON',
      `the row with ctid ${row?.['place']} cannot be converted`,
    )
    await database.query('DELETE FROM users WHERE id = 1111')
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await number(database, 'SELECT count(*) FROM users WHERE n IS NULL')).toBe(0)
  })

  it('that is empty, or was never analyzed, is no trouble', async () => {
    await using here = await bench(server, ['CREATE TABLE users (email text, last_name text)'], {
      [PLAN]: slowly(),
    })
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    done(await here.plan('rollback', 'rename', '--yes'))
    await here.database.query(
      `INSERT INTO users SELECT 'u', 'name ' || n FROM generate_series(1, ${ROWS}) AS n`,
    )
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await filled(here.database)).toBe(ROWS)
  })
})
