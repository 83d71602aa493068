import { expect, it } from 'vitest'
import type { Session } from '../../../src/dialects/interface/session.ts'
import { openSession } from '../../../src/dialects/mysql/connect/session.ts'
import { pattern } from '../../../src/dialects/mysql/inspect/privileges.ts'
import { preflight } from '../../../src/dialects/mysql/preflight/preflight.ts'
import { LEDGER_VERSION } from '../../../src/ledger/tables.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { createMysqlDatabase, otherMysql } from '../../support/mysql-databases.ts'
import { createMysqlUser } from '../../support/mysql-users.ts'
import { look, notOk, one, TABLE } from './checked.ts'

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

  it('asks for ALTER where the ledger is one of a version before', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query('CREATE TABLE plan_meta (version INT PRIMARY KEY)')
    await database.query(`INSERT INTO plan_meta VALUES (${LEDGER_VERSION - 1})`)
    await using user = await createMysqlUser(database, `${LEDGER} ON ${database.name}.*`)
    const ledger = async () => one(await look(user, dialect, database.name), 'ledger')
    const found = await ledger()
    expect(found?.says).toMatch(/need ALTER$/)
    await using root = await otherMysql(database)
    await root.query(found?.hint ?? '')
    expect(await ledger()).toMatchObject({ outcome: 'ok' })
    await root.query(`UPDATE ${database.name}.plan_meta SET version = ${LEDGER_VERSION}`)
    await root.query(`REVOKE ALTER ON ${pattern(database.name)}.* FROM ${user.name}`)
    expect(await ledger()).toMatchObject({ outcome: 'ok' })
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
})
