import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeEachMysql } from '../../support/databases.ts'
import { all, printed, type Stage, stage } from '../../support/lives.ts'
import { MOMENTS, reach } from '../../support/moments.ts'
import { unseen } from '../../support/unseen.ts'
import { seeded } from './cases/renaming.ts'

const THINGS = {
  setup: [
    `CREATE TABLE things (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'no\\'body',
      seen datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), code varchar(36) NOT NULL DEFAULT (uuid()),
      mood enum('sad','mad','ok') NOT NULL DEFAULT 'ok', note varchar(20))`,
    seeded('things (id)', 9, '100 + n'),
    'CREATE TABLE counts (id int PRIMARY KEY, cnt int NOT NULL DEFAULT 7, opt int DEFAULT 7)',
    seeded('counts (id)', 9, '100 + n'),
  ],
  intents: `
- rename_column: { table: things, from: name, to: title }
- rename_column: { table: things, from: seen, to: seen_at }
- rename_column: { table: things, from: code, to: token }
- rename_column: { table: things, from: mood, to: temper }
- rename_column: { table: counts, from: cnt, to: total }
- rename_column: { table: counts, from: opt, to: choice }`,
}

/** Statements by either version's names of a required column and of one that may be empty; and what both hold then. */
const insert = (a: string, b: string, values: string) => `INSERT INTO counts (id, ${a}, ${b}) ${values}`
const STATEMENTS: readonly [string, (a: string, b: string) => string, string, string | null][] = [
  ['VALUES with DEFAULT', (a, b) => insert(a, b, 'VALUES (50, DEFAULT, DEFAULT)'), '7', '7'],
  ['VALUES with NULL', (a, b) => insert(a, b, 'VALUES (50, 9, NULL)'), '9', null],
  ['VALUES of several rows', (a, b) => insert(a, b, 'VALUES (51, 9, NULL), (50, DEFAULT, 8)'), '7', '8'],
  ['DEFAULT of a column', (a, b) => insert(a, b, `VALUES (50, DEFAULT(${a}), DEFAULT(${b}))`), '7', '7'],
  ['INSERT without the columns', () => 'INSERT INTO counts (id) VALUES (50)', '7', '7'],
  ['INSERT … SET', (a, b) => `INSERT INTO counts SET id = 50, ${a} = DEFAULT, ${b} = NULL`, '7', null],
  ['INSERT … SELECT', (a, b) => insert(a, b, 'SELECT 50, 9, NULL'), '9', null],
  ['INSERT … SELECT of one of them', (a) => `INSERT INTO counts (id, ${a}) SELECT 50, 9`, '9', '7'],
  ['REPLACE', (a, b) => insert(a, b, 'VALUES (102, 9, NULL)').replace('INSERT', 'REPLACE'), '9', null],
  [
    'an upsert',
    (a, b) => insert(a, b, `VALUES (102, 9, 9) ON DUPLICATE KEY UPDATE ${a} = 8, ${b} = NULL`),
    '8',
    null,
  ],
  [
    'an upsert with DEFAULT',
    (a, b) => insert(a, b, `VALUES (108, 9, 9) ON DUPLICATE KEY UPDATE ${a} = DEFAULT, ${b} = DEFAULT`),
    '7',
    '7',
  ],
  ['UPDATE', (a, b) => `UPDATE counts SET ${a} = 9, ${b} = NULL WHERE id = 108`, '9', null],
  [
    'UPDATE with DEFAULT',
    (a, b) => `UPDATE counts SET ${a} = DEFAULT, ${b} = DEFAULT WHERE id = 102`,
    '7',
    '7',
  ],
]

const FILLED = 102
const UNFILLED = 108
const NEWEST = '(SELECT id FROM (SELECT max(id) AS id FROM things) AS newest)'

