import { statfs } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'
import { throttled } from '../../../src/backfill/pressure.ts'
import { openSession } from '../../../src/dialects/mysql/connect/session.ts'
import { blocked } from '../../../src/dialects/mysql/observe/blocked.ts'
import { openGauge } from '../../../src/dialects/mysql/observe/pressure.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { limit } from '../../support/limits.ts'
import { createMysqlDatabase, type MysqlDatabase, otherMysql } from '../../support/mysql-databases.ts'
import { createMysqlUser } from '../../support/mysql-users.ts'
import { describePrivateMysql } from '../../support/private-mysql.ts'

const open = async ({ url }: { readonly url: string }) => {
  const session = await openSession({ url, application: 'plan', tls: null })
  return {
    session,
    blocked: (...ids: readonly number[]) =>
      blocked(
        session,
        session.dialect,
        ids.map((pid) => ({ pid, started: '' })),
      ),
    [Symbol.asyncDispose]: () => session.close(),
  }
}

const table = async (server: { readonly url: string }): Promise<MysqlDatabase> => {
  const database = await createMysqlDatabase(server)
  await database.query('CREATE TABLE a (id INT PRIMARY KEY, n INT)')
  await database.query('INSERT INTO a VALUES (1, 1)')
  return database
}

const comes = (asked: () => Promise<number>, count: number) =>
  vi.waitFor(async () => expect(await asked()).toBe(count), { interval: 250, timeout: limit(20_000) })

describeEachMysql('who may not see who waits', (server) => {
  it('is told so, and what to do', async () => {
    await using database = await table(server)
    const all = `ALL ON ${database.name}.*`
    await using user = await createMysqlUser(database, all)
    await using at = await open(user)
    const needed = server.dialect === 'mysql' ? 'SELECT ON performance_schema.*' : 'PROCESS ON *.*'
    await expect(at.blocked(1)).rejects.toMatchObject({
      code: 'PLAN_PRIVILEGE',
      hint: `GRANT ${needed}, or leave max_blocked out of the plan`,
    })
    await using sees = await createMysqlUser(database, all, needed)
    await using there = await open(sees)
    expect(await there.blocked(1)).toBe(0)
  })
})

const SHOWN = {
  mysql: {},
  mariadb: { performance_schema: 'ON', performance_schema_instrument: 'wait/lock/metadata/sql/mdl=ON' },
} as const

for (const kind of ['mysql', 'mariadb'] as const)
  await describePrivateMysql('who waits for a table', { kind, settings: SHOWN[kind] }, (server) => {
    it('is who wants to change it, and who comes behind that', async () => {
      await using database = await table(server)
      await using at = await open(database)
      await using holder = await otherMysql(database, 'UPDATE a SET n = 2')
      await using beside = await otherMysql(database, 'SELECT 1')
      await using change = await otherMysql(database)
      change.query('ALTER TABLE a ADD COLUMN m INT').catch(() => undefined)
      await comes(() => at.blocked(holder.id), 1)
      await using reader = await otherMysql(database)
      reader.query('SELECT * FROM a').catch(() => undefined)
      await comes(() => at.blocked(holder.id), 2)
      expect(await at.blocked(beside.id)).toBe(0)
      expect(await at.blocked(change.id)).toBe(1)
    })

    // MariaDB takes another kind of lock for that, which it does not show.
    it.runIf(kind === 'mysql')('is nobody whose lock goes with ours', async () => {
      await using database = await table(server)
      await using at = await open(database)
      await using reader = await otherMysql(database, 'SELECT * FROM a')
      await using locker = await otherMysql(database)
      await locker.query('LOCK TABLES a READ')
      await using writer = await otherMysql(database)
      writer.query('UPDATE a SET n = 2').catch(() => undefined)
      await comes(() => at.blocked(locker.id), 1)
      expect(await at.blocked(reader.id)).toBe(0)
      await using change = await otherMysql(database)
      change.query('ALTER TABLE a ADD COLUMN m INT').catch(() => undefined)
      // A change of the table goes before all other writers, also those that waited before it.
      await comes(() => at.blocked(reader.id), 2)
    })

    it('and the disk of a server on this host is seen, whoever asks', async () => {
      await using database = await table(server)
      await using user = await createMysqlUser(database, `ALL ON ${database.name}.*`)
      const options = { url: user.url, application: 'plan', tls: null }
      await using at = await open(user)
      const { rows } = await at.session.query('SELECT @@datadir AS directory')
      const { blocks, bsize } = await statfs(String(rows[0]?.['directory']))
      const gauge = openGauge(at.session, kind, options)
      const pressure = await gauge.read(false)
      expect(pressure).toMatchObject({
        disk: { free: expect.any(Number), total: blocks * bsize },
        archive: null,
      })
      const full = { ...pressure, disk: { free: 1, total: blocks * bsize } }
      expect(throttled(full, { maxLag: null, maxRunning: null, maxHistory: null, maxBlocked: null })).toMatch(
        /^only 1 bytes of .* are free where the data is/,
      )
    })
  })
