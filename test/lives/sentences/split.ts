import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { all, printed, type Stage, stage, type Values } from '../../support/lives.ts'
import type { LiveServer } from '../../support/lives-database.ts'
import { MOMENTS, reach } from '../../support/moments.ts'
import { unseen } from '../../support/unseen.ts'

/** Rows 1 to 9; the first three are filled in the middle of the backfill. */
const FILLED = 2
const UNFILLED = 8

/** What differs between databases. */
type Words = {
  readonly upsert: (row: number, columns: string, values: string, change: string) => string
  /** What an upsert would have inserted. */
  readonly excluded: (column: string) => string
  /** `full_name` with the row's number modulo 2 behind it. */
  readonly appended: string
  /** What a statement fails with that writes both shapes differently, and where the driver says so. */
  readonly key: string
  readonly conflict: unknown
  readonly bulk: string
}

type Given = {
  /** Statements that make the same table, with its columns at other places. */
  readonly layouts: Readonly<Record<string, readonly string[]>>
  readonly intents: string
  readonly words: Words
}

type Case = {
  readonly says: string
  readonly does: (row: number) => readonly string[]
  readonly full: string | null
  readonly parts: readonly [string | null, string | null]
}

const set = (row: number, change: string) => `UPDATE people SET ${change} WHERE id = ${row}`
const maryAnn = (row: number) => set(row, `first_name = 'Mary Ann', last_name = 'Lee'`)
const KEPT = { full: 'Mary Ann Lee', parts: ['Mary Ann', 'Lee'] } as const
const anew = (row: number) => `DELETE FROM people WHERE id = ${row}`

const cases = ({ upsert, excluded, appended }: Words): readonly Case[] => [
  {
    says: 'an old client that changes another column leaves what a new client wrote',
    does: (row) => [maryAnn(row), set(row, `note = 'x'`)],
    ...KEPT,
  },
  {
    says: 'an old client that writes the old value once more leaves what a new client wrote',
    does: (row) => [maryAnn(row), set(row, `full_name = 'Mary Ann Lee'`)],
    ...KEPT,
  },
  {
    says: 'an old client that writes every column it knows, unchanged, leaves what a new client wrote',
    does: (row) => [maryAnn(row), set(row, 'id = id, full_name = full_name, note = note')],
    ...KEPT,
  },
  {
    says: 'an upsert of an old client into another column leaves what a new client wrote',
    does: (row) => [maryAnn(row), upsert(row, 'full_name, note', `'X Y', 'x'`, `note = ${excluded('note')}`)],
    ...KEPT,
  },
  {
    says: 'what an old client writes after a new one counts',
    does: (row) => [maryAnn(row), set(row, `full_name = 'A B C'`)],
    full: 'A B C',
    parts: ['A', 'B C'],
  },
  {
    says: 'what a new client writes after an old one counts',
    does: (row) => [set(row, `full_name = 'A B C'`), maryAnn(row)],
    ...KEPT,
  },
  {
    says: 'a new client that changes one part keeps the other',
    does: (row) => [set(row, `last_name = 'Ray'`)],
    full: 'John Ray',
    parts: ['John', 'Ray'],
  },
  {
    says: 'a new client that changes the other part keeps the first',
    does: (row) => [set(row, `first_name = 'Jo'`)],
    full: 'Jo Doe',
    parts: ['Jo', 'Doe'],
  },
  {
    says: 'one statement that writes both shapes the same way passes',
    does: (row) => [set(row, `full_name = 'Mary Ann Lee', first_name = 'Mary Ann', last_name = 'Lee'`)],
    ...KEPT,
  },
  {
    says: 'one statement that writes both shapes as the old value comes apart passes',
    does: (row) => [set(row, `last_name = 'Ann Lee', first_name = 'Mary', full_name = 'Mary Ann Lee'`)],
    full: 'Mary Ann Lee',
    parts: ['Mary', 'Ann Lee'],
  },
  {
    says: 'an upsert of an old client reaches the parts',
    does: (row) => [upsert(row, 'full_name', `'X Y'`, `full_name = ${excluded('full_name')}`)],
    full: 'X Y',
    parts: ['X', 'Y'],
  },
  {
    says: 'an upsert of a new client reaches the old column',
    does: (row) => [
      upsert(
        row,
        'first_name, last_name',
        `'X Z', 'Y'`,
        `first_name = ${excluded('first_name')}, last_name = ${excluded('last_name')}`,
      ),
    ],
    full: 'X Z Y',
    parts: ['X Z', 'Y'],
  },
  {
    says: 'an upsert of a new client into one part keeps the other',
    does: (row) => [upsert(row, 'first_name, last_name', `'X', 'Y'`, `last_name = ${excluded('last_name')}`)],
    full: 'John Y',
    parts: ['John', 'Y'],
  },
  {
    says: 'an upsert that meets nobody inserts both shapes',
    does: (row) => [anew(row), upsert(row, 'first_name, last_name', `'X Z', 'Y'`, `note = 'never'`)],
    full: 'X Z Y',
    parts: ['X Z', 'Y'],
  },
  {
    says: 'an insert of an old client has its parts',
    does: (row) => [anew(row), `INSERT INTO people (id, full_name) VALUES (${row}, 'A B')`],
    full: 'A B',
    parts: ['A', 'B'],
  },
  {
    says: 'an insert of a new client has its old value',
    does: (row) => [anew(row), `INSERT INTO people (id, first_name) VALUES (${row}, 'A B')`],
    full: 'A B',
    parts: ['A B', null],
  },
  {
    says: 'an insert without any of it stays empty',
    does: (row) => [anew(row), `INSERT INTO people (id) VALUES (${row})`],
    full: null,
    parts: [null, null],
  },
  {
    says: 'NULL from an old client empties the parts',
    does: (row) => [set(row, `full_name = 'A B'`), set(row, 'full_name = NULL')],
    full: null,
    parts: [null, null],
  },
  {
    says: 'NULL from a new client empties the old column',
    does: (row) => [maryAnn(row), set(row, 'last_name = NULL, first_name = NULL')],
    full: null,
    parts: [null, null],
  },
  {
    says: 'an empty text is a value',
    does: (row) => [set(row, `full_name = ''`)],
    full: '',
    parts: ['', null],
  },
  {
    says: 'one statement over many rows reaches each of them',
    does: () => [`UPDATE people SET full_name = ${appended}`],
    full: 'John Doe 0',
    parts: ['John', 'Doe 0'],
  },
]

