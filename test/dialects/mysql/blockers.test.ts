import mysql from 'mysql2/promise'
import { describe, expect, it } from 'vitest'
import type { Blocker } from '../../../src/dialects/interface/engine.ts'
import type { Row, Session } from '../../../src/dialects/interface/session.ts'
import { openSession } from '../../../src/dialects/mysql/connect/session.ts'
import { blockers, holderOf } from '../../../src/dialects/mysql/observe/blockers.ts'
import { until } from '../../support/command.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { limit } from '../../support/limits.ts'
import { createMysqlDatabase, type MysqlDatabase, otherMysql } from '../../support/mysql-databases.ts'
import { createMysqlUser } from '../../support/mysql-users.ts'
import { describePrivateMysql } from '../../support/private-mysql.ts'

const open = async ({ url }: { readonly url: string }) => {
  const session = await openSession({ url, application: 'plan', tls: null })
  return { session, [Symbol.asyncDispose]: () => session.close() }
}

const table = (database: MysqlDatabase, name = 'a') => ({ schema: database.name, name })

async function tables(server: { readonly url: string }): Promise<MysqlDatabase> {
  const database = await createMysqlDatabase(server)
  for (const name of ['a', 'b']) {
    await database.query(`CREATE TABLE ${name} (id INT PRIMARY KEY, n INT)`)
    await database.query(`INSERT INTO ${name} VALUES (1, 1)`)
  }
  return database
}

/** A client that says what it is, within a transaction that has run this. */
async function application(database: MysqlDatabase, sql: string) {
  const connection = await mysql.createConnection({
    uri: database.url,
    connectAttributes: { program_name: 'shop' },
  })
  connection.on('error', () => undefined)
  await connection.query('BEGIN')
  await connection.query(sql)
  return { id: connection.threadId, [Symbol.asyncDispose]: async () => connection.destroy() }
}

/** Waits for a metadata lock until it is disposed of; with `begun`, in a transaction that has run this. */
async function queued(database: MysqlDatabase, sql: string, begun?: string) {
  const other = await otherMysql(database, begun)
  let ended: string | undefined
  other.query(sql).then(
    (rows) => {
      ended = `it was answered with ${rows.length} rows`
    },
    (error) => {
      ended = String(error)
    },
  )
  await until(`“${sql}” waits`, async () => {
    if (ended !== undefined) throw new Error(`“${sql}” did not wait: ${ended}`)
    const list = await database.query('SHOW PROCESSLIST')
    return list.some(({ Id, State }) => Number(Id) === other.id && /metadata lock/.test(String(State)))
  })
  return other
}

const OPEN = 'an open transaction; which tables it holds this server does not say'
const of = (found: readonly Blocker[], ...ids: readonly number[]) =>
  found.filter(({ pid }) => ids.includes(pid)).map(({ pid }) => pid)

/** MariaDB shows the same transactions again to whoever asks more often than every 100 ms, on all connections together. */
const RARELY = { interval: 250, timeout: limit(20_000) }

/** The blockers, as soon as this one is among them and has been there for so many seconds. */
async function seen(
  { session }: { readonly session: Session },
  dialect: 'mysql' | 'mariadb',
  database: MysqlDatabase,
  { id, age = 0 }: { readonly id: number; readonly age?: number },
): Promise<readonly Blocker[]> {
  let found: readonly Blocker[] = []
  const ageOf = async () => {
    found = await blockers(session, dialect, [table(database)])
    return found.find(({ pid }) => pid === id)?.age ?? -1
  }
  await expect.poll(ageOf, RARELY).toBeGreaterThanOrEqual(age)
  return found
}

const DDL = [
  'ALTER TABLE a ADD m INT',
  'CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW SET NEW.n = 1',
  'LOCK TABLES a WRITE',
  'DROP TABLE a',
]

