import { expect, it } from 'vitest'
import { bench, describePostgres, done } from '../support/command.ts'
import { number } from '../support/sessions.ts'
import { PLAN, planFile } from '../support/users.ts'

/** Some 300 MB in rows that fill a block each: quicker to make than as many bytes in small rows. */
const ROWS = 38_000
const WIDE = [
  'CREATE TABLE users (id bigint PRIMARY KEY, last_name text, page text) WITH (autovacuum_enabled = off)',
  'ALTER TABLE users ALTER page SET STORAGE PLAIN',
  `INSERT INTO users SELECT n, 'name ' || n, repeat('x', 7800) FROM generate_series(1, ${ROWS}) AS n`,
  'VACUUM (ANALYZE) users',
]

const RENAME = planFile(
  'rename',
  ['rename_column: { table: users, from: last_name, to: family_name }'],
  'backfill: { batch: { rows: 100 } }\n',
)

describePostgres('a large table', (server) => {
  it('is cleared of old row versions while it is filled, and does not double', async () => {
    await using here = await bench(server, WIDE, { [PLAN]: RENAME })
    const size = () => number(here.database, "SELECT pg_relation_size('users')")
    const before = await size()
    const { err } = done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    expect(err).toContain('old row versions of users are cleared (VACUUM, ')
    expect((await size()) / before).toBeLessThan(1.6)
    expect(await number(here.database, 'SELECT count(*) FROM users WHERE family_name = last_name')).toBe(ROWS)
  })
})
