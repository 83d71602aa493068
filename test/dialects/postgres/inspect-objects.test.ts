import { expect, it } from 'vitest'
import { describe as describeSnapshot, difference } from '../../../src/program/drift.ts'
import { describeEachPostgres } from '../../support/databases.ts'
import { inspected, OTHER } from './inspected.ts'

describeEachPostgres('inspect', (server) => {
  const here = inspected(server)
  const { look, table } = here

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
    await here.database.query('CREATE PUBLICATION parted FOR TABLE app.events')
    const tables = [{ schema: 'app', name: 'events_2020' }]
    const [partition] = (await look({ schema: 'app', tables })).tables
    expect(partition?.publications).toEqual([everything, { name: 'parted', columns: null }])
    await here.database.query('DROP PUBLICATION parted')
  })

  it.runIf(server.number >= 150000)(
    'reads publications with columns, with a filter and of a schema',
    async () => {
      await here.database.query('CREATE PUBLICATION thin FOR TABLE app.teams (name, id) WHERE (id > 1)')
      await here.database.query('CREATE PUBLICATION wide FOR TABLES IN SCHEMA app')
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
      await here.database.query('DROP PUBLICATION thin, wide')
    },
  )

  it('shows what somebody else changed, and nothing else', async () => {
    const watch = [{ table: { schema: 'app', name: 'users' }, columns: ['last_name'] }]
    const before = describeSnapshot(here.snapshot, watch)
    for (const statement of [
      'ALTER TABLE app.users ALTER last_name DROP NOT NULL, ALTER age SET DEFAULT 1',
      'CREATE INDEX extra ON app.users (upper(last_name))',
      'DROP INDEX app.users_expression',
      'CREATE INDEX elsewhere ON app.users (created)',
      'CREATE VIEW app.ids AS SELECT id FROM app.users',
    ])
      await here.database.query(statement)
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
