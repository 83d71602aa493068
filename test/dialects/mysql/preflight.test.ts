import { describe, expect, it, vi } from 'vitest'
import { freeDisk } from '../../../src/dialects/mysql/disk.ts'
import { preflight } from '../../../src/dialects/mysql/preflight.ts'
import { type Known, type TableFacts, tableChecks } from '../../../src/dialects/mysql/preflight-tables.ts'
import { privileges } from '../../../src/dialects/mysql/privileges.ts'
import { openSession } from '../../../src/dialects/mysql/session.ts'
import type { Check, Row, Session } from '../../../src/dialects/session.ts'
import { until } from '../../support/command.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { createMysqlDatabase, otherMysql } from '../../support/mysql-databases.ts'
import { createMysqlUser } from '../../support/mysql-users.ts'
import { describePrivateMysql } from '../../support/private-mysql.ts'

type Dialect = 'mysql' | 'mariadb'

/** What is found for the table `a` (or others) of this database by this login. */
async function look(
  { url }: { readonly url: string },
  dialect: Dialect,
  schema: string,
  names: readonly string[] = ['a'],
): Promise<readonly Check[]> {
  const session = await openSession({ url, application: 'plan', tls: null })
  try {
    const tables = names.map((name) => ({ schema, name }))
    return await preflight(session, dialect, tables, 'plan')
  } finally {
    await session.close()
  }
}

/** The disk here may be nearly full. */
const notOk = (checks: readonly Check[], ...names: readonly string[]) =>
  checks
    .filter(
      ({ name, outcome }) =>
        outcome !== 'ok' && (names.length === 0 ? name !== 'disk' : names.includes(name)),
    )
    .map(({ name, outcome }) => `${name} ${outcome}`)
const one = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name)

const TABLE = 'CREATE TABLE a (id INT PRIMARY KEY, n INT)'
const LEDGER = 'CREATE, SELECT, INSERT, UPDATE, DELETE'