describeEachMysql('who keeps a change of a table waiting', (server) => {
  it('is whoever has read it in a transaction that is still open', async () => {
    await using database = await tables(server)
    await using reader = await application(database, 'SELECT * FROM a')
    await using plan = await open(database)
    const found = await seen(plan, server.dialect, database, reader)
    const [blocker] = found.filter(({ pid }) => pid === reader.id)
    const mysqls = server.dialect === 'mysql'
    expect(blocker).toEqual({
      pid: reader.id,
      application: mysqls ? 'shop' : '',
      user: 'root',
      state: 'Sleep',
      holds: mysqls ? 'SHARED_READ' : OPEN,
      age: expect.any(Number),
    })
  })

  it('has an age by the server’s clock, whatever its time zone', async () => {
    await using database = await tables(server)
    await using reader = await application(database, 'SELECT * FROM a')
    await using plan = await open(database)
    await plan.session.query("SET SESSION time_zone = '+05:00'")
    const found = await seen(plan, server.dialect, database, { id: reader.id, age: 2 })
    const age = found.find(({ pid }) => pid === reader.id)?.age
    expect(age).toBeLessThan(60)
  })

  it('comes with the oldest first', async () => {
    await using database = await tables(server)
    await using plan = await open(database)
    await using first = await application(database, 'SELECT * FROM a')
    await seen(plan, server.dialect, database, { id: first.id, age: 2 })
    await using second = await application(database, 'INSERT INTO a VALUES (2, 2)')
    await seen(plan, server.dialect, database, { id: second.id, age: 2 })
    await using third = await application(database, 'SELECT * FROM a')
    const found = await seen(plan, server.dialect, database, third)
    expect(of(found, first.id, second.id, third.id)).toEqual([first.id, second.id, third.id])
  })

  it.each(DDL)('is never who waits as well: %s', async (sql) => {
    await using database = await tables(server)
    await using reader = await application(database, 'SELECT * FROM a')
    await using waiter = await queued(database, sql)
    await using plan = await open(database)
    const found = await seen(plan, server.dialect, database, reader)
    expect(of(found, reader.id, waiter.id)).toEqual([reader.id])
  })

  it('is never we ourselves, and nobody when nothing is asked for', async () => {
    await using database = await tables(server)
    await using plan = await open(database)
    const found = await plan.session.transaction({}, async () => {
      await plan.session.query('UPDATE a SET n = n + 1')
      return blockers(plan.session, server.dialect, [table(database)])
    })
    expect(of(found, plan.session.backend.pid)).toEqual([])
    expect(await blockers(plan.session, server.dialect, [])).toEqual([])
  })

  it('stays unknown, and is no error, to a user who may see nothing', async () => {
    await using database = await tables(server)
    await using reader = await application(database, 'SELECT * FROM a')
    await using user = await createMysqlUser(database, `ALL ON ${database.name}.*`)
    await using plan = await open(user)
    expect(reader.id).toBeGreaterThan(0)
    expect(await blockers(plan.session, server.dialect, [table(database)])).toEqual([])
  })

  it('is somebody with an open transaction to a user who may see processes alone', async () => {
    await using database = await tables(server)
    await using reader = await application(database, 'SELECT * FROM a')
    await using user = await createMysqlUser(database, 'PROCESS ON *.*')
    await using plan = await open({ url: user.url.replace(`/${database.name}`, '/information_schema') })
    const found = await seen(plan, server.dialect, database, reader)
    expect(found.find(({ pid }) => pid === reader.id)).toMatchObject({ user: 'root', holds: OPEN })
  })

  it('is the session that holds a lock with a name', async () => {
    await using database = await tables(server)
    await using holder = await otherMysql(database)
    await using plan = await open(database)
    const name = `${database.name}-lock`
    expect(await holderOf(plan.session, name)).toBeNull()
    await holder.query('SELECT GET_LOCK(?, 0)', [name])
    expect(await holderOf(plan.session, name)).toMatchObject({
      pid: holder.id,
      user: 'root',
      state: 'Sleep',
      holds: 'the plan',
    })
  })

  it('is known by its id alone when it is another user’s', async () => {
    await using database = await tables(server)
    await using holder = await otherMysql(database)
    await holder.query('SELECT GET_LOCK(?, 0)', [database.name])
    await using user = await createMysqlUser(database, `SELECT ON ${database.name}.*`)
    await using plan = await open(user)
    expect(await holderOf(plan.session, database.name)).toEqual({
      pid: holder.id,
      application: '',
      user: '',
      state: '',
      holds: 'the plan',
      age: 0,
    })
  })
})

const COUNTED = { performance_schema: 'ON', performance_schema_instrument: 'wait/lock/metadata/sql/mdl=ON' }

