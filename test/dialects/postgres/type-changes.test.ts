import { afterAll, beforeAll, expect, it } from 'vitest'
import { unchanged } from '../../../src/dialects/postgres/write/retyping.ts'
import { createDatabase, type Database, describeEachPostgres } from '../../support/databases.ts'

/** A type, another one, and a value. */
type Pair = readonly [from: string, to: string, value: string]

const KEPT: readonly Pair[] = [
  ['varchar(50)', 'varchar(100)', "'a'"],
  ['varchar(50)', 'varchar', "'a'"],
  ['varchar(50)', 'text', "'a'"],
  ['text', 'varchar', "'a'"],
  ['bit varying(8)', 'bit varying(16)', "B'101'"],
  ['bit varying(8)', 'bit varying', "B'101'"],
  ['numeric(10,2)', 'numeric(14,2)', '1.25'],
  ['numeric(10,2)', 'numeric', '1.25'],
  ['time(3)', 'time(6)', "'10:00'"],
  ['time(3) with time zone', 'time with time zone', "'10:00'"],
  ['timestamp(3)', 'timestamp', "'2026-01-01'"],
  ['timestamptz(3)', 'timestamptz(6)', "'2026-01-01'"],
  ['cidr', 'inet', "'10.0.0.0/8'"],
  ['timestamp', 'timestamptz', "'2026-03-29 02:30'"],
  ['timestamptz', 'timestamp', "'2026-03-29 02:30Z'"],
]

const WRITTEN: readonly Pair[] = [
  ['varchar(100)', 'varchar(50)', "'a'"],
  ['text', 'varchar(100)', "'a'"],
  ['char(5)', 'varchar(5)', "'a'"],
  ['bit(8)', 'bit varying(9)', "B'10101010'"],
  ['char(5)', 'char(9)', "'a'"],
  ['numeric(10,2)', 'numeric(14,4)', '1.25'],
  ['numeric(14,2)', 'numeric(10,2)', '1.25'],
  ['integer', 'bigint', '1'],
  ['real', 'double precision', '1'],
  ['timestamp(6)', 'timestamp(3)', "'2026-01-01'"],
  ['date', 'timestamp', "'2026-01-01'"],
  ['json', 'jsonb', "'{}'"],
  ['inet', 'cidr', "'10.0.0.0/8'"],
]

describeEachPostgres('which changes of type leave rows and indexes alone', (server) => {
  let database: Database
  beforeAll(async () => {
    database = await createDatabase(server)
    await database.query("SET TimeZone = 'UTC'")
  })
  afterAll(() => database[Symbol.asyncDispose]())

  /** What the server does: whether the table and the index keep their files. */
  async function measured([from, to, value]: Pair) {
    await database.query('DROP TABLE IF EXISTS t')
    await database.query(`CREATE TABLE t (c ${from})`)
    await database.query(`INSERT INTO t SELECT ${value} FROM generate_series(1, 20)`)
    if (from !== 'json') await database.query('CREATE INDEX i ON t (c)')
    const files = async () =>
      (
        await database.query(
          `SELECT pg_relation_filenode('t') AS rows, pg_relation_filenode(to_regclass('i')) AS index`,
        )
      )[0]
    const before = await files()
    await database.query(`ALTER TABLE t ALTER c TYPE ${to}`)
    const after = await files()
    return { rows: before?.['rows'] === after?.['rows'], index: before?.['index'] === after?.['index'] }
  }

  it.each(KEPT)('%s to %s: no row is written, and the index is as it is said', async (...pair) => {
    const fact = unchanged(pair[0], pair[1], server.number)
    expect(await measured(pair)).toEqual({ rows: true, index: fact?.indexes === 'kept' })
  })

  it.each(WRITTEN)('%s to %s: all rows are written anew', async (...pair) => {
    expect(unchanged(pair[0], pair[1], server.number)).toBeNull()
    expect(await measured(pair)).toMatchObject({ rows: false })
  })

  it('a time gets or loses its zone with all rows written anew in a session that is not in UTC', async () => {
    await database.query("SET TimeZone = 'Europe/Paris'")
    const does = await measured(['timestamp', 'timestamptz', "'2026-03-29 02:30'"])
    await database.query("SET TimeZone = 'UTC'")
    expect(does).toMatchObject({ rows: false })
  })
})