describeEachMysql('before work begins', (server) => {
  const { dialect } = server

  it('nothing is wrong for the superuser, and all that was looked at is named', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(TABLE)
    const checks = await look(database, dialect, database.name)
    expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    expect(checks.map(({ name }) => name)).toEqual([
      'version',
      'primary',
      'direct connection',
      'ledger',
      'ledger writers',
      'engine',
      'privileges',
      'lock tables',
      'temporary tables',
      'disk',
      'lock holders',
      'triggers',
      'binary log',
      'durability',
      'long transactions',
      'connections',
      'clock',
    ])
    expect(one(checks, 'version')?.says).toMatch(/^(MySQL|MariaDB) \d+\.\d+\.\d+/)
    for (const { says, hint } of checks) expect([says, hint]).not.toContain('')
  })

  it('writes nothing', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(TABLE)
    const session = await openSession({ url: database.url, application: 'plan', tls: null })
    const ran: string[] = []
    const spy: Session = {
      ...session,
      query: (sql, ...more) => {
        ran.push(sql.trim())
        return session.query(sql, ...more)
      },
    }
    await preflight(spy, dialect, [{ schema: database.name, name: 'a' }], 'plan')
    await session.close()
    expect(ran.length).toBeGreaterThan(5)
    expect(ran.filter((sql) => !/^(SELECT|SHOW)\b/.test(sql))).toEqual([])
  })

  it('finds a table that is not there, and one that is no table of InnoDB', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query('CREATE TABLE m (id INT PRIMARY KEY) ENGINE = MyISAM')
    await database.query('CREATE VIEW v AS SELECT * FROM m')
    const checks = await look(database, dialect, database.name, ['none', 'm', 'v'])
    expect(notOk(checks, 'table', 'engine')).toEqual(['table failed', 'engine failed', 'engine failed'])
    expect(one(checks, 'table')?.says).toContain(`\`${database.name}\`.\`none\` does not exist`)
    expect(one(checks, 'engine')).toMatchObject({
      says: `\`${database.name}\`.\`m\` is kept by MyISAM`,
      hint: expect.stringContaining('ENGINE = InnoDB'),
    })
  })

  it('asks for no more privileges than the work needs', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(TABLE)
    await database.query('CREATE TABLE b (id INT PRIMARY KEY)')
    await using user = await createMysqlUser(
      database,
      `${LEDGER} ON ${database.name}.*`,
      `SELECT, UPDATE, ALTER, TRIGGER ON ${database.name}.a`,
    )
    const checks = await look(user, dialect, database.name)
    expect(notOk(checks, 'ledger', 'privileges', 'table', 'engine')).toEqual([])
    await using login = await otherMysql(user)
    for (const sql of [
      'ALTER TABLE a ADD m INT',
      'ALTER TABLE a ADD INDEX (m)',
      'ALTER TABLE a MODIFY m BIGINT NOT NULL, ALGORITHM = COPY',
      'ALTER TABLE a ADD CONSTRAINT c CHECK (id > 0)',
      'UPDATE a SET m = n',
      'ALTER TABLE a DROP COLUMN m',
    ])
      await login.query(sql)
  })

  it('names each privilege that is missing, and how to give it', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(TABLE)
    await using user = await createMysqlUser(database, `SELECT, UPDATE (n), TRIGGER ON ${database.name}.a`)
    const checks = await look(user, dialect, database.name)
    const name = `\`${database.name}\``
    expect(one(checks, 'privileges')).toEqual({
      name: 'privileges',
      outcome: 'failed',
      says: `this user has no UPDATE, ALTER on ${name}.\`a\``,
      hint: `GRANT UPDATE, ALTER ON ${name}.\`a\` TO '${user.name}'@'%'`,
    })
    expect(one(checks, 'ledger')).toMatchObject({
      outcome: 'failed',
      hint: `GRANT ${LEDGER} ON ${name.replace('_', '\\_')}.* TO '${user.name}'@'%'`,
    })
    await using root = await otherMysql(database)
    for (const missing of ['privileges', 'ledger']) await root.query(one(checks, missing)?.hint ?? '')
    expect(notOk(await look(user, dialect, database.name), 'ledger', 'privileges')).toEqual([])
  })

  it('counts what is granted by a pattern, by a role that is on, and on the ledger’s tables alone', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(TABLE)
    await database.query('CREATE TABLE plan_plans (id INT PRIMARY KEY)')
    const role = database.name.replace('test', 'role')
    await database.query(`CREATE ROLE ${role}`)
    try {
      await database.query(`GRANT UPDATE, ALTER ON ${database.name}.a TO ${role}`)
      await using user = await createMysqlUser(
        database,
        `SELECT, TRIGGER ON \`${database.name.slice(0, -2)}%\`.*`,
        `INSERT, UPDATE, DELETE ON ${database.name}.plan_plans`,
        role,
      )
      const off = await look(user, dialect, database.name)
      expect(one(off, 'privileges')?.says).toMatch(/^this user has no UPDATE, ALTER on/)
      expect(notOk(off, 'ledger')).toEqual([])
      await database.query(`SET DEFAULT ROLE ${role} ${dialect === 'mysql' ? 'TO' : 'FOR'} ${user.name}`)
      expect(notOk(await look(user, dialect, database.name), 'privileges', 'table')).toEqual([])
    } finally {
      await database.query(`DROP ROLE ${role}`)
    }
  })

  it('finds that triggers would be refused beside the binary log, unless the user has SUPER', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(TABLE)
    const trigger = 'CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW SET NEW.n = 1'
    const all = `ALL ON ${database.name}.*`
    const lesser = dialect === 'mysql' ? 'SET_ANY_DEFINER, BINLOG_ADMIN' : 'SET USER, BINLOG ADMIN'
    await using user = await createMysqlUser(database, all, `${lesser} ON *.*`)
    const checks = await look(user, dialect, database.name)
    expect(one(checks, 'triggers')).toMatchObject({
      outcome: 'failed',
      hint: expect.stringContaining('SET GLOBAL log_bin_trust_function_creators = 1'),
    })
    await using login = await otherMysql(user)
    await expect(login.query(trigger)).rejects.toMatchObject({ errno: 1419 })
    await using superuser = await createMysqlUser(database, all, 'SUPER ON *.*')
    expect(notOk(await look(superuser, dialect, database.name), 'triggers')).toEqual([])
    await using other = await otherMysql(superuser)
    await other.query(trigger)
  })

  it('says what this user cannot see of others', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(TABLE)
    await using user = await createMysqlUser(database, `ALL ON ${database.name}.*`)
    const checks = await look(user, dialect, database.name)
    expect(notOk(checks, 'lock holders', 'long transactions')).toEqual([
      'lock holders warning',
      'long transactions warning',
    ])
    expect(one(checks, 'long transactions')?.hint).toContain('GRANT PROCESS ON *.*')
  })

  it('says which foreign keys could not be made again', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query('CREATE TABLE p (id INT PRIMARY KEY)')
    await database.query('CREATE TABLE a (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id))')
    await using user = await createMysqlUser(database, `SELECT ON ${database.name}.*`)
    const checks = await look(user, dialect, database.name)
    expect(one(checks, 'foreign keys')?.hint).toContain(`GRANT REFERENCES ON \`${database.name}\`.\`p\``)
    expect(one(await look(database, dialect, database.name), 'foreign keys')).toBeUndefined()
  })

  it('finds a table whose rows cannot be told apart', async () => {
    const tables = {
      none: 'CREATE TABLE none (n INT)',
      nulls: 'CREATE TABLE nulls (n INT UNIQUE)',
      prefix: 'CREATE TABLE prefix (n TEXT NOT NULL, UNIQUE (n(10)))',
      fine: 'CREATE TABLE fine (n INT NOT NULL, m INT NOT NULL, UNIQUE (n, m))',
    }
    await using database = await createMysqlDatabase(server)
    for (const sql of Object.values(tables)) await database.query(sql)
    const checks = await look(database, dialect, database.name, Object.keys(tables))
    const keys = checks.filter(({ name }) => name === 'key')
    expect(keys.map(({ says, lasting }) => [says.split(' ')[0], lasting])).toEqual(
      ['none', 'nulls', 'prefix'].map((name) => [`\`${database.name}\`.\`${name}\``, true]),
    )
  })

  it('finds too few connections for the workers', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(TABLE)
    await using user = await createMysqlUser(database, `ALL ON ${database.name}.*`)
    await database.query(`ALTER USER ${user.name} WITH MAX_USER_CONNECTIONS 3`)
    const found = async (workers: number) => {
      const session = await openSession({ url: user.url, application: 'plan', tls: null })
      const checks = await preflight(session, dialect, [], 'plan', workers)
      await session.close()
      return one(checks, 'connections')
    }
    expect(await found(2)).toMatchObject({ outcome: 'ok', says: 'this user has room for 2 more connections' })
    expect(await found(3)).toMatchObject({
      outcome: 'warning',
      hint: expect.stringContaining('MAX_USER_CONNECTIONS'),
    })
  })

  it('finds a session that is kept out of the binary log, and a clock that is off', async () => {
    await using database = await createMysqlDatabase(server)
    const session = await openSession({ url: database.url, application: 'plan', tls: null })
    await session.query('SET SESSION sql_log_bin = 0')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
    const checks = await preflight(session, dialect, [], 'plan')
    vi.useRealTimers()
    await session.close()
    expect(notOk(checks, 'session log', 'clock')).toEqual(['session log failed', 'clock warning'])
    expect(one(checks, 'clock')?.says).toContain('1h behind')
    expect(notOk(await look(database, dialect, database.name, []), 'session log', 'clock')).toEqual([])
  })

  it('finds too little room on the disk', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(TABLE)
    const session = await openSession({ url: database.url, application: 'plan', tls: null })
    const tables = [{ schema: database.name, name: 'a' }]
    const look = async (change: (sql: string, row: Row) => Row) => {
      const changed: Session = {
        ...session,
        query: async (sql, ...more) => {
          const { rows, count } = await session.query(sql, ...more)
          return { rows: rows.map((row) => change(sql, row)), count }
        },
      }
      return one(await preflight(changed, dialect, tables, 'plan'), 'disk')
    }
    const large = (_: string, row: Row) =>
      'row_bytes' in row ? { ...row, bytes: 2e18, row_bytes: 1e18 } : row
    // A binary log has each row twice.
    expect(await look(large)).toMatchObject({
      outcome: 'warning',
      says: expect.stringMatching(/are free on the server’s disk, and a backfill may add 4,400,000 TB$/),
    })
    const away = (sql: string, row: Row) => ('host' in row ? { ...row, host: 'elsewhere' } : large(sql, row))
    expect(await look(away)).toMatchObject({
      lasting: true,
      says: expect.stringContaining('cannot be seen from here'),
    })
    await session.close()
  })

  if (dialect === 'mariadb')
    it('takes the room that the plugin DISKS tells of', async () => {
      await using database = await createMysqlDatabase(server)
      const session = await openSession({ url: database.url, application: 'plan', tls: null })
      // Where the plugin is, the server has such a table.
      const disks = `(SELECT '/' AS Path, 1 AS Available, 2 AS Total UNION ALL SELECT @@datadir, 3, 4
        UNION ALL SELECT CONCAT(LEFT(@@datadir, LENGTH(@@datadir) - 2), '/'), 5, 6) AS disks`
      const told: Session = {
        ...session,
        query: (sql, ...more) =>
          session.query(
            sql.includes("'DISKS'") ? 'SELECT 1' : sql.replace('information_schema.DISKS', disks),
            ...more,
          ),
      }
      expect(await freeDisk(told)).toEqual({ free: 3 * 1024, total: 4 * 1024 })
      await session.close()
    })

  it('finds a proxy that numbers sessions itself', async () => {
    await using database = await createMysqlDatabase(server)
    const session = await openSession({ url: database.url, application: 'plan', tls: null })
    const numbered: Session = { ...session, backend: { ...session.backend, pid: 1 } }
    const spy: Session = {
      ...numbered,
      query: async (sql, ...more) => {
        const found = await session.query(sql, ...more)
        return sql.includes('CONNECTION_ID() AS id')
          ? { ...found, rows: [{ ...found.rows[0], id: 1 }] }
          : found
      },
    }
    expect(notOk(await preflight(spy, dialect, [], 'plan'), 'direct connection')).toEqual([
      'direct connection failed',
    ])
    await session.close()
  })

  it('finds a proxy that shares sessions', async () => {
    await using database = await createMysqlDatabase(server)
    const session = await openSession({ url: database.url, application: 'plan', tls: null })
    let asked = 0
    const shared: Session = {
      ...session,
      query: async (sql, ...more) => {
        const found = await session.query(sql, ...more)
        const elsewhere = sql.includes('CONNECTION_ID() AS id') && ++asked > 1
        return elsewhere ? { ...found, rows: [{ ...found.rows[0], id: 1 }] } : found
      },
    }
    const checks = await preflight(shared, dialect, [], 'plan')
    await session.close()
    expect(notOk(checks, 'direct connection')).toEqual(['direct connection failed'])
  })

  it('goes no further on a server that is too old', async () => {
    await using database = await createMysqlDatabase(server)
    const session = await openSession({ url: database.url, application: 'plan', tls: null })
    const of = async (version: string) => {
      const old: Session = {
        ...session,
        query: async (sql, ...more) => {
          const found = await session.query(sql, ...more)
          return sql.includes('VERSION()') ? { ...found, rows: [{ ...found.rows[0], version }] } : found
        },
      }
      const checks = await preflight(old, dialect, [], 'plan')
      return [checks.length > 1, checks[0]?.name, checks[0]?.outcome]
    }
    const mysql = ['8.0.22', '8.0.23', '8.0.29', '8.0.30'] as const
    const mariadb = ['10.5.29-MariaDB', '10.6.0-MariaDB', '11.4.2-MariaDB', '12.0.1-MariaDB'] as const
    const found = []
    for (const version of dialect === 'mysql' ? mysql : mariadb) found.push(await of(version))
    await session.close()
    expect(found).toEqual([
      [false, 'version', 'failed'],
      [true, 'version', 'ok'],
      [true, 'version', dialect === 'mysql' ? 'warning' : 'ok'],
      [true, 'version', 'ok'],
    ])
  })
})

