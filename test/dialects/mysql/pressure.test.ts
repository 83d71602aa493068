import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Pressure } from '../../../src/dialects/interface/pressure.ts'
import { openSession } from '../../../src/dialects/mysql/connect/session.ts'
import { openGauge } from '../../../src/dialects/mysql/observe/pressure.ts'
import { until } from '../../support/command.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { debianRoot } from '../../support/debian-root.ts'
import { createMysqlDatabase, type MysqlDatabase, otherMysql } from '../../support/mysql-databases.ts'
import { createMysqlUser } from '../../support/mysql-users.ts'
import { describePrivateMysql } from '../../support/private-mysql.ts'
import { type Replicated, startReplicated } from '../../support/replicated-mysql.ts'
import { binaryLogReader, registered } from './replication-clients.ts'

/** A session, and what reads the pressure of its server. */
async function gauge({ url }: { readonly url: string }, dialect: 'mysql' | 'mariadb', more = {}) {
  const options = { url, application: 'plan', tls: null, ...more }
  const session = await openSession(options)
  const { read, close } = openGauge(session, dialect, options)
  return {
    read,
    [Symbol.asyncDispose]: async () => {
      await close()
      await session.close()
    },
  }
}

/** What is read once it is as described. */
const comes = (what: string, read: () => Promise<Pressure>, fits: (pressure: Pressure) => boolean) =>
  until(what, async () => {
    const pressure = await read()
    return fits(pressure) && pressure
  })

describeEachMysql('the pressure on a server', (server) => {
  it('counts old row versions that an open transaction keeps', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query('CREATE TABLE a (id INT PRIMARY KEY, n INT)')
    await database.query('INSERT INTO a VALUES (1, 0)')
    await using at = await gauge(database, server.dialect)
    await using reader = await otherMysql(database)
    await reader.query('START TRANSACTION WITH CONSISTENT SNAPSHOT')
    await reader.query('SELECT * FROM a')
    for (let n = 0; n < 300; n++) await database.query('UPDATE a SET n = n + 1')
    expect((await at.read()).history).toBeGreaterThanOrEqual(250)
  })

  it('can be read by a user who may see little, but not the lag', async () => {
    await using database = await createMysqlDatabase(server)
    await using user = await createMysqlUser(database, `ALL ON ${database.name}.*`)
    await using at = await gauge(user, server.dialect)
    const { lag, reason } = await at.read()
    expect(lag).toBeNull()
    expect(reason).toBe(
      `this user may not list the replicas: GRANT ${server.dialect === 'mysql' ? 'REPLICATION SLAVE' : 'REPLICATION MASTER ADMIN'} ON *.*`,
    )
  })
})

