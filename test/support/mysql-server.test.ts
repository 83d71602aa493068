import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { expect, it, describe as suite } from 'vitest'
import { until } from './command.ts'
import { exists } from './daemon.ts'
import { describeEachMysql } from './databases.ts'
import { debianRoot } from './debian-root.ts'
import { createMysqlDatabase, otherMysql } from './mysql-databases.ts'
import { type LocalMysql, startMysql } from './mysql-server.ts'

const DATABASES = 'SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?'

describeEachMysql('a test database', (server) => {
  it('is of that server, empty, and gone afterwards', async () => {
    let name = ''
    {
      await using database = await createMysqlDatabase(server)
      name = database.name
      const [row] = await database.query('SELECT ? AS given, database() AS name, version() AS version', ['é'])
      expect(row).toEqual({ given: 'é', name, version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
      const [major, minor, patch] = String(row?.['version']).split(/\D+/).map(Number)
      expect(server.number).toBe(Number(major) * 10_000 + Number(minor) * 100 + Number(patch))
      expect(server.dialect === 'mariadb').toBe(String(row?.['version']).includes('MariaDB'))
      expect(await database.query('SHOW TABLES')).toEqual([])
    }
    await using other = await createMysqlDatabase(server)
    expect(await other.query(DATABASES, [name])).toEqual([])
  })

  it('has exact numbers, dates as they are written, and nothing of statements without rows', async () => {
    await using database = await createMysqlDatabase(server)
    expect(await database.query('CREATE TABLE a (n BIGINT, at DATETIME(6))')).toEqual([])
    const row = { n: '9007199254740993', at: '2024-02-29 12:00:00.123456' }
    expect(await database.query('INSERT INTO a VALUES (?, ?)', [row.n, row.at])).toEqual([])
    expect(await database.query('SELECT * FROM a')).toEqual([row])
  })

  it('is dropped though others hold its tables', async () => {
    const database = await createMysqlDatabase(server)
    await database.query('CREATE TABLE a (n INT)')
    await using reader = await otherMysql(database, 'SELECT * FROM a')
    await database[Symbol.asyncDispose]()
    await expect(reader.query('SELECT 1')).rejects.toThrow()
  })

  it('has other sessions, whose transactions and waits end with them', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query('CREATE TABLE a (n INT PRIMARY KEY)')
    const rejected: Promise<unknown>[] = []
    {
      await using writer = await otherMysql(database, 'INSERT INTO a VALUES (1)')
      await using waiter = await otherMysql(database)
      expect(waiter.id).not.toBe(writer.id)
      rejected.push(expect(waiter.query('ALTER TABLE a ADD m INT')).rejects.toThrow())
      await until('the session waits for the table', async () => {
        const sessions = await database.query('SHOW PROCESSLIST')
        return sessions.some(
          ({ Id, State }) => Number(Id) === waiter.id && /metadata lock/.test(String(State)),
        )
      })
    }
    await Promise.all(rejected)
    expect(await database.query('SELECT * FROM a')).toEqual([])
    expect(await database.query("SHOW COLUMNS FROM a WHERE Field = 'm'")).toEqual([])
  })
})

for (const kind of ['mysql', 'mariadb'] as const) {
  const reason = await debianRoot(kind).then(() => null, String)
  const describe = reason === null ? suite : suite.skip

  describe(`a private server, ${kind}${reason === null ? '' : ` (${reason})`}`, () => {
    it('keeps its data and its port through a crash, and takes settings', async () => {
      const server = await startMysql({ kind, settings: { max_connections: '17' } })
      try {
        const url = server.url()
        await using database = await createMysqlDatabase({ url })
        await database.query('CREATE TABLE a (n INT)')
        await database.query('INSERT INTO a VALUES (1)')
        await server.stop('immediate')
        await expect(database.query('SELECT 1')).rejects.toThrow()
        await server.start()
        await using other = await createMysqlDatabase({ url })
        expect(await other.query(`SELECT * FROM ${database.name}.a`)).toEqual([{ n: 1 }])
        expect(await other.query('SELECT @@max_connections AS n')).toEqual([{ n: '17' }])
      } finally {
        await server[Symbol.asyncDispose]()
      }
      await expect(stat(server.dataDir)).rejects.toThrow('ENOENT')
    })

    it('logs changes by row in UTC, and runs beside others', async () => {
      await using fast = await startMysql({ kind })
      await using durable = await startMysql({ kind, durable: true })
      expect(await settings(fast)).toEqual([{ log: '1', format: 'ROW', zone: '+00:00', flush: '2' }])
      expect(await settings(durable)).toEqual([{ log: '1', format: 'ROW', zone: '+00:00', flush: '1' }])
    })

    it('does not outlive whoever started it, and leaves no data', async () => {
      const args = ['--import', 'tsx', '--input-type=module', '-e', STARTER, kind]
      const starter = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const { value } = await starter.stdout.setEncoding('utf8').iterator().next()
      const { url, dataDir } = JSON.parse(value)
      const database = await createMysqlDatabase({ url })
      starter.kill('SIGKILL')
      await until('the data is gone', async () => !(await exists(dataDir)))
      await expect(database.query('SELECT 1')).rejects.toThrow()
      await expect(createMysqlDatabase({ url })).rejects.toThrow('ECONNREFUSED')
    })
  })
}

const STARTER = `
  import { startMysql } from ${JSON.stringify(import.meta.resolve('./mysql-server.ts'))}
  const server = await startMysql({ kind: process.argv[1] })
  console.log(JSON.stringify({ url: server.url(), dataDir: server.dataDir }))
  setInterval(() => undefined, 1000)
`

async function settings(server: LocalMysql): Promise<Record<string, unknown>[]> {
  await using database = await createMysqlDatabase({ url: server.url() })
  return await database.query(
    `SELECT @@log_bin AS log, @@binlog_format AS format, @@time_zone AS zone,
       @@innodb_flush_log_at_trx_commit AS flush`,
  )
}