const UNSAFE = {
  mysql: { read_only: 'ON', binlog_format: 'STATEMENT', performance_schema: 'OFF' },
  mariadb: {
    read_only: 'ON',
    binlog_format: 'STATEMENT',
    innodb_instant_alter_column_allowed: 'never',
  },
}

for (const kind of ['mysql', 'mariadb'] as const)
  await describePrivateMysql('settings', { kind, settings: UNSAFE[kind] }, (server) => {
    it('that stop or weaken the work are found', async () => {
      await using database = await createMysqlDatabase(server)
      await database.query(TABLE)
      const checks = await look(database, kind, database.name)
      expect(notOk(checks)).toEqual([
        'primary failed',
        ...(kind === 'mariadb' ? ['instant changes failed'] : []),
        'lock holders warning',
        'binary log failed',
        'durability warning',
      ])
      expect(one(checks, 'primary')?.says).toBe('the server is read-only (read_only)')
    })

    it('may be mended as the hints say', async () => {
      await using database = await createMysqlDatabase(server)
      await database.query(TABLE)
      await database.query('SET GLOBAL read_only = OFF')
      const before = await look(database, kind, database.name)
      for (const { outcome, hint } of before)
        if (outcome === 'failed') await database.query(hint.split(':')[0] ?? '')
      for (const [statement] of (one(before, 'durability')?.hint ?? '').matchAll(/SET GLOBAL \w+ = 1/g))
        await database.query(statement)
      const after = await look(database, kind, database.name)
      expect(notOk(after)).toEqual(['lock holders warning', 'durability warning'])
      expect(one(after, 'durability')?.says).toMatch(/^innodb_doublewrite is OFF: a crash may damage/)
      await database.query('SET GLOBAL binlog_format = MIXED')
      const mixed = one(await look(database, kind, database.name), 'replicated statements')
      expect(mixed).toMatchObject({ outcome: 'warning', lasting: true })
      await database.query(mixed?.hint.split(':')[0] ?? '')
      expect(one(await look(database, kind, database.name), 'replicated statements')).toBeUndefined()
      await database.query("SET GLOBAL sql_mode = 'NO_ENGINE_SUBSTITUTION'")
      const loose = one(await look(database, kind, database.name), 'strict mode')
      expect(loose?.outcome).toBe(kind === 'mysql' ? 'warning' : undefined)
      await database.query('SET GLOBAL sql_mode = DEFAULT')
      expect(one(await look(database, kind, database.name), 'strict mode')).toBeUndefined()
    })

    it('and a transaction that was prepared and is nobody’s', async () => {
      await using database = await createMysqlDatabase(server)
      await database.query(TABLE)
      const xid = `'${database.name}'`
      await database.query('SET GLOBAL read_only = OFF')
      await using other = await otherMysql(database)
      for (const sql of [
        `XA START ${xid}`,
        'INSERT INTO a VALUES (1, 1)',
        `XA END ${xid}`,
        `XA PREPARE ${xid}`,
      ])
        await other.query(sql)
      await database.query(`KILL ${other.id}`)
      // The list is made anew only when nobody has read it for a tenth of a second.
      const abandoned = async () => {
        await database.query('DO SLEEP(0.15)')
        return one(await look(database, kind, database.name), 'prepared transactions')
      }
      const found = await until('it is nobody’s', abandoned)
      expect(found).toMatchObject({ outcome: 'warning', hint: expect.stringContaining('XA RECOVER') })
      await database.query(`XA ROLLBACK ${xid}`)
      await until('it ends', async () => (await abandoned()) === undefined)
    })
  })

