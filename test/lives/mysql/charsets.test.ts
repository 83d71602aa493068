import { expect, test } from 'vitest'
import { describeEachMysql } from '../../support/databases.ts'
import { runs, stage } from '../../support/lives.ts'
import { live } from '../../support/lives-runner.ts'
import { charsets, wider } from './cases/charsets.ts'

describeEachMysql('character sets and collations', (server) => {
  live(server, charsets)
  live(server, wider)

  test('rows that are one in the new order stop the plan before anything is changed', async () => {
    await using here = await stage(server, {
      setup: [
        'CREATE TABLE tags (id bigint PRIMARY KEY, word varchar(20) COLLATE utf8mb4_bin, UNIQUE KEY by_word (word))',
        `INSERT INTO tags VALUES (1, 'a'), (2, 'A'), (3, 'b')`,
      ],
      intents:
        '- change_type: { table: tags, column: word, to: "varchar(20) collate utf8mb4_general_ci", unparsed: fail }',
    })
    const { err } = await runs(here, ['advance', 'life', '--phase', 'expand'], [4])
    expect(err).toContain('PLAN_DUPLICATE')
    expect(err).toMatch(/id 2 \| id 1|id 1 \| id 2/)
    expect(err).not.toContain('id 3')
  })
})
