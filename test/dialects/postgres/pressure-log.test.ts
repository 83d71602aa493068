import { statfs } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { throttled } from '../../../src/backfill/pressure.ts'
import type { Pressure } from '../../../src/dialects/interface/pressure.ts'
import { until } from '../../support/command.ts'
import { createDatabase, type Database } from '../../support/databases.ts'
import { comes, gauge, LIMITS, suiteServer, visitor } from './gauged.ts'

describe('the log of a server', () => {
  const server = suiteServer({
    settings: { archive_mode: 'on', archive_command: 'true', max_slot_wal_keep_size: '176MB' },
  })
  let database: Database
  beforeAll(async () => {
    database = await createDatabase({ url: server().url() })
    await database.query('CREATE TABLE a (n int)')
  })
  afterAll(() => database?.[Symbol.asyncDispose]())

  const archiving = async (command: string) => {
    await database.query(`ALTER SYSTEM SET archive_command = '${command}'`)
    await database.query('SELECT pg_reload_conf()')
  }
  const nextFile = async () => {
    await database.query('INSERT INTO a VALUES (1)')
    await database.query('SELECT pg_switch_wal()')
  }
  const FILE = 16 * 2 ** 20
  const archive =
    (fits: (archive: NonNullable<Pressure['archive']>) => boolean) =>
    ({ archive: found }: Pressure) =>
      found !== null && fits(found)

  it('waits to be archived, file by file', async () => {
    await using pressure = await gauge(database)
    await nextFile()
    await comes(
      'it is archived',
      pressure.read,
      archive(({ files, trouble }) => files === 0 && trouble === null),
    )
    await archiving('')
    for (let n = 0; n < 3; n++) await nextFile()
    const { archive: found } = await pressure.read()
    expect(found).toEqual({ bytes: 3 * FILE, files: 3, waits: 'wait to be archived', trouble: null })
    await archiving('true')
    await comes(
      'it is archived',
      pressure.read,
      archive(({ files }) => files === 0),
    )
  })

  it('is listed to who may see it where the server has forgotten what was archived last', async () => {
    await archiving('')
    await until('nothing is known', async () => {
      await database.query("SELECT pg_stat_reset_shared('archiver')")
      const [row] = await database.query('SELECT last_archived_wal AS last FROM pg_stat_archiver')
      return row?.['last'] === null
    })
    for (let n = 0; n < 2; n++) await nextFile()
    const { url } = await visitor(server(), 'visitor')
    await using pressure = await gauge(database)
    await using little = await gauge({ url })
    expect((await pressure.read()).archive).toMatchObject({ files: 2, trouble: null })
    expect((await little.read()).archive).toMatchObject({ files: 0, trouble: null })
    await archiving('true')
  })

  it('that cannot be archived is a reason to wait until it can', async () => {
    await using pressure = await gauge(database)
    await archiving('false')
    // A file that is ready before the archiver has read its new settings still goes.
    const fails = await comes(
      'it fails',
      async () => {
        await nextFile()
        return pressure.read()
      },
      archive(({ trouble }) => trouble !== null),
    )
    expect(throttled(fails, LIMITS)).toBe(
      'the archiver fails, and the server keeps its log until archive_command or archive_library works again',
    )
    await archiving('true')
    // After three failures the archiver rests for a minute; new settings wake it.
    const again = await comes(
      'it works',
      pressure.read,
      archive(({ trouble }) => trouble === null),
    )
    expect(throttled(again, LIMITS)).toBeNull()
  })

  it('that a replica still needs is a reason to wait before it is lost', async () => {
    await using pressure = await gauge(database)
    await database.query("SELECT pg_create_physical_replication_slot('south', true)")
    await nextFile()
    const early = await pressure.read(false)
    expect(early.archive).toMatchObject({ waits: 'are kept for replication slot south', trouble: null })
    expect(early.archive?.bytes).toBeGreaterThan(0)
    const late = await comes(
      'it is nearly lost',
      async () => {
        await nextFile()
        return pressure.read(false)
      },
      archive(({ trouble }) => trouble !== null),
    )
    expect(throttled(late, { ...LIMITS, maxLag: null })).toMatch(
      /^replication slot south is about to lose the log that its replica still needs \([\d.]+ MB to go\)$/,
    )
    await database.query("SELECT pg_drop_replication_slot('south')")
    expect(throttled(await pressure.read(false), LIMITS)).toBeNull()
  })

  it('and its data are on a disk of this host, which is seen by who may know where', async () => {
    await using pressure = await gauge(database)
    const { blocks, bsize } = await statfs(server().dataDir)
    const { disk } = await pressure.read()
    expect(disk).toEqual({ free: expect.any(Number), total: blocks * bsize })
    expect(disk?.free).toBeLessThan(blocks * bsize)
    const { url } = await visitor(server(), 'stranger')
    await using little = await gauge({ url })
    expect((await little.read()).disk).toBeNull()
  })
})