await describePrivateMysql('changes of columns', { kind: 'mysql' }, (server) => {
  it('that are instant are counted, and said before the table takes no more', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(TABLE)
    const change = async (times: number) => {
      for (let n = 0; n < times; n++)
        await database.query(
          n % 2 === 0
            ? 'ALTER TABLE a ADD m INT, ALGORITHM = INSTANT'
            : 'ALTER TABLE a DROP m, ALGORITHM = INSTANT',
        )
    }
    await change(244)
    expect(one(await look(database, 'mysql', database.name), 'row versions')).toBeUndefined()
    await change(1)
    const found = one(await look(database, 'mysql', database.name), 'row versions')
    expect(found).toMatchObject({ outcome: 'warning', says: expect.stringContaining('245 of 255') })
    await database.query(found?.hint.split(': ')[1] ?? '')
    expect(one(await look(database, 'mysql', database.name), 'row versions')).toBeUndefined()
  })
})

describe('what SHOW GRANTS says', () => {
  const app = { schema: 'my_db', name: 'a' }

  it.each([
    ['GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION', true],
    ['GRANT SELECT, ALTER ON *.* TO `u`@`%`', true],
    ['GRANT ALTER ON `my\\_db`.* TO `u`@`%`', true],
    ['GRANT ALTER ON `my_db`.* TO `u`@`%`', true],
    ['GRANT ALTER ON `my%`.* TO `u`@`%`', true],
    ['GRANT ALTER ON `m_`.* TO `u`@`%`', false],
    ['GRANT ALTER ON `my\\%`.* TO `u`@`%`', false],
    ['GRANT ALTER ON `myXdb`.* TO `u`@`%`', false],
    ['GRANT ALTER ON `my_db`.`a` TO `u`@`%`', true],
    ['GRANT ALTER ON `my_db`.`b` TO `u`@`%`', false],
    ['GRANT ALTER ON `my%`.`a` TO `u`@`%`', false],
    ['GRANT ALTER ROUTINE ON `my_db`.* TO `u`@`%`', false],
    ['GRANT UPDATE (`n`), ALTER ON `my_db`.`a` TO `u`@`%`', true],
    ['GRANT UPDATE (`ALTER`, ` ALTER`) ON `my_db`.`a` TO `u`@`%`', false],
    ['GRANT ALTER ON PROCEDURE `my_db`.`a` TO `u`@`%`', false],
    ["GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*ALTER'", false],
    ['GRANT `alter`@`%` TO `u`@`%`', false],
    ["GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION", false],
    ['SET DEFAULT ROLE `r` FOR `u`@`%`', false],
  ])('is read: %s', (line, may) => {
    const { has, unread } = privileges([line])
    expect([has('ALTER', app), unread]).toEqual([may, 0])
  })

  it('can take a global privilege back for one database', () => {
    const { has } = privileges([
      'GRANT ALTER ON *.* TO `u`@`%`',
      'REVOKE ALTER ON `my_db`.* FROM `u`@`%`',
      'GRANT ALTER ON `my_db`.`b` TO `u`@`%`',
    ])
    expect(has('ALTER', app)).toBe(false)
    expect(has('ALTER', { schema: 'my_db', name: 'b' })).toBe(true)
    expect(has('ALTER', { schema: 'other', name: 'a' })).toBe(true)
  })

  it('may hold a line of a later version, which makes a missing privilege uncertain', () => {
    expect(privileges(['PERMIT ALTER ON `my_db`.* TO `u`@`%`']).unread).toBe(1)
  })
})

