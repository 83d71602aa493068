import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeEachPostgres } from '../support/databases.ts'
import { all, printed, type Stage, stage } from '../support/lives.ts'
import { MOMENTS, reach } from '../support/moments.ts'
import { unseen } from '../support/unseen.ts'

const SETUP = [
  'CREATE SEQUENCE numbers',
  `CREATE TABLE things (id serial PRIMARY KEY, name text NOT NULL DEFAULT 'nobody',
    seen timestamptz NOT NULL DEFAULT clock_timestamp(), number int NOT NULL DEFAULT nextval('numbers'), note text,
    opt int DEFAULT 7, day date NOT NULL DEFAULT now())`,
  'INSERT INTO things (id) SELECT n FROM generate_series(101, 109) n',
]
const INTENTS = `
- rename_column: { table: things, from: name, to: title }
- rename_column: { table: things, from: seen, to: seen_at }
- rename_column: { table: things, from: number, to: rank }
- rename_column: { table: things, from: opt, to: choice }
- rename_column: { table: things, from: day, to: date }`

const FILLED = 102
const UNFILLED = 108

describeEachPostgres('columns with defaults, kept in step', (server) => {
  for (const moment of MOMENTS)
    describe(moment, () => {
      let here: Stage
      beforeAll(async () => {
        here = await stage(server, { setup: SETUP, intents: INTENTS })
        await reach(here, moment)
      })
      afterAll(() => here[Symbol.asyncDispose]())

      /** Each in its turn, and then what both names hold. */
      async function after(
        statements: readonly string[],
        columns: string,
        row = `(SELECT max(id) FROM things)`,
      ) {
        let found: unknown
        await unseen(here.database, async () => {
          // Rows of the old side alone would be newer than the inserted one.
          await here.database.query(`SELECT setval('things_id_seq', 500)`)
          await all(here.database, statements)
          found = await printed(here.database, `SELECT ${columns} FROM things WHERE id = ${row}`)
        })
        return found
      }

      test.each([
        ['of nothing but defaults', 'INSERT INTO things DEFAULT VALUES'],
        ['of an old client that leaves its column out', `INSERT INTO things (note) VALUES ('x')`],
        [
          'of an old client that asks for the default',
          `INSERT INTO things (name, note) VALUES (DEFAULT, 'x')`,
        ],
      ])('an insert %s has the default under both names', async (_, insert) => {
        expect(await after([insert], 'name, title')).toEqual([['nobody', 'nobody']])
        expect(await after([insert], 'seen = seen_at, number = rank, seen IS NOT NULL')).toEqual([
          ['t', 't', 't'],
        ])
      })

      test('an insert of a new client is no conflict with a constant default', async () => {
        const insert = `INSERT INTO things (title) VALUES ('Ada')`
        expect(await after([insert], 'name, title')).toEqual([['Ada', 'Ada']])
      })

      test('an insert of a new client is no conflict with a default that is another one each time', async () => {
        const insert = `INSERT INTO things (seen_at, rank) VALUES ('2024-01-01 00:00:00+00', -5)`
        expect(await after([insert], 'seen, seen_at, number, rank')).toEqual([
          ['2024-01-01 00:00:00+00', '2024-01-01 00:00:00+00', '-5', '-5'],
        ])
      })

      test.each([
        ['NULL', null],
        ['DEFAULT', '7'],
        ['9', '9'],
      ])('%s of either client in a column that may be empty is what both names hold', async (value, is) => {
        for (const column of ['opt', 'choice']) {
          const insert = `INSERT INTO things (${column}) VALUES (${value})`
          expect(await after([insert], 'opt, choice'), insert).toEqual([[is, is]])
          const set = (to: string) => `UPDATE things SET ${column} = ${to} WHERE id = ${UNFILLED}`
          expect(await after([set('3'), set(value)], 'opt, choice', String(UNFILLED))).toEqual([[is, is]])
        }
      })

      test('SET … = DEFAULT of a new client reaches the old column', async () => {
        const changes = [
          `UPDATE things SET title = 'Ada' WHERE id = ${UNFILLED}`,
          `UPDATE things SET title = DEFAULT WHERE id = ${UNFILLED}`,
        ]
        expect(await after(changes, 'name, title', String(UNFILLED))).toEqual([['nobody', 'nobody']])
      })

      test('a default that its column keeps only in part is none that somebody wrote', async () => {
        const insert = `INSERT INTO things (date) VALUES ('2001-01-01')`
        expect(await after([insert], 'day, date')).toEqual([['2001-01-01', '2001-01-01']])
      })

      test('an old client may write the default itself', async () => {
        const insert = `INSERT INTO things (name) VALUES ('nobody')`
        expect(await after([insert], 'name, title')).toEqual([['nobody', 'nobody']])
      })

      test('an insert of both shapes fails when they differ and one is no default', async () => {
        const insert = `INSERT INTO things (name, title) VALUES ('Ada', 'Bea')`
        await unseen(here.database, async () => {
          await expect(here.database.query(insert)).rejects.toMatchObject({ code: '23514' })
        })
      })

      test('SET … = DEFAULT of an old client reaches the new column', async () => {
        for (const row of [FILLED, UNFILLED])
          expect(
            await after(
              [
                `UPDATE things SET title = 'Ada' WHERE id = ${row}`,
                `UPDATE things SET name = DEFAULT, number = DEFAULT WHERE id = ${row}`,
              ],
              'name, title, number = rank',
              String(row),
            ),
          ).toEqual([['nobody', 'nobody', 't']])
      })

      test('explicit NULL of an old client fails as it always did', async () => {
        for (const statement of [
          'INSERT INTO things (name) VALUES (NULL)',
          `UPDATE things SET name = NULL WHERE id = ${FILLED}`,
          `UPDATE things SET name = NULL WHERE id = ${UNFILLED}`,
        ])
          await unseen(here.database, async () => {
            await expect(here.database.query(statement)).rejects.toMatchObject({ code: '23502' })
          })
      })

      test('explicit NULL of a new client fails where there was a value', async () => {
        await unseen(here.database, async () => {
          await here.database.query(`UPDATE things SET title = 'Ada' WHERE id = ${UNFILLED}`)
          const update = `UPDATE things SET title = NULL WHERE id = ${UNFILLED}`
          await expect(here.database.query(update)).rejects.toMatchObject({ code: '23502' })
        })
      })

      test('a default is computed once, and an unrelated update computes nothing again', async () => {
        const row = await after(['INSERT INTO things DEFAULT VALUES'], 'id, number, rank')
        await unseen(here.database, async () => {
          const seen = `SELECT seen, seen_at, number, rank FROM things WHERE id = ${FILLED}`
          const before = await printed(here.database, seen)
          await here.database.query(`UPDATE things SET note = 'x' WHERE id = ${FILLED}`)
          expect(await printed(here.database, seen)).toEqual(before)
        })
        expect(row).toHaveLength(1)
      })
    })
})