/** People whose name is split. */
export function splitSentences(server: LiveServer, { layouts, intents, words }: Given): void {
  for (const [layout, setup] of Object.entries(layouts))
    for (const moment of MOMENTS)
      describe(`${moment}, ${layout}`, () => {
        let here: Stage
        beforeAll(async () => {
          here = await stage(server, { setup, intents })
          await reach(here, moment)
        })
        afterAll(() => here[Symbol.asyncDispose]())

        const look = (row: number): Promise<Values[]> =>
          printed(here.database, `SELECT full_name, first_name, last_name FROM people WHERE id = ${row}`)

        for (const { says, does, full, parts } of cases(words))
          test(says, async () => {
            for (const row of [FILLED, UNFILLED])
              await unseen(here.database, async () => {
                await all(here.database, does(row))
                expect(await look(row), `row ${row}`).toEqual([[full, ...parts]])
              })
          })

        test('one statement that writes both shapes differently fails, in either order', async () => {
          for (const row of [FILLED, UNFILLED])
            for (const change of [
              `full_name = 'A B', first_name = 'C', last_name = 'D'`,
              `first_name = 'C', full_name = 'A B'`,
            ])
              await unseen(here.database, async () => {
                await expect(here.database.query(set(row, change))).rejects.toMatchObject({
                  [words.key]: words.conflict,
                })
              })
          await unseen(here.database, async () => {
            const both = `INSERT INTO people (id, full_name, first_name) VALUES (77, 'A B', 'C')`
            await expect(here.database.query(both)).rejects.toMatchObject({ [words.key]: words.conflict })
          })
        })

        test(`${words.bulk} of either client brings both shapes`, async () => {
          await unseen(here.database, async () => {
            const { load } = here.database
            await load('people (id, full_name)', ['51\tA B', '52\t\\N'])
            await load('people (id, first_name, last_name)', ['53\tA B\tC', '54\tD\t\\N'])
            expect(
              await printed(
                here.database,
                'SELECT full_name, first_name, last_name FROM people WHERE id > 50 ORDER BY id',
              ),
            ).toEqual([
              ['A B', 'A', 'B'],
              [null, null, null],
              ['A B C', 'A B', 'C'],
              ['D', 'D', null],
            ])
          })
        })
      })
}
