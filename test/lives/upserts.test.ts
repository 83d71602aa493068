import pg from 'pg'
import { describe, expect, it, test } from 'vitest'
import { describeEachPostgres } from '../support/databases.ts'
import { advanceTo, all, printed, runs, stage } from '../support/lives.ts'
import { compiled, planOf } from '../support/programs.ts'
import { column, id, index, snapshot, table } from '../support/snapshots.ts'

describeEachPostgres('a rename of a column with a unique index', (server) => {
  test('says when an upsert has to be run again; one after the other works under both names, also behind one that waits', async () => {
    await using here = await stage(server, {
      setup: [
        'CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE, seen int NOT NULL DEFAULT 1)',
        "INSERT INTO users (email) VALUES ('a'), ('b')",
      ],
      intents: '- rename_column: { table: users, from: email, to: mail }',
    })
    const { database } = here
    const { out, err } = await runs(here, ['compile', 'plans/plan.yaml'])
    expect(`${out}${err}`.replaceAll(/\s+/g, ' ')).toMatch(
      /both users_email_key and \S+ are unique: .* can fail with 23505.* run its transaction again/,
    )
    expect((await runs(here, ['runbook', 'plans/plan.yaml'])).out).toContain('can fail with 23505')

    await advanceTo(here, 'verify')
    const upsert = (column: string, value: string) =>
      `INSERT INTO users (${column}) VALUES ('${value}') ON CONFLICT (${column}) DO UPDATE SET seen = users.seen + 1`
    await all(database, [
      upsert('email', 'a'),
      upsert('mail', 'a'),
      upsert('mail', 'c'),
      upsert('email', 'c'),
    ])
    const second = new pg.Client({ connectionString: database.url })
    await second.connect()
    await database.query('BEGIN')
    await database.query(upsert('email', 'd'))
    const waits = second.query(upsert('mail', 'd'))
    await database.query('COMMIT')
    await waits
    await second.end()
    expect(await printed(database, 'SELECT email, mail, seen FROM users ORDER BY email')).toEqual([
      ['a', 'a', '3'],
      ['b', 'b', '1'],
      ['c', 'c', '2'],
      ['d', 'd', '2'],
    ])
  })
})

describeEachPostgres('upserts of the same values by many sessions at once', (server) => {
  test('all come through where each runs again what fails with 23505, and none counts twice', async () => {
    await using here = await stage(server, {
      setup: ['CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE, seen int NOT NULL)'],
      intents: '- rename_column: { table: users, from: email, to: mail }',
    })
    const { database } = here
    await advanceTo(here, 'verify')
    const [sessions, values] = [16, 40]
    const clients = await Promise.all(
      Array.from({ length: sessions }, async () => {
        const client = new pg.Client({ connectionString: database.url })
        await client.connect()
        return client
      }),
    )
    /** The rule of the warning, word by word. */
    const untilDone = async (client: pg.Client, sql: string): Promise<void> => {
      for (;;) {
        const error = await client.query(sql).then(
          () => null,
          (one: pg.DatabaseError) => one,
        )
        if (error === null) return
        if (error.code !== '23505' || !/email|mail/.test(error.constraint ?? '')) throw error
      }
    }
    await Promise.all(
      clients.map(async (client, n) => {
        const column = n % 2 === 0 ? 'email' : 'mail'
        for (let value = 0; value < values; value++)
          await untilDone(
            client,
            `INSERT INTO users (${column}, seen) VALUES ('v${value}', 1) ON CONFLICT (${column}) DO UPDATE SET seen = users.seen + 1`,
          )
        await client.end()
      }),
    )
    expect(
      await printed(
        database,
        'SELECT count(*), count(*) FILTER (WHERE email = mail), min(seen), max(seen) FROM users',
      ),
    ).toEqual([[`${values}`, `${values}`, `${sessions}`, `${sessions}`]])
  })
})

describe('a new unique column that is made from a unique one', () => {
  const email = column('email', 'text', { notNull: true })
  const on = (dialect: string) =>
    snapshot({
      dialect,
      tables: [
        table('users', [id(), email], {
          indexes: [index('users', 'users_email_key', ['email'], { unique: true })],
        }),
      ],
    })
  const warnings = (dialect: string, fill: string) =>
    compiled(
      planOf(`add_column: { table: users, column: lowered, type: varchar(50), unique: true, fill: ${fill} }`),
      on(dialect),
    ).warnings.join('\n')

  it('meets the same upserts, from enforce on', () => {
    expect(warnings('postgres', '{ lower: { column: email } }')).toMatch(
      /from enforce on both users_email_key and users_lowered_key are unique/,
    )
    expect(warnings('postgres', '{ uuid: true }')).not.toContain('23505')
  })
})
