import { expect, it } from 'vitest'
import { same, sameImage } from '../../../src/dialects/mysql/walk/equality.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { createMysqlDatabase, type MysqlDatabase } from '../../support/mysql-databases.ts'

/** Pairs of values as they are written to a column, and whether they are stored alike. */
const IMAGES: readonly (readonly [type: string, a: string, b: string, alike: boolean])[] = [
  ['varchar(10)', "'a'", "'a'", true],
  ['varchar(10)', "'a'", "'A'", false],
  ['varchar(10)', "'a'", "'ä'", false],
  ['varchar(10)', "'a'", "'a '", false],
  ['varchar(10) collate utf8mb4_bin', "'a'", "'a '", false],
  ['varchar(10)', "''", "' '", false],
  ['varchar(10)', "''", 'NULL', false],
  ['varchar(10)', 'NULL', 'NULL', true],
  ['varchar(10)', "'ß'", "'ss'", false],
  ['varchar(10) character set latin1', "'é'", "'e'", false],
  ['char(5)', "'a'", "'a '", true],
  ['char(5)', "'a'", "'A'", false],
  ['text', "'😀'", "'😁'", false],
  ['longtext', "'x'", "'X'", false],
  ["enum('a','b')", "'a'", "'b'", false],
  ["enum('a','b')", "'a'", "'a'", true],
  ["set('a','b')", "'a,b'", "'b,a'", true],
  ["set('a','b')", "'a'", "'a,b'", false],
  ['json', '\'{"a": 1}\'', '\'{"a": 1.0}\'', false],
  ['json', '\'{"a": "x"}\'', '\'{"a": "X"}\'', false],
  ['json', '\'{"a": 1}\'', '\'{"a": 1}\'', true],
  ['json', "'null'", 'NULL', false],
  ['int', '1', '2', false],
  ['bigint', '9223372036854775807', '9223372036854775806', false],
  ['bigint unsigned', '18446744073709551615', '18446744073709551615', true],
  ['decimal(10,2)', '1.5', '1.50', true],
  ['float', '1.0000001', '1.0000002', false],
  ['double', '0.1', '0.1', true],
  ['date', "'2020-01-01'", "'2020-01-02'", false],
  ['datetime(6)', "'2020-01-01 00:00:00.000001'", "'2020-01-01 00:00:00.000002'", false],
  ['timestamp(3) null', "'2020-01-01 00:00:00.001'", "'2020-01-01 00:00:00.001'", true],
  ['time(3)', "'10:00:00.001'", "'10:00:00.002'", false],
  ['bit(8)', '5', '6', false],
  ['binary(2)', "'a'", "'A'", false],
  ['varbinary(5)', "'a'", "'a '", false],
  ['blob', "'a'", "'a'", true],
  ['point', 'POINT(1, 2)', 'POINT(2, 1)', false],
  ['geometry', 'POINT(1, 2)', 'POINT(1, 2)', true],
]

