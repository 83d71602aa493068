import { expect, test } from 'vitest'
import { ddlAnd, survives } from '../../support/crash-lives.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { advanceTo, printed, runs, stage } from '../../support/lives.ts'
import { live } from '../../support/lives-runner.ts'
import { renamedKey } from './cases/json-keys.ts'

const DOCUMENTS = 'SELECT id, CAST(doc AS CHAR), note, changed_at FROM people ORDER BY id'

describeEachMysql('a key of documents', (server) => {
  if (server.dialect === 'mariadb') {
    test('is refused: MariaDB keeps the text of a document', async () => {
      await using here = await stage(server, renamedKey)
      const { err } = await runs(here, ['compile', 'plans/plan.yaml'], [2])
      expect(err).toContain('MariaDB keeps each document as the text that was written')
    })

    test('would not be the same one for the server and for who reads the document', async () => {
      await using here = await stage(server, renamedKey)
      const of = (sql: string) => printed(here.database, `SELECT ${sql}`)
      // Of a key that is there twice the server reads, writes and takes out the first one, and most readers see the last.
      const twice = `'{"phone": 1, "phone": 2}'`
      expect(await of(`JSON_VALUE(${twice}, '$.phone')`)).toEqual([['1']])
      expect(await of(`CONCAT(JSON_SET(${twice}, '$.phone', 3))`)).toEqual([['{"phone": 3, "phone": 2}']])
      expect(await of(`CONCAT(JSON_REMOVE(${twice}, '$.phone'))`)).toEqual([['{"phone": 2}']])
      // A key with an escape is there for JSON_REMOVE, and not for JSON_CONTAINS_PATH.
      const escaped = `'{"\\\\u0070hone": 1}'`
      expect(await of(`JSON_CONTAINS_PATH(${escaped}, 'one', '$.phone')`)).toEqual([['0']])
      expect(await of(`CONCAT(JSON_REMOVE(${escaped}, '$.phone'))`)).toEqual([['{}']])
      // What was written with other blanks comes back with those of the server.
      const blanks = `'{ "phone" :1.50 }'`
      expect(await of(`CONCAT(JSON_REMOVE(JSON_SET(${blanks}, '$.x', 1), '$.x'))`)).toEqual([
        ['{"phone": 1.50}'],
      ])
    })
    return
  }
  live(server, renamedKey)

  test.each(['expand', 'backfill', 'verify'] as const)(
    'a rollback from after %s gives every document back as it was',
    async (phase) => {
      await using here = await stage(server, renamedKey)
      const before = await printed(here.database, DOCUMENTS)
      await advanceTo(here, phase)
      await runs(here, ['rollback', 'life', '--yes'])
      expect(await printed(here.database, DOCUMENTS)).toEqual(before)
    },
  )

  test.each([
    ['new', '6'],
    ['old', '5'],
  ])('on_conflict: %s decides where one statement writes two values', async (policy, stays) => {
    await using here = await stage(server, { ...renamedKey, more: `on_conflict: ${policy}` })
    await advanceTo(here, 'expand')
    await here.database.query(`INSERT INTO people (id, doc) VALUES (50, '{"a": {"phone": 5, "mobile": 6}}')`)
    await here.database.query(`UPDATE people SET doc = '{"a": {"phone": 5, "mobile": 6}}' WHERE id = 2`)
    expect(await printed(here.database, 'SELECT CAST(doc AS CHAR) FROM people WHERE id IN (2, 50)')).toEqual([
      [`{"a": {"phone": ${stays}, "mobile": ${stays}}}`],
      [`{"a": {"phone": ${stays}, "mobile": ${stays}}}`],
    ])
  })

  test('documents that have the new key already are counted before anything is changed', async () => {
    await using here = await stage(server, renamedKey)
    await here.database.query(`UPDATE people SET doc = '{"a": {"mobile": null}}' WHERE id IN (4, 6)`)
    const { err } = await runs(here, ['advance', 'life'], [4])
    expect(err).toContain('2 rows of people have the key mobile in doc already')
  })

  survives(server, renamedKey, 'sever', ddlAnd(6))
})