for (const kind of ['mysql', 'mariadb'] as const) {
  await describePrivateMysql('the pressure', { kind, settings: { event_scheduler: 'ON' } }, (server) => {
    it('is nothing while nobody else works, and counts statements that run', async () => {
      await using database = await createMysqlDatabase(server)
      await using at = await gauge(database, kind)
      expect(await at.read()).toMatchObject({ lag: 0, replicas: 0, running: 0, reason: null })
      await using first = await otherMysql(database)
      await using second = await otherMysql(database)
      for (const { query } of [first, second]) query('SELECT SLEEP(30)').catch(() => undefined)
      await comes('two statements run', at.read, ({ running }) => running === 2)
    })

    it('has an unknown lag, soon, where nobody answers at the address of a replica', async () => {
      const silent = createServer(() => undefined)
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
      const { port } = silent.address() as AddressInfo
      try {
        await using replica = await registered(server, '127.0.0.1', port)
        await using at = await gauge(replica, kind, { timeout: 200 })
        expect(await at.read()).toMatchObject({
          lag: null,
          replicas: 1,
          reason: `replica 127.0.0.1:${port} does not answer: no answer in time`,
        })
      } finally {
        silent.close()
      }
    })

    it('has an unknown lag where another server has the address of a replica', async () => {
      const port = Number(new URL(server.url).port)
      await using replica = await registered(server, '127.0.0.1', port)
      await using at = await gauge(replica, kind)
      expect(await at.read()).toMatchObject({
        lag: null,
        replicas: 1,
        reason: `replica 127.0.0.1:${port} does not replicate from this server`,
      })
    })

    // MariaDB shows where it connected from instead.
    if (kind === 'mysql')
      it('has an unknown lag where a replica does not say its host', async () => {
        await using replica = await registered(server, '', 3306)
        await using at = await gauge(replica, kind)
        expect(await at.read()).toMatchObject({
          lag: null,
          replicas: 1,
          reason: 'replica 98 does not say where it is: set report_host there',
        })
      })
  })

  await describePrivateMysql('without a binary log', { kind, settings: { skip_log_bin: 'ON' } }, (server) => {
    it('there is no replica that could be behind', async () => {
      await using database = await createMysqlDatabase(server)
      await using user = await createMysqlUser(database, `ALL ON ${database.name}.*`)
      await using at = await gauge(user, kind)
      expect(await at.read()).toMatchObject({ lag: 0, replicas: 0, reason: null })
    })
  })

  const reason = await debianRoot(kind).then(() => null, String)
  describe.skipIf(reason !== null)(`a replica of ${kind}${reason === null ? '' : ` (${reason})`}`, () => {
    let at: Replicated
    beforeAll(async () => {
      at = await startReplicated(kind)
      await at.database.query('CREATE TABLE a (id INT PRIMARY KEY AUTO_INCREMENT, n INT)')
    })
    afterAll(() => at?.[Symbol.asyncDispose]())
    const write = () => at.database.query('INSERT INTO a (n) VALUES (1)')
    const inStep = ({ lag, replicas }: Pressure) => lag === 0 && replicas === 1
    const named = () => `127.0.0.1:${at.replica.port}`

    it('that is in step has no lag, and is no statement that runs', async () => {
      await using pressure = await gauge(at.database, kind)
      const read = await comes('the replica is in step', pressure.read, inStep)
      expect(read).toMatchObject({ replicas: 1, running: 0, reason: `replica ${named()}` })
    })

    it('is asked on one connection, which is closed in the end', async () => {
      const ours = async () =>
        (await at.onReplica('SHOW PROCESSLIST')).filter(({ db }) => db === 'information_schema').length
      {
        await using pressure = await gauge(at.database, kind)
        for (let n = 0; n < 3; n++) await pressure.read()
        expect(await ours()).toBe(1)
      }
      await until('the connection is gone', async () => (await ours()) === 0)
    })

    it('that is slower than the primary is behind, more and more, until it has caught up', async () => {
      await using pressure = await gauge(at.database, kind)
      await using locker = await otherMysql({ url: at.replica.url(at.database.name) })
      await until('the table is there', () =>
        locker.query('SELECT * FROM a').then(
          () => true,
          () => false,
        ),
      )
      await locker.query('LOCK TABLES a READ')
      await write()
      const first = await comes('it is behind', pressure.read, ({ lag }) => (lag ?? 0) >= 1000)
      expect(first).toMatchObject({ replicas: 1, reason: `replica ${named()}` })
      await write()
      await comes('it is more behind', pressure.read, ({ lag }) => (lag ?? 0) > (first.lag ?? 0))
      await locker.query('UNLOCK TABLES')
      await comes('it has caught up', pressure.read, ({ lag }) => lag === 0)
    })

    it('that waits on purpose is behind', async () => {
      await using pressure = await gauge(at.database, kind)
      await at.delay(3)
      await write()
      await comes('it is behind', pressure.read, ({ lag }) => (lag ?? 0) >= 1000)
      await at.delay(0)
      await comes('it has caught up', pressure.read, ({ lag }) => lag === 0)
    })

    it('that applies nothing has an unknown lag', async () => {
      await using pressure = await gauge(at.database, kind)
      await at.stop('SQL')
      expect(await pressure.read()).toMatchObject({
        lag: null,
        replicas: 1,
        reason: `replica ${named()} applies nothing`,
      })
      await at.begin()
      await comes('it goes on', pressure.read, ({ lag }) => lag === 0)
    })

    it('that a user may not ask has an unknown lag', async () => {
      const list = kind === 'mysql' ? 'REPLICATION SLAVE' : 'REPLICATION MASTER ADMIN'
      await using user = await createMysqlUser(
        at.database,
        `${list} ON *.*`,
        `SELECT ON ${at.database.name}.*`,
      )
      await until('the user is on the replica', async () =>
        (await at.onReplica('SELECT user FROM mysql.user')).some(
          (row) => Object.values(row)[0] === user.name,
        ),
      )
      await using pressure = await gauge(user, kind)
      const { lag, reason } = await pressure.read()
      expect(lag).toBeNull()
      expect(reason).toMatch(new RegExp(`^replica ${named()} does not answer: GRANT REPL`))
      expect(reason).not.toContain(new URL(user.url).password)
    })

    it('that gets nothing has an unknown lag, though the primary lists it no more', async () => {
      await using pressure = await gauge(at.database, kind)
      await comes('the replica is in step', pressure.read, inStep)
      await at.stop('IO')
      await comes('it is out of the list', pressure.read, ({ lag }) => lag === null)
      // It notices when it has something to send.
      await until('the primary has noticed', async () => {
        await write()
        return (await dumps(at.database)) === 0
      })
      expect(await pressure.read()).toMatchObject({
        lag: null,
        replicas: 1,
        reason: `replica ${named()} gets nothing from its source`,
      })
      await at.begin()
      await comes('it goes on', pressure.read, ({ lag }) => lag === 0)
    })

    it('that did not register has an unknown lag', async () => {
      await using pressure = await gauge(at.database, kind)
      await comes('the replica is in step', pressure.read, inStep)
      await using reader = await binaryLogReader(at)
      await until('it reads', async () => (await dumps(at.database)) === 2)
      expect(reader).toBeDefined()
      expect(await pressure.read()).toMatchObject({
        lag: null,
        running: 0,
        reason: '1 that read the binary log did not register as replicas',
      })
    })

    it('that is gone has an unknown lag, however often it is asked', async () => {
      await using pressure = await gauge(at.database, kind)
      await comes('the replica is in step', pressure.read, inStep)
      await at.replica.stop('immediate')
      for (let n = 0; n < 3; n++) {
        const { lag, reason } = await pressure.read()
        expect(lag).toBeNull()
        expect(reason).toContain(`replica ${named()} does not answer`)
      }
    })
  })
}

const dumps = async (database: MysqlDatabase): Promise<number> => {
  const sessions = await database.query('SHOW PROCESSLIST')
  return sessions.filter(({ Command }) => String(Command).startsWith('Binlog Dump')).length
}