for (const kind of ['mysql', 'mariadb'] as const)
  await describePrivateMysql('locks that the server counts', { kind, settings: COUNTED }, (server) => {
    it('are named, and only those of the tables in question', async () => {
      await using database = await tables(server)
      await using writer = await application(database, 'UPDATE a SET n = 2')
      await using reader = await application(database, 'SELECT * FROM b')
      await using plan = await open(database)
      const at = (name: string) => blockers(plan.session, kind, [table(database, name)])
      expect(await at('a')).toMatchObject([{ pid: writer.id, application: 'shop', holds: 'SHARED_WRITE' }])
      expect(await at('b')).toMatchObject([{ pid: reader.id, application: 'shop', holds: 'SHARED_READ' }])
      const both = await blockers(plan.session, kind, [table(database, 'a'), table(database, 'b')])
      expect(of(both, writer.id, reader.id)).toEqual([writer.id, reader.id])
    })

    it('are of LOCK TABLES too, which opens no transaction', async () => {
      await using database = await tables(server)
      await using locker = await otherMysql(database)
      await locker.query('LOCK TABLES a READ')
      await using plan = await open(database)
      const found = await blockers(plan.session, kind, [table(database)])
      expect(found).toMatchObject([{ pid: locker.id, holds: expect.stringMatching(/^SHARED_READ/) }])
    })

    // Each on tables of its own: what was killed holds its locks a moment longer than its client hears.
    it.each(DDL)('leave out DDL that waits, and what waits behind it: %s', async (sql) => {
      await using database = await tables(server)
      await using reader = await application(database, 'SELECT * FROM a')
      await using waiter = await queued(database, sql)
      await using behind = await queued(database, 'SELECT * FROM a')
      await using plan = await open(database)
      const found = await blockers(plan.session, kind, [table(database)])
      expect(of(found, reader.id, waiter.id, behind.id)).toEqual([reader.id])
    })

    it('are of somebody who waits elsewhere and holds the table meanwhile', async () => {
      await using database = await tables(server)
      await using reader = await application(database, 'SELECT * FROM b')
      await using ddl = await queued(database, 'ALTER TABLE b ADD m INT')
      await using writer = await queued(database, 'SELECT * FROM b', 'UPDATE a SET n = 2')
      await using plan = await open(database)
      const found = await blockers(plan.session, kind, [table(database)])
      expect(of(found, reader.id, ddl.id, writer.id)).toEqual([writer.id])
    })

    it('are of FLUSH TABLES WITH READ LOCK, which holds the whole server', async () => {
      await using database = await tables(server)
      await using backup = await otherMysql(database)
      await backup.query('FLUSH TABLES WITH READ LOCK')
      await using plan = await open(database)
      const found = await blockers(plan.session, kind, [table(database)])
      const mode = kind === 'mysql' ? 'SHARED' : 'BACKUP_FTWRL1'
      expect(found).toMatchObject([{ pid: backup.id, holds: `the whole server (${mode})` }])
    })
  })

await describePrivateMysql(
  'open transactions',
  { kind: 'mysql', settings: { performance_schema: 'OFF' } },
  (server) => {
    it('are all that can be said with performance_schema off', async () => {
      await using database = await tables(server)
      await using reader = await application(database, 'SELECT * FROM b')
      await using plan = await open(database)
      const found = await blockers(plan.session, 'mysql', [table(database, 'a')])
      expect(found).toMatchObject([{ pid: reader.id, application: '', holds: OPEN }])
    })
  },
)

describe('MariaDB’s plugin METADATA_LOCK_INFO', () => {
  it('names who holds a lock, but DDL that waits in the queue has one too', async () => {
    const held: Row[] = [
      { id: 7, mode: 'MDL_SHARED_READ', everywhere: 0 },
      { id: 8, mode: 'MDL_SHARED_UPGRADABLE', everywhere: 0 },
      { id: 9, mode: 'MDL_BACKUP_FTWRL2', everywhere: 1 },
    ]
    const list: Row[] = [
      { Id: 7, User: 'shop', Command: 'Sleep', State: '', Time: 3 },
      { Id: 8, User: 'other', Command: 'Query', State: 'Waiting for table metadata lock', Time: 2 },
      { Id: 9, User: 'backup', Command: 'Sleep', State: '', Time: 1 },
    ]
    const session = {
      backend: { pid: 1, started: '' },
      query: async (sql: string) => {
        const rows = sql.includes('METADATA_LOCK_INFO') ? held : sql.includes('PROCESSLIST') ? list : []
        return { rows, count: rows.length }
      },
    } as unknown as Session
    const found = await blockers(session, 'mariadb', [{ schema: 'app', name: 'a' }])
    expect(found.map(({ pid, user, holds }) => [pid, user, holds])).toEqual([
      [7, 'shop', 'SHARED_READ'],
      [9, 'backup', 'the whole server (BACKUP_FTWRL2)'],
    ])
  })
})
