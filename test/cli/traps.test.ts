import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { bench, describePostgres, done, refused } from '../support/command.ts'
import { addHandle, PLAN, planFile, rename, users } from '../support/users.ts'

describePostgres('what is easily got wrong', (server) => {
  it('the direction of the sync follows the column that changed, whatever the path and the role of the session', async () => {
    await using here = await bench(server, users(4), { [PLAN]: rename() })
    const { query } = here.database
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    for (const [id, path] of ['a, public', '"Public-2", public', ''].entries()) {
      await query(`SELECT set_config('search_path', $1, false)`, [path])
      await query(`UPDATE public.users SET family_name = 'new' WHERE id = ${id + 1}`)
      await query(`UPDATE public.users SET last_name = 'old' WHERE id = 4`)
      expect(
        await query('SELECT last_name, family_name FROM public.users WHERE id IN ($1, 4) ORDER BY id', [
          id + 1,
        ]),
      ).toEqual([
        { last_name: 'new', family_name: 'new' },
        { last_name: 'old', family_name: 'old' },
      ])
    }
  })

  it('a key that is GENERATED ALWAYS AS IDENTITY is no hindrance: no batch writes a key', async () => {
    const setup = [
      'CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL, last_name text)',
      `INSERT INTO users (email, last_name) SELECT n || '@example.org', 'name ' || n FROM generate_series(1, 20) n`,
    ]
    await using here = await bench(server, setup, { [PLAN]: rename() })
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(
      await here.database.query('SELECT count(*)::int AS n FROM users WHERE family_name = last_name'),
    ).toEqual([{ n: 20 }])
  })

  it('a generated column as the source of a fill is refused, with what it is generated from', async () => {
    const setup = [...users(), `ALTER TABLE users ADD shout text GENERATED ALWAYS AS (upper(email)) STORED`]
    const filled =
      'add_column: { table: users, column: handle, type: text, fill: { lower: { column: shout } } }'
    await using here = await bench(server, setup, { [PLAN]: planFile('handles', [filled]) })
    refused(await here.plan('compile', PLAN), 2, 'PLAN_EXPRESSION', 'generated column', 'upper(email)')
  })

  it('forced row security stops the plan before it begins: its batches would not see all rows', async () => {
    await using here = await bench(server, users(), { [PLAN]: addHandle() })
    const { query } = here.database
    const owner = `owner_${randomBytes(6).toString('hex')}`
    await query(`CREATE ROLE ${owner} LOGIN`)
    try {
      await query(`ALTER TABLE users OWNER TO ${owner}`)
      await query(`GRANT CREATE ON SCHEMA public TO ${owner}`)
      await query(`GRANT CREATE ON DATABASE ${here.database.name} TO ${owner}`)
      await query('ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
      const url = new URL(here.database.url)
      url.username = owner
      const as = { env: { PLAN_DATABASE_URL: url.href } }
      refused(
        await here.planWith(as, 'advance', PLAN),
        8,
        'PLAN_PRIVILEGE',
        'row security is forced',
        'BYPASSRLS',
      )
      expect(
        await query(`SELECT 1 FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'handle'`),
      ).toEqual([])
    } finally {
      await query(`DROP OWNED BY ${owner} CASCADE`)
      await query(`DROP ROLE ${owner}`)
    }
  })

  it('a unique old column that parts give back only with loss collides in no batch, and for clients as ever', async () => {
    const setup = [
      'CREATE TABLE users (id bigint PRIMARY KEY, full_name text UNIQUE)',
      `INSERT INTO users VALUES (1, 'Ann Lee'), (2, 'Ann  Lee'), (3, 'Bob Ray')`,
    ]
    const split = `split_column: { table: users, from: full_name, into: {
      first_name: { type: text, value: { split: { column: full_name, separator: ' ', part: first } } },
      family_name: { type: text, value: { split: { column: full_name, separator: ' ', part: last } } } },
      back: { concat: { columns: [first_name, family_name], separator: ' ' } } }`
    await using here = await bench(server, setup, { [PLAN]: planFile('split', [split]) })
    const { query } = here.database
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    const all = 'SELECT full_name FROM users ORDER BY id'
    const before = [{ full_name: 'Ann Lee' }, { full_name: 'Ann  Lee' }, { full_name: 'Bob Ray' }]
    expect(await query(all)).toEqual(before)
    const taken = `UPDATE users SET first_name = 'Ann', family_name = 'Lee' WHERE id = 3`
    await expect(query(taken)).rejects.toMatchObject({ code: '23505' })
    expect(await query(all)).toEqual(before)
  })
})
