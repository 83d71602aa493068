import { expect, test } from 'vitest'
import { describeEachPostgres } from '../support/databases.ts'
import { advanceTo, runs, stage } from '../support/lives.ts'
import { live } from '../support/lives-runner.ts'
import { dropped } from './cases/drops.ts'
import { refusesLateWriters } from './cases/guarded.ts'
import { merged } from './cases/merges.ts'
import { reportsWhatItLoses } from './cases/reported.ts'

describeEachPostgres('dropping and merging', (server) => {
  live(server, dropped)
  live(server, merged({ conflict: '23514', missing: '23502', index: 'DROP INDEX folk_by_name' }))

  test('a rollback names the rows that have no value, undoes nothing, and goes on once they have one', async () => {
    await using here = await stage(server, {
      setup: [
        'CREATE TABLE t (id int PRIMARY KEY, code text NOT NULL)',
        `INSERT INTO t VALUES (1, 'secret')`,
      ],
      intents: '- drop_column: { table: t, column: code }',
    })
    const before = await here.database.dump()
    await advanceTo(here, 'verify')
    await here.database.query('INSERT INTO t (id) VALUES (7), (8)')
    const { err } = await runs(here, ['rollback', 'life', '--yes'], [4])
    expect(err).toContain('t.code was required before this plan, and 2 rows have no value in it (7, 8)')
    await here.database.query('INSERT INTO t (id) VALUES (9)')
    await here.database.query(`UPDATE t SET code = 'x' WHERE code IS NULL`)
    await runs(here, ['rollback', 'life'])
    expect(await here.database.dump()).toEqual(before)
  })

  test('writes to the old shape are refused during the hold, and say by which plan and what to do', () =>
    refusesLateWriters(server, '23514'))

  test('a rollback says of which rows it loses values, and writes them to a file when asked', () =>
    reportsWhatItLoses(server))
})
