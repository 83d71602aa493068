import { describe, expect, it } from 'vitest'
import { describeEachPostgres } from '../../support/databases.ts'
import { inspected, OTHER } from './inspected.ts'

describeEachPostgres('inspect', (server) => {
  const here = inspected(server)
  const { look, table, named } = here

  it('is plain data about the server and its tables, in order', () => {
    expect(JSON.parse(JSON.stringify(here.snapshot))).toEqual(here.snapshot)
    expect(here.snapshot).toMatchObject({
      format: 1,
      dialect: 'postgres',
      schema: 'app',
      server: { number: server.number },
    })
    expect(here.snapshot.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
      `${OTHER}.events_2021`,
      `${OTHER}.orders`,
      'app.base',
      'app.derived',
      'app.event_notes',
      'app.events',
      'app.events_2020',
      'app.teams',
      'app.users',
    ])
    expect(table('users')).toMatchObject({ kind: 'table', owner: 'postgres', comment: 'people', rows: -1 })
    expect(table('users').bytes).toBeGreaterThan(0)
  })

  it('reads the same twice, whatever the session prints like', async () => {
    const settings = [
      'search_path = app, public',
      'quote_all_identifiers = on',
      "datestyle = 'German'",
      "timezone = 'Asia/Tokyo'",
    ]
    for (const setting of settings) await here.database.query(`SET ${setting}`)
    expect(await look()).toEqual(here.snapshot)
    expect(await here.database.query('SHOW search_path')).toEqual([{ search_path: 'app, public' }])
    await here.database.query('RESET ALL')
  })

  it('needs no privilege', async () => {
    await here.database.query('SET ROLE inspect_reader')
    expect(await look()).toEqual(here.snapshot)
    await here.database.query('RESET ROLE')
  })

  it('reads only the tables that are asked for, in any schema', async () => {
    const tables = [
      { schema: OTHER, name: 'orders' },
      { schema: 'app', name: 'teams' },
      { schema: 'app', name: 'missing' },
    ]
    const { names: _, ...known } = here.snapshot
    expect(await look({ schema: 'app', tables })).toEqual({
      ...known,
      tables: [table('orders', OTHER), table('teams')],
    })
    expect((await look({ schema: 'missing' })).tables).toEqual([])
  })

  describe('columns', () => {
    const column = (name: string) => named(table('users').columns, name)

    it('are those that were not dropped', () => {
      expect(table('users').columns.map(({ position, name }) => `${position} ${name}`)).toEqual([
        '1 id',
        '2 serial_no',
        '4 last_name',
        '5 First Name',
        '6 email',
        '7 mood',
        '8 code',
        '9 created',
        '10 touched',
        '11 since',
        '12 age',
        '13 shout',
        '14 team',
      ])
    })

    it('have all that was set on them', () => {
      expect(column('last_name')).toEqual({
        name: 'last_name',
        position: 4,
        type: 'text',
        collation: 'pg_catalog."C"',
        default: null,
        identity: null,
        generated: null,
        notNull: true,
        comment: 'family name',
        statisticsTarget: 500,
        storage: 'EXTERNAL',
        compression: null,
        options: ['n_distinct=-0.5'],
        grants: [{ to: 'inspect_reader', privilege: 'UPDATE', grantable: true }],
        sequences: [],
      })
      expect(column('email')).toMatchObject({
        compression: 'pglz',
        collation: null,
        storage: null,
        statisticsTarget: null,
      })
      expect(column('mood')).toMatchObject({ type: 'app."Mood"[]' })
      expect(column('shout')).toMatchObject({
        default: null,
        generated: { kind: 'stored', expression: 'upper(last_name)' },
      })
    })

    it('know an identity from a sequence of their own', () => {
      expect(column('id')).toMatchObject({ identity: 'always', default: null, sequences: [], notNull: true })
      expect(column('serial_no')).toMatchObject({
        identity: null,
        default: { sql: "nextval('app.users_serial_no_seq'::regclass)", volatile: true },
        sequences: [{ schema: 'app', name: 'users_serial_no_seq' }],
      })
    })

    it.each([
      ['First Name', "'it''s random()'::character varying", false],
      ['code', 'app.next_code()', true],
      ['created', 'now()', false],
      ['touched', 'clock_timestamp()', true],
      ['since', "'2020-01-31'::date", false],
    ])('%s has the default %s, volatile: %s', (name, sql, volatile) => {
      expect(column(name)?.default).toEqual({ sql, volatile })
    })

    it.runIf(server.number >= 180000)(
      'may be empty on some rows while NOT NULL is not validated',
      async () => {
        await here.database.query('CREATE TABLE app.later (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL)')
        await here.database.query('ALTER TABLE app.later ADD CONSTRAINT a_set NOT NULL a NOT VALID')
        const [later] = (await look({ schema: 'app', tables: [{ schema: 'app', name: 'later' }] })).tables
        expect(later?.columns).toMatchObject([
          { notNull: false },
          { generated: { kind: 'virtual', expression: '(a + 1)' } },
        ])
        expect(later?.constraints).toMatchObject([
          {
            name: 'a_set',
            kind: 'not null',
            definition: 'NOT NULL a NOT VALID',
            columns: ['a'],
            validated: false,
          },
        ])
        await here.database.query('DROP TABLE app.later')
      },
    )
  })

  describe('indexes', () => {
    const index = (name: string) => named(table('users').indexes, name)

    it('need the columns of their expressions, predicate and INCLUDE too', () => {
      expect(table('users').indexes.map(({ name, columns, key }) => [name, columns, key])).toEqual([
        ['Users Code', ['First Name', 'code'], ['code', 'First Name']],
        ['users_age_excl', ['email', 'code', 'age'], null],
        ['users_email_key', ['email'], ['email']],
        ['users_expression', ['id', 'last_name'], null],
        ['users_partial', ['last_name', 'created', 'age'], ['last_name']],
        ['users_pkey', ['id'], ['id']],
      ])
    })

    it('have their definition and what it does not say', () => {
      expect(index('users_partial')).toMatchObject({
        definition:
          'CREATE INDEX users_partial ON app.users USING btree (last_name DESC) INCLUDE (age) WHERE (created IS NOT NULL)',
        partial: true,
        unique: false,
        constraint: null,
      })
      expect(index('Users Code')).toMatchObject({
        unique: true,
        clustered: true,
        comment: 'of old',
        valid: true,
      })
      expect(index('users_pkey')).toMatchObject({ primary: true, constraint: 'users_pkey' })
    })

    it('are invalid when their concurrent build broke off', async () => {
      await here.database.query('CREATE TABLE app.twice AS SELECT 1 AS a FROM generate_series(1, 2)')
      await expect(
        here.database.query('CREATE UNIQUE INDEX CONCURRENTLY broken ON app.twice (a)'),
      ).rejects.toThrow()
      const [twice] = (await look({ schema: 'app', tables: [{ schema: 'app', name: 'twice' }] })).tables
      expect(twice?.indexes).toMatchObject([{ name: 'broken', valid: false, unique: true }])
      await here.database.query('DROP TABLE app.twice')
    })
  })
})
