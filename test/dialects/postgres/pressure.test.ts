import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { throttled } from '../../../src/backfill/pressure.ts'
import type { Pressure } from '../../../src/dialects/interface/pressure.ts'
import { bench, done, until } from '../../support/command.ts'
import { createDatabase, type Database, describeEachPostgres } from '../../support/databases.ts'
import { limit } from '../../support/limits.ts'
import { batches, other } from '../../support/sessions.ts'
import { type Standby, startStandby } from '../../support/standby.ts'
import { PLAN, rename, users } from '../../support/users.ts'
import { type Following, follows } from './follower.ts'
import { comes, gauge, LIMITS, suiteServer, visitor } from './gauged.ts'

const inStep =
  (count: number) =>
  ({ lag, replicas }: Pressure) =>
    lag === 0 && replicas === count

describe.each([14, 18] as const)('the lag of PostgreSQL %i', (version) => {
  const primary = suiteServer({ version, settings: { wal_level: 'logical' } })
  const at = () => ({ url: primary().url() })

  it('is none where nobody follows', async () => {
    await using pressure = await gauge(at())
    expect(await pressure.read()).toMatchObject({ lag: 0, replicas: 0, reason: null })
  })

  describe('of two standbys', () => {
    let east: Standby
    let west: Standby
    let database: Database
    const named = ({ name }: Standby) => `standby ${name} at 127.0.0.1`
    const write = () => database.query('INSERT INTO a VALUES (1)')

    beforeAll(async () => {
      database = await createDatabase(at())
      await database.query('CREATE TABLE a (n int)')
      // What is not flushed a standby cannot have.
      await database.query('SET synchronous_commit = on')
      east = await startStandby(primary(), 'east')
      west = await startStandby(primary(), 'west')
    })
    afterAll(async () => {
      await database?.[Symbol.asyncDispose]()
      await west?.[Symbol.asyncDispose]()
      await east?.[Symbol.asyncDispose]()
    })

    it('is none while both are in step', async () => {
      await using pressure = await gauge(database)
      await write()
      await comes('both are in step', pressure.read, inStep(2))
    })

    it('grows while the worst one applies nothing, until it has caught up', async () => {
      await using pressure = await gauge(database)
      await comes('both are in step', pressure.read, inStep(2))
      await east.pause()
      await write()
      const first = await comes('it is behind', pressure.read, ({ lag }) => (lag ?? 0) > 200)
      expect(first).toMatchObject({ replicas: 2, reason: named(east) })
      await west.pause()
      await write()
      const more = await comes('it is more behind', pressure.read, ({ lag }) => (lag ?? 0) > LIMITS.maxLag)
      expect(throttled(more, LIMITS)).toMatch(
        /^standby east at 127\.0\.0\.1 is 1s( \d+ms)? behind \(limit 1s\)$/,
      )
      await east.resume()
      await comes('the other one is the worst', pressure.read, ({ reason }) => reason === named(west))
      await west.resume()
      await comes('both have caught up', pressure.read, inStep(2))
    })

    it('is known while somebody writes all the time', async () => {
      await using pressure = await gauge(database)
      await comes('both are in step', pressure.read, inStep(2))
      for (let n = 0; n < 20; n++) {
        await write()
        expect(await pressure.read()).toMatchObject({ lag: expect.any(Number), replicas: 2 })
      }
    })

    it('is unknown of one that was behind before anybody looked, until it has come so far', async () => {
      await west.pause()
      await write()
      await using pressure = await gauge(database)
      for (let n = 0; n < 2; n++) {
        const { lag, reason } = await pressure.read()
        expect(lag).toBeNull()
        expect(reason).toMatch(
          /^standby west at 127\.0\.0\.1 is [\d.]+ (bytes|KB|MB) of log behind, and nobody/,
        )
      }
      await west.resume()
      await comes('it has caught up', pressure.read, inStep(2))
    })

    it('is unknown while a replication slot is left alone, and known when its standby is back', async () => {
      await using pressure = await gauge(database)
      await comes('both are in step', pressure.read, inStep(2))
      await west.stop()
      const gone = await comes('one is gone', pressure.read, ({ lag }) => lag === null)
      expect(throttled(gone, LIMITS)).toBe(
        "replica lag is unknown: nobody reads from replication slot west: start its replica again, or give it up (SELECT pg_drop_replication_slot('west'))",
      )
      await write()
      await west.start()
      await comes('it is back', pressure.read, inStep(2))
    })

    it('is unknown to who may not see it, and that is no reason to wait where nobody set a limit', async () => {
      const role = `visitor_${version}`
      const { url } = await visitor(primary(), role)
      await using pressure = await gauge({ url })
      const seen = await pressure.read()
      expect(seen).toMatchObject({
        lag: null,
        replicas: 2,
        reason: `this user may not see how far replicas are behind: GRANT pg_monitor TO "${role}"`,
      })
      expect(throttled(await pressure.read(false), { ...LIMITS, maxLag: null })).toBeNull()
      await database.query(`GRANT pg_monitor TO ${role}`)
      await comes('it may see it', pressure.read, inStep(2))
    })

    it('is unknown on a standby itself', async () => {
      await using pressure = await gauge({ url: east.url() })
      expect(await pressure.read()).toMatchObject({
        lag: null,
        reason: 'this server is a standby itself: give the URL of the primary',
        archive: null,
      })
    })

    it.each<[string, Following]>([
      ['takes a base backup', 'backup'],
      ['only copies the log', 'copies'],
    ])('is not that of somebody who %s', async (_, how) => {
      await using follower = await follows(primary().url(), how)
      await until('it follows', async () => (await states(database)).length === 3)
      expect(follower).toBeDefined()
      await using pressure = await gauge(database)
      await write()
      await comes('both are in step', pressure.read, inStep(2))
    })

    it('is unknown of somebody who says nothing', async () => {
      await using follower = await follows(primary().url(), 'silent')
      await until('it follows', async () => (await states(database)).length === 3)
      expect(follower).toBeDefined()
      await using pressure = await gauge(database)
      const { lag, reason } = await pressure.read()
      expect(lag).toBeNull()
      expect(reason).toBe('standby silent at 127.0.0.1 does not say yet what it has applied')
    })

    it('is that of a subscriber, too', async () => {
      await using there = await createDatabase(at())
      await there.query('CREATE TABLE a (n int PRIMARY KEY)')
      await database.query('CREATE PUBLICATION p FOR TABLE a')
      await database.query("SELECT pg_create_logical_replication_slot('s', 'pgoutput')")
      await there.query(
        `CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=${primary().port} user=postgres dbname=${database.name}'
           PUBLICATION p WITH (create_slot = false, slot_name = s, copy_data = false)`,
      )
      await using pressure = await gauge(database)
      await comes('all are in step', pressure.read, inStep(3))
      await using locker = await other(there, 'LOCK TABLE a')
      await database.query('INSERT INTO a VALUES (2)')
      const waits = await comes('it is behind', pressure.read, ({ lag }) => (lag ?? 0) > 200)
      expect(waits).toMatchObject({ replicas: 3, reason: 'subscriber s at 127.0.0.1' })
      await locker.query('ROLLBACK')
      await comes('it has caught up', pressure.read, inStep(3))
      await there.query('ALTER SUBSCRIPTION s DISABLE')
      const gone = await comes('nobody reads', pressure.read, ({ lag }) => lag === null)
      expect(gone.reason).toContain('replication slot s')
      await there.query('DROP SUBSCRIPTION s')
    })

    it.runIf(version === 18)('makes a backfill wait, which says why and goes on when it may', async () => {
      const more =
        'backfill: { batch: { rows: 20, max_rows: 20 }, throttle: { max_lag: 500ms, duty: 0.05 } }\n'
      await using here = await bench(at(), users(300), { [PLAN]: rename(more) })
      done(await here.plan('advance', PLAN))
      const filling = here.start('advance', PLAN, '--phase', 'backfill')
      await batches(here.database, 1)
      await east.pause()
      await filling.says(/backfill\.1 waits: standby east at 127\.0\.0\.1 is .* behind \(limit 500ms\)/)
      await east.resume()
      done(await filling.ended)
      expect(filling.said()).toMatch(/backfill\.1 goes on/)
    })

    it('is no longer that of one whose slot was given up', async () => {
      await west.stop()
      await until('its slot can be dropped', () =>
        database.query("SELECT pg_drop_replication_slot('west')").then(
          () => true,
          () => false,
        ),
      )
      await using pressure = await gauge(database)
      await comes('one is left', pressure.read, inStep(1))
    })

    it('is none on one that has become a primary itself', async () => {
      await west.start()
      await west.promote()
      await west.query('CREATE TABLE only_here (n int)')
      await using pressure = await gauge({ url: west.url() })
      expect(await pressure.read()).toMatchObject({ lag: 0, replicas: 0, reason: null })
    })
  })
})

const states = (database: Database) => database.query('SELECT state FROM pg_stat_replication')

describeEachPostgres('the load', (server) => {
  it('is what others run, not what runs for us in the same database', async () => {
    await using database = await createDatabase(server)
    await using pressure = await gauge(database)
    // Other suites use the same server for moments.
    const running = (wanted: number) =>
      expect.poll(async () => (await pressure.read(false)).running, { timeout: limit(30_000) }).toBe(wanted)
    await running(0)
    const ours = new pg.Client({ connectionString: database.url, application_name: 'plan advance' })
    await ours.connect()
    await using shop = await other(database)
    await using idle = await other(database, 'SELECT 1')
    const both = [ours, shop].map((one) => one.query('SELECT pg_sleep(60)').catch(() => undefined))
    const slept = async () =>
      database.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep%'",
      )
    await until('both sleep', async () => (await slept()).length === 2)
    expect(idle.pid).toBeGreaterThan(0)
    await running(1)
    for (const { pid } of await slept()) await database.query('SELECT pg_cancel_backend($1)', [pid])
    await Promise.all(both)
    await ours.end()
  })
})
