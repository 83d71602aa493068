import { test } from 'vitest'
import { describeEachMysql } from '../../support/databases.ts'
import { live } from '../../support/lives-runner.ts'
import { refusesLateWriters } from '../cases/guarded.ts'
import { merged } from '../cases/merges.ts'
import { reportsWhatItLoses } from '../cases/reported.ts'
import { dropped } from './cases/drops.ts'
import { CONFLICT } from './cases/renaming.ts'

describeEachMysql('dropping and merging', (server) => {
  live(server, dropped)
  live(server, merged({ conflict: CONFLICT, missing: '1048', index: 'DROP INDEX folk_by_name ON folk' }))

  test('writes to the old shape are refused during the hold, and say by which plan and what to do', () =>
    refusesLateWriters(server, CONFLICT))

  test('a rollback says of which rows it loses values, and writes them to a file when asked', () =>
    reportsWhatItLoses(server))
})
