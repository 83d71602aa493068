import { expect, test } from 'vitest'
import { plan } from '../../support/cli.ts'
import { drawn, survives } from '../../support/crash-lives.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { advanceTo, printed, runs, stage } from '../../support/lives.ts'
import { fillsBesideAnApplication, keepsWhatIsWrittenLater } from '../../support/lives-modules.ts'
import { live } from '../../support/lives-runner.ts'
import { computedOnMysql as life } from './cases/modules.ts'

/** Types whose values a function gives back as it got them; each with values that a careless copy would change. */
const TYPES: readonly (readonly [type: string, ...values: string[]])[] = [
  ['float', '0.1', '16777217', '-1e-20'],
  ['double', '0.1', '1.7976931348623157e308', '-5e-300'],
  ['decimal(30,10)', '12345678901234567890.0123456789', '-0.5', '0'],
  ['bigint unsigned', '18446744073709551615', '9007199254740993', '0'],
  ['bit(40)', "b'1'", "b'1010101010101010101010101010101010101010'", "b'0'"],
  ['varbinary(20)', "x'00ff5c785c'", "x''", "'\\\\x41'"],
  ['varchar(30) collate utf8mb4_bin', "'Ä 𝄞  '", "'\\\\x41'", "''"],
  ['datetime(3)', "'2024-02-29 23:59:59.999'", "'1000-01-01 00:00:00'", 'NULL'],
  ['timestamp(6)', "'2024-10-27 00:30:00.000001'", "'2024-10-27 01:30:00'", 'NULL'],
  ['date', "'2024-02-29'", "'9999-12-31'", 'NULL'],
  ['json', `'{"a":[1,null,"ä"]}'`, `'"\\\\\\\\x41"'`, 'NULL'],
  ["enum('a','B')", "'a'", "'B'", 'NULL'],
]

const columns = TYPES.map(([type], index) => ({ type, from: `a${index}`, to: `b${index}` }))

describeEachMysql('what a module computes', (server) => {
  live(server, life)
  keepsWhatIsWrittenLater(server)
  fillsBesideAnApplication(server)
  survives(server, life, 'sever', drawn(10))

  test('of each type is what the function got and gave back, to the last bit', async () => {
    const values = [1, 2, 3].map((at) => `(${at}, ${TYPES.map((one) => one[at]).join(', ')})`)
    await using here = await stage(server, {
      setup: [
        `CREATE TABLE users (id int PRIMARY KEY, ${columns.map(({ type, from }) => `${from} ${type} NULL`).join(', ')})`,
        `INSERT INTO users VALUES ${values.join(', ')}`,
      ],
      files: {
        'made.cjs': columns.map(({ from }) => `exports.${from} = ({ ${from} }) => ${from}`).join('\n'),
      },
      intents: columns
        .map(
          ({ type, from, to }) =>
            `- add_column: { table: users, column: ${to}, type: "${type}", fill: { module: { from: "./made.cjs#${from}", reads: [${from}] } } }`,
        )
        .join('\n'),
    })
    await advanceTo(here, 'backfill')
    for (const { type, from, to } of columns)
      expect(
        await printed(
          here.database,
          `SELECT SUM(SHA2(${from}, 256) <=> SHA2(${to}, 256) AND ${from} <=> ${to}) FROM users`,
        ),
        type,
      ).toEqual([['3']])
    // A mark knows each value again, so what changes is computed by a sweep.
    for (const { from } of columns)
      await here.database.query(
        `UPDATE users JOIN (SELECT ${from} AS next FROM users WHERE id = 1) AS first SET ${from} = next WHERE id > 1`,
      )
    await advanceTo(here, 'verify')
    for (const { type, from, to } of columns)
      expect(
        await printed(
          here.database,
          `SELECT COUNT(DISTINCT SHA2(${to}, 256)), SUM(SHA2(${from}, 256) <=> SHA2(${to}, 256)) FROM users`,
        ),
        type,
      ).toEqual([['1', '3']])
  })

  test('is computed anew for a row that changes between the reading and the writing, if only in its case', async () => {
    await using here = await stage(server, { ...life, setup: life.setup })
    await advanceTo(here, 'expand')
    const changes = ['U1@example.org', 'u1@Example.org', 'ü1@example.org']
    const faults = async (point: string) => {
      if (!point.startsWith('before SET @plan_computed')) return
      const email = changes.shift()
      if (email !== undefined)
        await here.database.query(`UPDATE users SET email = '${email}', note = 'N' WHERE id = 1`)
    }
    const { status, err } = await plan(
      here.database,
      here.folder.path,
      ['advance', 'life', '--phase', 'backfill'],
      { faults },
    )
    expect(status, err).toBe(0)
    expect(changes).toEqual([])
    expect(await printed(here.database, 'SELECT made, note FROM users WHERE id = 1')).toEqual([
      ['gro.elpmaxe@1ü', 'N/1'],
    ])
  })

  test('is written while its rows are locked, and marks of a row go with the write', async () => {
    await using here = await stage(server, life)
    await advanceTo(here, 'backfill')
    await here.database.query("UPDATE users SET email = 'one' WHERE id = 1")
    await here.database.query("UPDATE users SET email = 'two' WHERE id = 1")
    await here.database.query('UPDATE users SET id = 500 WHERE id = 2')
    await here.database.query("INSERT INTO users (id, email) VALUES (600, 'gone')")
    await here.database.query('DELETE FROM users WHERE id = 600')
    let tried = 0
    const faults = async (point: string) => {
      if (!/^before UPDATE .*users/.test(point)) return
      if (tried++ > 0) return
      await expect(
        here.database.query('SELECT id FROM users WHERE id = 1 FOR UPDATE NOWAIT'),
      ).rejects.toThrow()
    }
    const { status, err } = await plan(
      here.database,
      here.folder.path,
      ['advance', 'life', '--phase', 'enforce'],
      { faults },
    )
    expect(status, err).toBe(0)
    expect(tried).toBeGreaterThan(0)
    expect(await printed(here.database, 'SELECT made FROM users WHERE id IN (1, 500) ORDER BY id')).toEqual([
      ['owt'],
      ['gro.elpmaxe@2u'],
    ])
  })

  test('stops at a row for which the function throws, with its key and without its values', async () => {
    await using here = await stage(server, {
      ...life,
      files: {
        'made.cjs':
          "exports.backwards = ({ email }) => { if (email.startsWith('u7')) throw new TypeError(email); return email }\nexports.longer = () => 'x'",
      },
    })
    await advanceTo(here, 'expand')
    const { err } = await runs(here, ['advance', 'life', '--phase', 'backfill'], [4])
    expect(err).toMatch(/PLAN_POISON/)
    expect(err).toMatch(/backwards of .\/made.cjs threw TypeError at made.cjs:1 for the row with id 7/)
    expect(err).not.toContain('u7@')
    await runs(here, ['throttle', 'life', '--on-error', 'quarantine'])
    await runs(here, ['advance', 'life', '--phase', 'backfill'], [4])
    expect(await printed(here.database, "SELECT COUNT(*) FROM users WHERE made <> 'waits'")).toEqual([['11']])
    await here.database.query("UPDATE users SET email = 'fine' WHERE id = 7")
    await advanceTo(here, 'verify')
    expect(await printed(here.database, 'SELECT made FROM users WHERE id = 7')).toEqual([['fine']])
  })
})