describe('a large table', () => {
  const facts: TableFacts = {
    table: { schema: 'app', name: 'a' },
    engine: 'InnoDB',
    view: false,
    bytes: 11 * 2 ** 30,
    rowBytes: 8 * 2 ** 30,
    keyed: true,
    rowVersions: 60,
    parents: [],
  }
  const known = (over: Partial<Known>): Known => ({
    dialect: 'mysql',
    version: 90700,
    user: 'u@%',
    privileges: privileges(['GRANT ALL PRIVILEGES ON *.* TO `u`@`%`']),
    variable: () => String(128 * 2 ** 20),
    ...over,
  })

  it('needs more room for what is written while an index is built', () => {
    const [found] = tableChecks(facts, known({})).filter(({ name }) => name === 'online log')
    expect(found).toMatchObject({ outcome: 'warning', says: expect.stringContaining('11 GB') })
    expect(notOk(tableChecks({ ...facts, bytes: 9 * 2 ** 30 }, known({})))).toEqual([])
    expect(notOk(tableChecks(facts, known({ variable: () => String(2 ** 31) })))).toEqual([])
  })

  it('had fewer instant changes before MySQL 9.1', () => {
    const small = { ...facts, bytes: 0 }
    expect(notOk(tableChecks(small, known({ version: 90000 })))).toEqual(['row versions warning'])
    expect(notOk(tableChecks(small, known({ version: 90100 })))).toEqual([])
  })

  it('is not refused for a privilege that may stand in a line nobody could read', () => {
    const unsure = { has: () => false, unread: 1 }
    expect(notOk(tableChecks({ ...facts, bytes: 0 }, known({ privileges: unsure })))).toEqual([
      'privileges warning',
      'lock tables warning',
      'temporary tables warning',
    ])
  })
})
