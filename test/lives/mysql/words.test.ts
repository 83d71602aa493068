import { expect, test } from 'vitest'
import { describeEachMysql } from '../../support/databases.ts'
import { advanceTo, runs, stage } from '../../support/lives.ts'
import { live } from '../../support/lives-runner.ts'
import { words } from './cases/words.ts'

describeEachMysql('the words of a list', (server) => {
  live(server, words)

  test('a row with a word that goes stops the plan before anything is changed', async () => {
    await using here = await stage(server, words)
    await here.database.query(`INSERT INTO people VALUES (77, 'odd', NULL)`)
    const { err } = await runs(here, ['advance', 'life', '--phase', 'expand'], [4])
    expect(err).toContain('id 77')
    expect(err).not.toContain('odd,')
    await here.database.query('DELETE FROM people WHERE id = 77')
    await advanceTo(here, 'verify')
  })
})