describeEachMysql('columns with defaults, kept in step', (server) => {
  for (const moment of MOMENTS)
    describe(moment, () => {
      let here: Stage
      beforeAll(async () => {
        here = await stage(server, THINGS)
        await reach(here, moment)
      })
      afterAll(() => here[Symbol.asyncDispose]())

      /** Each in its turn, and then what the columns hold. */
      async function after(
        statements: readonly string[],
        columns: string,
        row: number | string = NEWEST,
        table = 'things',
      ) {
        let found: unknown
        await unseen(here.database, async () => {
          await all(here.database, statements)
          found = await printed(here.database, `SELECT ${columns} FROM ${table} WHERE id = ${row}`)
        })
        return found
      }
      const fails = async (statement: string, why: object, before = 'SELECT 1') =>
        unseen(here.database, async () => {
          await here.database.query(before)
          await expect(here.database.query(statement), statement).rejects.toMatchObject(why)
        })

      test.each([
        ['of nothing but defaults', 'INSERT INTO things () VALUES ()'],
        ['of an old client that leaves its columns out', `INSERT INTO things (note) VALUES ('x')`],
        [
          'of an old client that asks for the default',
          `INSERT INTO things (name, mood) VALUES (DEFAULT, DEFAULT)`,
        ],
      ])('an insert %s has the default under both names', async (_, insert) => {
        expect(await after([insert], 'name, title, mood, temper')).toEqual([
          ["no'body", "no'body", 'ok', 'ok'],
        ])
        expect(await after([insert], 'seen = seen_at, code = token, seen > 0, length(code)')).toEqual([
          ['1', '1', '1', '36'],
        ])
      })

      test('an insert of a new client that asks for the default has it', async () => {
        const insert = `INSERT INTO things (title, temper, seen_at) VALUES (DEFAULT, DEFAULT, DEFAULT)`
        expect(await after([insert], 'name, title, mood, temper, seen = seen_at, seen > 0')).toEqual([
          ["no'body", "no'body", 'ok', 'ok', '1', '1'],
        ])
      })

      test.each(STATEMENTS)(
        '%s of either version gives both names the same',
        async (_, says, count, option) => {
          for (const [a, b] of [
            ['cnt', 'opt'],
            ['total', 'choice'],
          ] as const) {
            const statement = says(a, b)
            const row = /\b(50|102|108)\b/.exec(statement)?.[0] ?? ''
            const before = `UPDATE counts SET cnt = 3, opt = 3 WHERE id IN (${FILLED}, ${UNFILLED})`
            expect(
              await after([before, statement], 'cnt, total, opt, choice', row, 'counts'),
              statement,
            ).toEqual([[count, count, option, option]])
          }
        },
      )

      test('LOAD DATA of either version gives both names the same', async () => {
        for (const [a, b] of [
          ['cnt', 'opt'],
          ['total', 'choice'],
        ])
          await unseen(here.database, async () => {
            await here.database.load(`counts (id, ${a}, ${b})`, ['50\t9\t\\N'])
            await here.database.load('counts (id)', ['51'])
            expect(
              await printed(
                here.database,
                'SELECT cnt, total, opt, choice FROM counts WHERE id < 60 ORDER BY id',
              ),
            ).toEqual([
              ['9', '9', null, null],
              ['7', '7', '7', '7'],
            ])
          })
      })

      test('where the default is another one each time the word alone is refused in the end', async () => {
        const insert = 'INSERT INTO things (token) VALUES (DEFAULT)'
        if (moment === 'after enforce') return fails(insert, { errno: 1364 })
        expect(await after([insert], 'code = token, length(code)')).toEqual([['1', '36']])
      })

      test('an insert of a new client is no conflict with a constant default', async () => {
        const insert = `INSERT INTO things (title, temper) VALUES ('Ada', 'sad')`
        expect(await after([insert], 'name, title, mood, temper')).toEqual([['Ada', 'Ada', 'sad', 'sad']])
      })

      test('an insert of a new client is no conflict with a default that is another one each time', async () => {
        const insert = `INSERT INTO things (seen_at, token) VALUES ('2024-01-01 00:00:00.5', 'x')`
        expect(await after([insert], 'seen, seen_at, code, token')).toEqual([
          ['2024-01-01 00:00:00.500000', '2024-01-01 00:00:00.500000', 'x', 'x'],
        ])
      })

      test('an old client may write the default itself', async () => {
        const insert = `INSERT INTO things (name) VALUES ('no''body')`
        expect(await after([insert], 'name, title')).toEqual([["no'body", "no'body"]])
      })

      test('an insert of both shapes fails when they differ and one is no default', async () => {
        await fails(`INSERT INTO things (name, title) VALUES ('Ada', 'Bea')`, { sqlState: '45000' })
        await fails(`INSERT INTO things (mood, temper) VALUES ('sad', 'mad')`, { sqlState: '45000' })
      })

      test('SET … = DEFAULT of an old client reaches the new column', async () => {
        for (const row of [FILLED, UNFILLED]) {
          const set = (change: string) => `UPDATE things SET ${change} WHERE id = ${row}`
          const changes = [set(`title = 'Ada', token = 'x'`), set('name = DEFAULT, code = DEFAULT')]
          expect(await after(changes, 'name, title, code = token, length(code)', row)).toEqual([
            ["no'body", "no'body", '1', '36'],
          ])
        }
      })

      test('explicit NULL of an old client fails as it always did', async () => {
        await fails('INSERT INTO things (name) VALUES (NULL)', { errno: 1048 })
        for (const row of [FILLED, UNFILLED])
          await fails(`UPDATE things SET name = NULL WHERE id = ${row}`, { errno: 1048 })
      })

      test('explicit NULL of a new client fails where there was a value', async () => {
        for (const row of [FILLED, UNFILLED]) {
          const before = `UPDATE things SET title = 'Ada' WHERE id = ${row}`
          await fails(`UPDATE things SET title = NULL WHERE id = ${row}`, { errno: 1048 }, before)
        }
      })

      test('an unrelated update computes nothing again', async () => {
        const seen = `SELECT name, title, seen, seen_at, code, token FROM things WHERE id = ${FILLED}`
        const before = await printed(here.database, seen)
        expect(
          await after(
            [`UPDATE things SET note = 'x' WHERE id = ${FILLED}`],
            'name, title, seen, seen_at, code, token',
            FILLED,
          ),
        ).toEqual(before)
      })
    })
})