/** What a column holds after `stored` was assigned, and an expression: whether that would have left the same. */
const VALUES: readonly (readonly [type: string, stored: string, expression: string, equal: boolean])[] = [
  ['varchar(10)', "'a'", "'A'", false],
  ['varchar(10)', "'a'", "'a '", false],
  ['varchar(10)', "'ä'", "CONVERT('ä' USING latin1)", true],
  ['varchar(10) character set latin1', "'ä'", "CONVERT('ä' USING utf8mb4)", true],
  ['varchar(10) character set latin1', "'a'", "CONCAT('ä', '😀')", false],
  ['varchar(10) collate utf8mb4_bin', "'ä'", "'ä' COLLATE utf8mb4_general_ci", true],
  ['varchar(10)', 'NULL', 'NULL', true],
  ['varchar(10)', "''", 'NULL', false],
  ['varchar(10)', "'5'", '5', true],
  ['char(5)', "'a '", "'a  '", true],
  ['char(5)', "'a'", "' a'", false],
  ["enum('a','b')", "'a'", "'a'", true],
  ['int', '2', "'1.5'", true],
  ['int', '1000', "'1e3'", true],
  ['bigint', '9007199254740993', "'9007199254740992'", false],
  ['bigint', '9007199254740993', "'9007199254740993'", true],
  ['decimal(10,2)', '1.23', '1.234', true],
  ['decimal(10,2)', '1.23', '1.24', false],
  ['float', '0.1', '0.1', true],
  ['float', '0.1', '0.2', false],
  ['double', '0.1', "'0.1'", true],
  ['boolean', '1', 'TRUE', true],
  ['date', "'2020-01-02'", "'2020-01-02 10:00:00'", true],
  ['date', "'2020-01-02'", "DATE '2020-01-03'", false],
  ['datetime', "'2020-01-02 10:00:00.4'", "TIMESTAMP '2020-01-02 10:00:00.4'", true],
  ['datetime', "'2020-01-02 10:00:00'", "TIMESTAMP '2020-01-02 10:00:02'", false],
  ['datetime(3)', "'2020-01-02 10:00:00.123'", "'2020-01-02 10:00:00.1231'", true],
  ['timestamp null', "'2020-01-02 10:00:00'", "'2020-01-02 10:00:00'", true],
  ['time(3)', "'10:00:00.123'", "'10:00:00.123'", true],
  ['json', '\'{"b":1, "a":"x"}\'', '\'{"b":1, "a":"x"}\'', true],
  ['json', '\'{"a":1}\'', '\'{"a":1.0}\'', false],
  ['json', 'NULL', 'NULL', true],
  ['varbinary(5)', "'a'", "'a'", true],
  ['varbinary(5)', "'a'", "'a '", false],
]

/** What MySQL alone, or MariaDB alone, has. */
const OWN = {
  mysql: [
    ['json', '\'{"b":1,"a":"x"}\'', '\'{"a": "x", "b": 1}\'', true],
    ['json', '\'{"a":"x"}\'', "JSON_OBJECT('a', 'x')", true],
  ],
  mariadb: [
    ['uuid', "'4cda0c05-e7aa-11f1-aaeb-02fc00000001'", "'4CDA0C05E7AA11F1AAEB02FC00000001'", true],
    ['inet6', "'::1'", "'::2'", false],
  ],
} as const

/** The question as it is asked in a SELECT, and as it is asked in a trigger: of two columns, or of one and an expression. */
async function ask(database: MysqlDatabase, type: string, written: readonly string[], question: Question) {
  const columns = written.map((_, i) => `c${i}`)
  await database.query(
    `CREATE TABLE t (id int PRIMARY KEY, answer int, ${columns.map((column) => `${column} ${type}`).join(', ')})`,
  )
  await database.query(
    `CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW IF ${question('NEW.')} THEN SET NEW.answer = 1; ELSE SET NEW.answer = 0; END IF`,
  )
  await database.query(`INSERT INTO t (id, ${columns.join(', ')}) VALUES (1, ${written.join(', ')})`)
  const [row] = await database.query(
    `SELECT answer, ${question('')} AS selected, NOT (${question('')}) AS denied FROM t`,
  )
  await database.query('DROP TABLE t')
  const answers = Object.values(row ?? {}).map(String)
  expect(answers[1], 'never NULL').toBe(answers[2] === '1' ? '0' : '1')
  return answers.slice(0, 2)
}
type Question = (prefix: string) => string

describeEachMysql('two values of a column', (server) => {
  it('are told apart by all that is stored, in a SELECT and in a trigger', async () => {
    await using database = await createMysqlDatabase(server)
    for (const [type, a, b, alike] of IMAGES) {
      // A plan may not know the type; MariaDB calls JSON a text.
      for (const known of [type, ''])
        expect(
          await ask(database, type, [a, b], (prefix) => sameImage(`${prefix}c0`, `${prefix}c1`, known)),
          `${type} (as ${known || 'unknown'}): ${a} and ${b}`,
        ).toEqual(alike ? ['1', '1'] : ['0', '0'])
    }
  })
})

describeEachMysql('a stored value and an expression', (server) => {
  it('are the same when storing the expression would leave that value', async () => {
    await using database = await createMysqlDatabase(server)
    for (const [type, stored, expression, equal] of [...VALUES, ...OWN[server.dialect]])
      expect(
        await ask(database, type, [stored], (prefix) => same(`${prefix}c0`, `(${expression})`, type)),
        `${type}: ${stored} and ${expression}`,
      ).toEqual(equal ? ['1', '1'] : ['0', '0'])
  })
})
