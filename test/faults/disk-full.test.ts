import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { type Bench, bench, done, refused, until } from '../support/command.ts'
import { debianRoot } from '../support/debian-root.ts'
import { limit } from '../support/limits.ts'
import { startMysql } from '../support/mysql-server.ts'
import { isMysql, type Place } from '../support/places.ts'
import { startServer } from '../support/server.ts'
import { ledger, number, other, writes } from '../support/sessions.ts'
import { folder, noSmallDisk, type SmallDisk, serverDisk } from '../support/small-disk.ts'
import { counted, mysqlCounted, mysqlUsers, PLAN, planFile, users } from '../support/users.ts'

const reason = await noSmallDisk()
const ROWS = 600
const quick = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 100))

/** Each row becomes larger by a thousand bytes. */
const GROW = planFile(
  'grow',
  ['add_column: { table: users, column: long, type: varchar(2000), fill: { sql: "repeat(\'x\', 1000)" } }'],
  'backfill: { batch: { rows: 50, max_rows: 50 }, throttle: { duty: 1 } }\n',
)

/** Does this when the third batch is written, but for its COMMIT. */
const atTheThird = (act: () => Promise<unknown>) => {
  let seen = 0
  return async (point: string) => {
    if (/^after UPDATE \S+users/.test(point) && ++seen === 3) await act()
  }
}

/** All is there, once each, and nothing that was done before was lost. */
async function complete(here: Bench, database: Place): Promise<void> {
  done(
    await here.planWith({ env: { PLAN_DATABASE_URL: database.url } }, 'advance', PLAN, '--phase', 'verify'),
  )
  await using there = await other(database)
  expect(await writes(there)).toEqual([{ times: 1, rows: ROWS }])
  expect(await number(there, `SELECT sum(written) FROM ${ledger(database, 'slices')}`)).toBe(ROWS)
  expect(await number(there, 'SELECT count(*) FROM users WHERE length(users.long) = 1000')).toBe(ROWS)
}

/** The disk with the table fills up in the middle of the backfill. */
async function whileTheTableGrows(here: Bench, disk: SmallDisk): Promise<void> {
  done(await here.plan('advance', PLAN))
  const full = await here.planWith({ faults: atTheThird(disk.fill) }, 'advance', PLAN)
  refused(full, 75, 'PLAN_TEMPORARY', 'out of a resource', 'free disk')
  const status = JSON.parse(done(await here.plan('status', '--json')).out)
  expect(status.plans[0]).toMatchObject({ state: 'failed', backfills: [{ state: 'failed' }] })
  expect(status.plans[0].backfills[0].rows_done).toBeGreaterThanOrEqual(100)
  // Others go on, as far as they need no room.
  expect(await number(here.database, 'SELECT count(*) FROM users')).toBe(ROWS)
  refused(await here.plan('advance', PLAN), 75, 'PLAN_TEMPORARY')
  await disk.free()
  await complete(here, here.database)
}

const named = (title: string, why: string | null) => (why === null ? title : `${title} (${why})`)

it.skipIf(reason !== null)(
  named('a disk that is full of PostgreSQL’s table stops the backfill until there is room', reason),
  async () => {
    await using disk = await serverDisk(8)
    await using server = await startServer()
    await using here = await bench({ url: server.url() }, [...users(ROWS), ...counted], { [PLAN]: GROW })
    await here.database.query(`CREATE TABLESPACE small LOCATION '${await folder(disk, 'space')}'`)
    await here.database.query('ALTER TABLE users SET TABLESPACE small')
    await whileTheTableGrows(here, disk)
  },
)

it.skipIf(reason !== null)(
  named(
    'a disk that is full of PostgreSQL’s log ends the server; with room and a start the run goes on',
    reason,
  ),
  async () => {
    await using disk = await serverDisk(64)
    await using server = await startServer({ durable: true, settings: { max_wal_size: '32MB' } })
    await server.stop()
    const log = `${server.dataDir}/pg_wal`
    const there = await folder(disk, 'log')
    await promisify(execFile)('sh', [
      '-c',
      `cp -a ${log}/. ${there} && rm -r ${log} && ln -s ${there} ${log}`,
    ])
    await server.start()
    await using here = await bench({ url: server.url() }, [...users(ROWS), ...counted], { [PLAN]: GROW })
    const { database } = here
    done(await here.plan('advance', PLAN))
    const fill = async () => {
      await disk.fill()
      // The log goes on in a new file as soon as there is something to write.
      await until('there is no new file', async () =>
        database.query("SELECT pg_logical_emit_message(false, '', 'x'), pg_switch_wal()").then(
          () => false,
          () => true,
        ),
      )
    }
    const full = await here.planWith({ faults: atTheThird(fill), sleep: quick }, 'advance', PLAN)
    refused(full, 75, 'PLAN_TEMPORARY', 'advance again')
    await disk.free()
    // It may be on its way up by itself, or have given up.
    await until('the server is back', async () => {
      await server.start()
      return other(database).then(
        async (there) => {
          await there[Symbol.asyncDispose]()
          return true
        },
        () => false,
      )
    })
    await complete(here, database)
  },
)

for (const kind of ['mysql', 'mariadb'] as const) {
  const why = reason ?? (await debianRoot(kind).then(() => null, String))
  it.skipIf(why !== null)(
    named(`a disk that is full of a ${kind} table stops the backfill until there is room`, why),
    async () => {
      // Files grow by four megabytes there.
      await using disk = await serverDisk(32)
      const settings = kind === 'mysql' ? { innodb_directories: disk.path } : {}
      await using server = await startMysql({ kind, settings: settings as Record<string, string> })
      const [table = '', ...rest] = mysqlUsers(ROWS)
      const placed = `${table} DATA DIRECTORY = '${disk.path}'`
      await using here = await bench({ url: server.url() }, [placed, ...rest, ...mysqlCounted], {
        [PLAN]: GROW,
      })
      expect(isMysql(here.database)).toBe(true)
      await whileTheTableGrows(here, disk)
    },
  )

  it.skipIf(why !== null)(
    named(`a disk that is full of a ${kind} log keeps a COMMIT waiting, which is said and left alone`, why),
    async () => {
      await using disk = await serverDisk(16)
      await using server = await startMysql({
        kind,
        durable: true,
        settings: { log_bin: `${disk.path}/binlog` },
      })
      await using here = await bench({ url: server.url() }, [...mysqlUsers(ROWS), ...mysqlCounted], {
        [PLAN]: GROW,
      })
      done(await here.plan('advance', PLAN))
      const quickly = { faults: atTheThird(disk.fill), sleep: quick, timeout: limit(1_000) }
      const said = ['has not finished a COMMIT', 'a disk of the server is full']
      refused(await here.planWith(quickly, 'advance', PLAN), 75, 'PLAN_TEMPORARY', ...said)
      // It still answers: breaking the COMMIT off would have ended one of the two.
      expect(await number(here.database, 'SELECT count(*) FROM users')).toBe(ROWS)
      await disk.free()
      // By itself it looks for room once a minute.
      await server.stop('immediate')
      await server.start()
      await complete(here, here.database)
    },
  )
}
