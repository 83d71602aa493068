import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type InspectOptions, inspect } from '../../../src/dialects/mysql/inspect/inspect.ts'
import type { Snapshot, Table } from '../../../src/schema/snapshot.ts'
import { until } from '../../support/command.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { limit } from '../../support/limits.ts'
import { otherMysql } from '../../support/mysql-databases.ts'
import { inspected, named } from '../../support/mysql-inspected.ts'

describeEachMysql('inspect', (server) => {
  const mariadb = server.dialect === 'mariadb'
  const rich = inspected(server)
  const { look, only, table } = rich

  it('is plain data about the server and its tables, in order', () => {
    expect(JSON.parse(JSON.stringify(rich.snapshot))).toEqual(rich.snapshot)
    expect(rich.snapshot).toMatchObject({
      format: 1,
      dialect: server.dialect,
      schema: rich.app,
      server: { number: server.number },
    })
    expect(rich.snapshot.volatileFunctions).toContain('uuid')
    expect(rich.snapshot.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
      `${rich.app}.events`,
      `${rich.app}.heap`,
      ...(mariadb ? [`${rich.app}.history`] : []),
      `${rich.app}.mixed-Case`,
      ...(mariadb ? [`${rich.app}.numbered`, `${rich.app}.periods`] : []),
      `${rich.app}.self`,
      `${rich.app}.teams`,
      `${rich.app}.users`,
      `${rich.other}.kü.k\` x`,
    ])
    expect(table('users')).toMatchObject({
      kind: 'table',
      engine: 'InnoDB',
      owner: '',
      comment: 'people (x)',
    })
    expect(table('users').bytes).toBeGreaterThan(0)
    expect(table('self').comment).toBeNull()
  })

  it('reads only the tables that are asked for, in any database and each once', async () => {
    const tables = [
      { schema: rich.other, name: 'kü.k` x' },
      // More than one statement asks for.
      ...Array.from({ length: 120 }, (_, i) => ({ schema: rich.app, name: `missing${i}` })),
      { schema: rich.app, name: 'users' },
      { schema: rich.app, name: 'users' },
      { schema: rich.app, name: 'active' },
    ]
    expect(await look({ schema: rich.app, tables })).toEqual({
      ...rich.snapshot,
      tables: [table('users'), table('kü.k` x', rich.other)],
    })
    expect((await look({ schema: 'missing' })).tables).toEqual([])
    expect((await look({ schema: rich.app, tables: [] })).tables).toEqual([])
  })

  it('compares names of tables as the server does', async () => {
    const [setting] = await rich.database.query('SELECT @@lower_case_table_names AS folds')
    const folds = Number(setting?.['folds']) > 0
    expect((await only('USERS')).map(({ name }) => name)).toEqual(folds ? ['users'] : [])
  })

  it('reads triggers in the order in which they run', () => {
    const body = "BEGIN /* NEW.day */ SET @x = 'new.day', new . `two` = 3; END"
    expect(table('users').triggers[0]).toEqual({
      name: 'first',
      definition: `BEFORE INSERT ON \`${rich.app}\`.\`users\` FOR EACH ROW ${body}`,
      timing: 'before',
      events: ['insert'],
      level: 'row',
      columns: [],
      enabled: 'O',
      function: '',
      functionHash: createHash('md5').update(body).digest('hex'),
      sets: [{ column: 'two', always: false }],
    })
    expect(table('users').triggers.map(({ name, timing, events }) => `${name} ${timing} ${events}`)).toEqual([
      'first before insert',
      'second before insert',
      'zz_plan_sync_users before update',
      'audit after update',
    ])
  })

  it('reads what else needs a column', () => {
    expect(table('users').dependents).toEqual([
      { kind: 'generated column', name: 'generated column next_order', columns: ['order'] },
      { kind: 'generated column', name: 'generated column shout', columns: ['last_name'] },
      { kind: 'other', name: 'default of column greeting', columns: ['upper'] },
      { kind: 'trigger', name: 'trigger audit', columns: ['last_name'] },
      { kind: 'trigger', name: 'trigger first', columns: ['two'] },
      { kind: 'trigger', name: 'trigger second', columns: ['last_name', 'age'] },
      { kind: 'view', name: `view ${rich.other}.elsewhere`, columns: ['id', 'last_name'] },
      { kind: 'view', name: `view ${rich.app}.active`, columns: ['last_name', 'upper', 'order', 'age'] },
      { kind: 'view', name: `view ${rich.app}.counted`, columns: ['code'] },
      { kind: 'view', name: `view ${rich.app}.crossed`, columns: ['id', 'tick`s'] },
    ])
    expect(table('events').dependents).toEqual([
      { kind: 'other', name: `partition key of ${rich.app}.events`, columns: ['id', 'at'] },
    ])
  })

  it.runIf(mariadb)('takes the name of a sequence for no column', () => {
    expect(table('numbered').columns[1]?.default).toMatchObject({ volatile: true })
    expect(table('numbered').dependents).toEqual([
      { kind: 'other', name: 'default of column numbers', columns: ['a'] },
    ])
  })

  it('knows partitioned, system versioned and other tables', () => {
    expect(table('events')).toMatchObject({
      kind: 'partitioned',
      engine: 'InnoDB',
      partitions: [],
      partitionOf: null,
    })
    expect(table('heap')).toMatchObject({ kind: 'table', engine: 'MEMORY' })
    if (mariadb) expect(table('history').kind).toBe('system versioned')
  })

  it('knows how often MySQL changed columns in place', async () => {
    const versions = async () => {
      const { tables } = await inspect(rich.session, { schema: rich.app, schemas: [rich.other] })
      return tables.flatMap(({ name, rowVersions }) =>
        rowVersions === undefined ? [] : `${name} ${rowVersions}`,
      )
    }
    if (mariadb) expect(await versions()).toEqual([])
    // Not while anybody on the server alters a table; never of the one in memory, nor of names beyond ASCII.
    else
      await expect
        .poll(versions, { timeout: limit(20_000) })
        .toEqual(['events 0', 'mixed-Case 1', 'self 0', 'teams 0', 'users 0'])
  })

  it('does not wait for who waits for another table', async () => {
    await rich.database.query('CREATE TABLE busy (a int)')
    const [before] = await only('teams')
    let altered: Promise<unknown>
    {
      await using _reader = await otherMysql(rich.database, 'SELECT * FROM busy')
      const waiter = await otherMysql(rich.database)
      altered = waiter.query('ALTER TABLE busy ADD COLUMN b int').finally(() => waiter[Symbol.asyncDispose]())
      await until('ALTER waits', async () => {
        const sessions = await rich.database.query('SHOW PROCESSLIST')
        return sessions.some(
          ({ Id, State }) => Number(Id) === waiter.id && /metadata lock/.test(String(State)),
        )
      })
      // Who waited here would wait for the reader, and give up in the end.
      expect(await only('teams')).toEqual([before])
    }
    await altered
    await rich.database.query('DROP TABLE busy')
  })

  describe('with few privileges', () => {
    const [reader, owner] = [
      `r_${Math.random().toString(36).slice(2)}`,
      `o_${Math.random().toString(36).slice(2)}`,
    ]
    const as = async (user: string, options: InspectOptions): Promise<Snapshot> => {
      const url = new URL(rich.database.url)
      url.username = user
      url.password = 'x'
      const own = await rich.open(url.href)
      return look(options, own).finally(() => own.close())
    }
    beforeAll(async () => {
      for (const user of [reader, owner]) await rich.database.query(`CREATE USER ${user} IDENTIFIED BY 'x'`)
      await rich.database.query(`GRANT SELECT ON users TO ${reader} WITH GRANT OPTION`)
      await rich.database.query(`GRANT UPDATE (last_name, age) ON users TO ${reader}`)
      for (const name of [rich.app, rich.other])
        await rich.database.query(`GRANT ALL ON \`${name}\`.* TO ${owner}`)
    })
    afterAll(() => rich.database.query(`DROP USER ${reader}, ${owner}`))

    it('lists who may do what', async () => {
      const [users] = await only('users')
      const to = `'${reader}'@'%'`
      expect(users?.grants).toEqual([{ to, privilege: 'SELECT', grantable: true }])
      expect(named(users?.columns ?? [], 'age')?.grants).toEqual([
        { to, privilege: 'UPDATE', grantable: true },
      ])
      expect(named(users?.columns ?? [], 'id')?.grants).toEqual([])
    })

    it('needs neither PROCESS nor what others were granted', async () => {
      const tables = [{ schema: rich.app, name: 'users' }]
      const plain = (one: Table | undefined) => ({
        ...one,
        grants: [],
        // The text of programs is for those who may change them.
        mentions: [],
        columns: one?.columns.map((column) => ({ ...column, grants: [] })),
      })
      const [found] = (await as(owner, { schema: rich.app, tables })).tables
      expect(plain(found)).toEqual(plain((await only('users'))[0]))
    })

    it('reads what a plain reader may see', async () => {
      const { tables } = await as(reader, { schema: rich.app })
      expect(tables.map(({ name }) => name)).toEqual(['users'])
      expect(tables[0]?.indexes).toEqual(table('users').indexes)
      const definitions = tables[0]?.triggers.map(({ definition }) => definition)
      const unseen = table('users').triggers.map(({ definition }) =>
        definition.replace(/ROW [\s\S]*/, 'ROW '),
      )
      expect(definitions).toEqual(mariadb ? unseen : [])
    })
  })

  it('finds the programs that mention a column of a table', () => {
    const found = (column: string) =>
      (table('users').mentions ?? [])
        .filter(({ columns }) => columns.includes(column))
        .map(({ name }) => name)
    expect(found('last_name')).toEqual([
      `event ${rich.app}.nightly`,
      `function ${rich.app}.newest`,
      `procedure ${rich.other}.abroad`,
      `procedure ${rich.app}.dynamic`,
      `procedure ${rich.app}.renamer`,
      `trigger ${rich.app}.from_teams on ${rich.app}.teams`,
    ])
    expect(found('last')).toEqual([])
  })
})
