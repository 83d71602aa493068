import { afterAll, beforeAll, expect, it } from 'vitest'
import { ways } from '../../../src/dialects/mysql/write/ddl.ts'
import { unchanged } from '../../../src/dialects/mysql/write/retyping.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { createMysqlDatabase, type MysqlDatabase } from '../../support/mysql-databases.ts'

/** A type, another one, the collation of the table, and a value. */
type Pair = readonly [from: string, to: string, collation: string, value: string]

const words = (count: number): string => Array.from({ length: count }, (_, at) => `'w${at}'`).join(',')

const KEPT: readonly Pair[] = [
  ['varchar(50)', 'varchar(63)', 'utf8mb4_general_ci', "'a'"],
  ['varchar(64)', 'varchar(200)', 'utf8mb4_general_ci', "'a'"],
  ['varchar(100)', 'varchar(255)', 'latin1_swedish_ci', "'a'"],
  ['varbinary(10)', 'varbinary(255)', 'utf8mb4_general_ci', "'a'"],
  ["enum('a','b')", "enum('a','b','c')", 'utf8mb4_general_ci', "'a'"],
  ["set('a','b')", "set('a','b','c')", 'utf8mb4_general_ci', "'a,b'"],
  [`set(${words(9)})`, `set(${words(16)})`, 'utf8mb4_general_ci', "'w1,w8'"],
]

const COPIED: readonly Pair[] = [
  ['varchar(50)', 'varchar(64)', 'utf8mb4_general_ci', "'a'"],
  ['varchar(50)', 'varchar(20)', 'utf8mb4_general_ci', "'a'"],
  ['varchar(255)', 'varchar(256)', 'latin1_swedish_ci', "'a'"],
  ['varchar(50)', 'text', 'utf8mb4_general_ci', "'a'"],
  ['char(5)', 'char(9)', 'utf8mb4_general_ci', "'a'"],
  ['int', 'bigint', 'utf8mb4_general_ci', '1'],
  ['decimal(10,2)', 'decimal(14,2)', 'utf8mb4_general_ci', '1'],
  ['datetime', 'datetime(6)', 'utf8mb4_general_ci', "'2026-01-01'"],
  ["enum('a','b')", "enum('a','x','b')", 'utf8mb4_general_ci', "'a'"],
  ["enum('a','b','c')", "enum('a','b')", 'utf8mb4_general_ci', "'a'"],
  [`set(${words(8)})`, `set(${words(9)})`, 'utf8mb4_general_ci', "'w1'"],
  [`enum(${words(255)})`, `enum(${words(256)})`, 'utf8mb4_general_ci', "'w1'"],
]

describeEachMysql('which changes of type leave rows alone', (server) => {
  let database: MysqlDatabase
  beforeAll(async () => {
    database = await createMysqlDatabase(server)
  })
  afterAll(() => database[Symbol.asyncDispose]())

  const { instant, online } = ways(server.dialect)

  /** Whether the server takes the change in this way; it refuses by 1845 or 1846. */
  async function takes([from, to, collation, value]: Pair, way: string): Promise<boolean> {
    await database.query('DROP TABLE IF EXISTS t')
    await database.query(
      `CREATE TABLE t (id int PRIMARY KEY, c ${from}, KEY (c)) COLLATE ${collation}`.replace(
        /, KEY \(c\)/,
        /text/.test(from + to) ? '' : '$&',
      ),
    )
    await database.query(`INSERT INTO t VALUES (1, ${value}), (2, ${value})`)
    return await database.query(`ALTER TABLE t MODIFY c ${to}, ${way}`).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ errno: expect.toSatisfy((no) => no === 1845 || no === 1846) })
        return false
      },
    )
  }

  it.each(KEPT)('%s to %s in %s: nothing is copied', async (...pair) => {
    expect(unchanged(pair[0], pair[1], pair[2])).toMatchObject({ kept: true })
    expect(await takes(pair, online)).toBe(true)
    const instantly = server.dialect === 'mariadb' ? /^(enum|set|varchar)/ : /^(enum|set)/
    if (instantly.test(pair[0])) expect(await takes(pair, instant)).toBe(true)
  })

  it.each(COPIED)('%s to %s in %s: the table is copied', async (...pair) => {
    expect(unchanged(pair[0], pair[1], pair[2])).toMatchObject({ kept: false })
    expect(await takes(pair, online)).toBe(false)
  })
})
