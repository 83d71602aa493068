import { expect, test } from 'vitest'
import { describeNewestPostgres, drawn, survives } from '../support/crash-lives.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { advanceTo, printed, stage } from '../support/lives.ts'
import { fillsBesideAnApplication, keepsWhatIsWrittenLater } from '../support/lives-modules.ts'
import { live } from '../support/lives-runner.ts'
import { computedByModules } from './cases/modules.ts'

describeEachPostgres('what a module computes', (server) => {
  live(server, computedByModules)
  keepsWhatIsWrittenLater(server)
  fillsBesideAnApplication(server)

  test('is computed anew after a change by a client whose session prints values otherwise', async () => {
    const types = ['timestamptz', 'interval', 'float8', 'bytea', 'date']
    const values = ["'2024-03-01 12:00:00.5+00'", "'1 day 2:03'", '0.1', `'\\x00ff'`, "'2024-03-01'"]
    await using here = await stage(server, {
      setup: [
        `CREATE TABLE users (id int PRIMARY KEY, word text, ${types.map((type, at) => `a${at} ${type} DEFAULT ${values[at]}`).join(', ')})`,
        'INSERT INTO users (id) SELECT generate_series(1, 5)',
      ],
      files: { 'made.cjs': types.map((_, at) => `exports.f${at} = ({ a${at} }) => a${at}`).join('\n') },
      intents: types
        .map(
          (type, at) =>
            `- add_column: { table: users, column: b${at}, type: ${type}, fill: { module: { from: "./made.cjs#f${at}", reads: [a${at}, word] } } }`,
        )
        .join('\n'),
    })
    const same = `SELECT count(*) FROM users WHERE ${types.map((_, at) => `a${at} = b${at}`).join(' AND ')}`
    await advanceTo(here, 'backfill')
    expect(await printed(here.database, same)).toEqual([['5']])
    await here.database.query(
      `SET TimeZone = 'Asia/Kolkata'; SET DateStyle = 'German'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = -2; SET bytea_output = 'escape'`,
    )
    await here.database.query(
      `UPDATE users SET a0 = a0 + '1 h', a1 = a1 * 2, a2 = a2 / 3, a3 = a3 || '\\x01', a4 = a4 + 1 WHERE id < 4`,
    )
    await advanceTo(here, 'verify')
    expect(await printed(here.database, same)).toEqual([['5']])
  })
})

describeNewestPostgres('a runner that dies while it computes', (server) => {
  survives(server, computedByModules, 'sever', drawn(12))
})
