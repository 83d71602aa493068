import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type InspectOptions, inspect } from '../../../src/dialects/postgres/inspect.ts'
import { describe as describeSnapshot, difference } from '../../../src/schema/describe.ts'
import type { Snapshot, Table } from '../../../src/schema/snapshot.ts'
import { createDatabase, type Database, describeEachPostgres } from '../../support/databases.ts'
import { plainSession } from '../../support/plain-session.ts'
import { RICH_SCHEMA } from '../../support/rich-schema.ts'

const OTHER = 'Other "one"'

describeEachPostgres('inspect', (server) => {
  let database: Database
  let snapshot: Snapshot

  const look = (options: InspectOptions = { schema: 'app', schemas: [OTHER] }) =>
    inspect(plainSession(database.client), options)
  const table = (name: string, schema = 'app'): Table => {
    const found = snapshot.tables.find((one) => one.schema === schema && one.name === name)
    if (!found) throw new Error(`no ${schema}.${name}`)
    return found
  }
  const named = <T extends { readonly name: string }>(list: readonly T[], name: string): T | undefined =>
    list.find((one) => one.name === name)

  beforeAll(async () => {
    database = await createDatabase(server)
    for (const statement of RICH_SCHEMA) await database.query(statement)
    snapshot = await look()
  })
  afterAll(() => database?.[Symbol.asyncDispose]())

  it('is plain data about the server and its tables, in order', () => {
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
    expect(snapshot).toMatchObject({
      format: 1,
      dialect: 'postgres',
      schema: 'app',
      server: { number: server.number },
    })
    expect(snapshot.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
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
    for (const setting of settings) await database.query(`SET ${setting}`)
    expect(await look()).toEqual(snapshot)
    expect(await database.query('SHOW search_path')).toEqual([{ search_path: 'app, public' }])
    await database.query('RESET ALL')
  })

  it('needs no privilege', async () => {
    await database.query('SET ROLE inspect_reader')
    expect(await look()).toEqual(snapshot)
    await database.query('RESET ROLE')
  })

  it('reads only the tables that are asked for, in any schema', async () => {
    const tables = [
      { schema: OTHER, name: 'orders' },
      { schema: 'app', name: 'teams' },
      { schema: 'app', name: 'missing' },
    ]
    const { names: _, ...known } = snapshot
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
        await database.query('CREATE TABLE app.later (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL)')
        await database.query('ALTER TABLE app.later ADD CONSTRAINT a_set NOT NULL a NOT VALID')
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
        await database.query('DROP TABLE app.later')
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
      await database.query('CREATE TABLE app.twice AS SELECT 1 AS a FROM generate_series(1, 2)')
      await expect(
        database.query('CREATE UNIQUE INDEX CONCURRENTLY broken ON app.twice (a)'),
      ).rejects.toThrow()
      const [twice] = (await look({ schema: 'app', tables: [{ schema: 'app', name: 'twice' }] })).tables
      expect(twice?.indexes).toMatchObject([{ name: 'broken', valid: false, unique: true }])
      await database.query('DROP TABLE app.twice')
    })
  })

  it('reads constraints with their columns', () => {
    const { constraints } = table('users')
    expect(constraints.filter(({ kind }) => kind !== 'not null')).toMatchObject([
      {
        name: 'age_positive',
        kind: 'check',
        definition: 'CHECK ((age > 0))',
        columns: ['age'],
        validated: true,
      },
      { name: 'old_enough', kind: 'check', columns: ['age', 'last_name'], validated: false, comment: 'law' },
      {
        name: 'users_age_excl',
        kind: 'exclusion',
        columns: ['email', 'code', 'age'],
        index: 'users_age_excl',
      },
      { name: 'users_email_key', kind: 'unique', columns: ['email'], deferrable: true, deferred: true },
      { name: 'users_pkey', kind: 'primary', columns: ['id'], index: 'users_pkey', deferrable: false },
    ])
    const notNull = constraints.filter(({ kind }) => kind === 'not null').map(({ name }) => name)
    expect(notNull).toEqual(
      server.number < 180000
        ? []
        : ['users_id_not_null', 'users_last_name_not_null', 'users_serial_no_not_null'],
    )
  })

  it('reads foreign keys from both ends', () => {
    const team = {
      name: 'users_team_fkey',
      from: { schema: 'app', table: 'users', columns: ['team'] },
      to: { schema: 'app', table: 'teams', columns: ['id'] },
      definition: 'FOREIGN KEY (team) REFERENCES app.teams(id) ON DELETE CASCADE',
      validated: true,
      comment: null,
    }
    expect(table('users').foreignKeys).toEqual([team])
    expect(table('teams').referencedBy).toEqual([team])
    expect(table('users').referencedBy).toMatchObject([
      { name: 'Order User', from: { schema: OTHER, table: 'orders', columns: ['User'] }, validated: true },
      { name: 'invalid_fk', to: { schema: 'app', table: 'users', columns: ['id'] }, validated: false },
    ])
  })

  it('reads triggers with what fires them', () => {
    expect(table('users').triggers).toMatchObject([
      {
        name: 'audit',
        definition:
          "CREATE TRIGGER audit BEFORE INSERT OR UPDATE OF age, last_name ON app.users FOR EACH ROW EXECUTE FUNCTION app.audit('x')",
        timing: 'before',
        events: ['insert', 'update'],
        level: 'row',
        columns: ['last_name', 'age'],
        updateOf: ['last_name', 'age'],
        enabled: 'O',
        function: 'app.audit',
        functionHash: '759e03daf8c22fe1f810e221a4640967',
      },
      {
        name: 'late',
        timing: 'after',
        events: ['delete', 'truncate'],
        level: 'statement',
        columns: [],
        enabled: 'A',
      },
    ])
  })

  it('reads row security', () => {
    expect(table('users').rowSecurity).toEqual({ enabled: true, forced: false })
    expect(table('teams').rowSecurity).toEqual({ enabled: false, forced: true })
    expect(table('users').policies).toEqual([
      {
        name: 'everybody',
        command: 'ALL',
        definition: 'PERMISSIVE FOR ALL TO PUBLIC USING (true)',
        columns: [],
      },
      {
        name: 'own',
        command: 'UPDATE',
        definition:
          'RESTRICTIVE FOR UPDATE TO inspect_reader USING ((last_name = CURRENT_USER)) WITH CHECK ((age > 1))',
        columns: ['last_name', 'age'],
      },
    ])
  })

  it('reads what else the server knows to need a column', () => {
    expect(table('users').dependents).toEqual([
      { kind: 'function', name: 'function app.newest()', columns: ['id', 'last_name'] },
      { kind: 'generated column', name: 'column app.users.shout', columns: ['last_name'] },
      { kind: 'materialized view', name: 'materialized view app.ages', columns: ['age'] },
      { kind: 'rule', name: 'rule quiet on app.users', columns: ['age'] },
      { kind: 'view', name: 'view app."Active"', columns: ['last_name', 'email', 'age'] },
    ])
    expect(table('events').dependents).toEqual([
      { kind: 'other', name: 'partition key of app.events', columns: ['at'] },
    ])
  })

  it('reads statistics, replica identity and grants', () => {
    expect(table('users').statistics).toEqual([
      {
        schema: 'app',
        name: 'users_stats',
        definition:
          'CREATE STATISTICS app.users_stats (ndistinct, mcv) ON last_name, (age + 1) FROM app.users',
        columns: ['last_name', 'age'],
        target: null,
        comment: null,
        owner: 'postgres',
      },
    ])
    expect(table('users').replicaIdentity).toEqual({ kind: 'default', index: null })
    expect(table('teams').replicaIdentity).toEqual({ kind: 'index', index: 'teams_identity' })
    expect(table('users').grants.filter(({ to }) => to !== 'postgres')).toEqual([
      { to: 'PUBLIC', privilege: 'SELECT', grantable: false },
      { to: 'inspect_reader', privilege: 'SELECT', grantable: false },
    ])
    expect(table('teams').grants).toEqual([])
  })

  it('reads partitions and parents', () => {
    expect(table('events')).toMatchObject({
      kind: 'partitioned',
      partitions: [`${OTHER}.events_2021`, 'app.events_2020'],
      partitionOf: null,
      inheritedBy: [],
      rows: 10,
      bytes: table('events_2020').bytes + table('events_2021', OTHER).bytes,
    })
    expect(table('events_2020')).toMatchObject({ kind: 'table', partitionOf: 'app.events', inherits: [] })
    expect(table('events_2020').triggers).toMatchObject([{ name: 'events_audit' }])
    expect(table('derived')).toMatchObject({ inherits: ['app.base'], partitionOf: null })
    expect(table('base')).toMatchObject({ inheritedBy: ['app.derived'], partitions: [] })
    // The copies that the server keeps for each partition are its own affair.
    expect(table('event_notes').foreignKeys).toHaveLength(1)
    expect(table('events').referencedBy).toHaveLength(1)
  })

  it('reads publications of the table, of all tables and of its parent', async () => {
    const everything = { name: 'everything', columns: null }
    expect(table('users').publications).toEqual([everything, { name: 'few', columns: null }])
    expect(table('events_2020').publications).toEqual([everything])
    await database.query('CREATE PUBLICATION parted FOR TABLE app.events')
    const tables = [{ schema: 'app', name: 'events_2020' }]
    const [partition] = (await look({ schema: 'app', tables })).tables
    expect(partition?.publications).toEqual([everything, { name: 'parted', columns: null }])
    await database.query('DROP PUBLICATION parted')
  })

  it.runIf(server.number >= 150000)(
    'reads publications with columns, with a filter and of a schema',
    async () => {
      await database.query('CREATE PUBLICATION thin FOR TABLE app.teams (name, id) WHERE (id > 1)')
      await database.query('CREATE PUBLICATION wide FOR TABLES IN SCHEMA app')
      const [teams] = (await look({ schema: 'app', tables: [{ schema: 'app', name: 'teams' }] })).tables
      expect(teams?.publications).toEqual([
        { name: 'everything', columns: null },
        { name: 'few', columns: null },
        { name: 'thin', columns: ['id', 'name'] },
        { name: 'wide', columns: null },
      ])
      expect(teams?.dependents).toEqual([
        { kind: 'other', name: 'publication thin', columns: ['id', 'name'] },
      ])
      await database.query('DROP PUBLICATION thin, wide')
    },
  )

  it('shows what somebody else changed, and nothing else', async () => {
    const watch = [{ table: { schema: 'app', name: 'users' }, columns: ['last_name'] }]
    const before = describeSnapshot(snapshot, watch)
    for (const statement of [
      'ALTER TABLE app.users ALTER last_name DROP NOT NULL, ALTER age SET DEFAULT 1',
      'CREATE INDEX extra ON app.users (upper(last_name))',
      'DROP INDEX app.users_expression',
      'CREATE INDEX elsewhere ON app.users (created)',
      'CREATE VIEW app.ids AS SELECT id FROM app.users',
    ])
      await database.query(statement)
    expect(difference(before, describeSnapshot(await look(), watch))).toEqual([
      '~ column app.users.last_name: text COLLATE pg_catalog."C" NOT NULL COMMENT "family name" -> text COLLATE pg_catalog."C" COMMENT "family name"',
      ...(server.number < 180000
        ? []
        : ['- constraint app.users.users_last_name_not_null: NOT NULL last_name']),
      '+ index app.users.extra: CREATE INDEX extra ON app.users USING btree (upper(last_name))',
      '- index app.users.users_expression: CREATE INDEX users_expression ON app.users USING btree (lower(last_name), id)',
    ])
  })
})
