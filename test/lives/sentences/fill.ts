import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { all, type Life, printed, type Stage, stage } from '../../support/lives.ts'
import type { LiveServer } from '../../support/lives-database.ts'
import { MOMENTS, reach } from '../../support/moments.ts'
import { unseen } from '../../support/unseen.ts'

const FILLED = 2

type Given = Pick<Life, 'setup' | 'intents'> & {
  /** How the server prints that something is true. */
  readonly yes: string
}

/** People with a handle, a shown name and a token, each filled from the rest of the row. */
export function fillSentences(server: LiveServer, { setup, intents, yes }: Given): void {
  for (const moment of MOMENTS)
    describe(moment, () => {
      let here: Stage
      beforeAll(async () => {
        here = await stage(server, { setup, intents })
        await reach(here, moment)
      })
      afterAll(() => here[Symbol.asyncDispose]())

      /** Row 50 is inserted by an old client, so it is filled at any moment. */
      async function after(statements: readonly string[], columns: string, row = 50) {
        let found: unknown
        await unseen(here.database, async () => {
          await here.database.query(
            `INSERT INTO people (id, email, first, last) VALUES (50, 'Ada', 'A', 'B')`,
          )
          await all(here.database, statements)
          found = await printed(here.database, `SELECT ${columns} FROM people WHERE id = ${row}`)
        })
        return found
      }
      const set = (change: string) => `UPDATE people SET ${change} WHERE id = 50`

      test('is filled for the insert of an old client', async () => {
        expect(await after([], 'handle, shown, token IS NOT NULL')).toEqual([['ada', 'A B', yes]])
      })
      test('follows its source', async () => {
        expect(await after([set(`email = 'Bea'`), set(`last = NULL`)], 'handle, shown')).toEqual([
          ['bea', 'A'],
        ])
      })
      test('follows its source out of NULL', async () => {
        expect(await after([set('email = NULL')], 'handle')).toEqual([[null]])
        expect(await after([set('email = NULL'), set(`email = 'Bea'`)], 'handle')).toEqual([['bea']])
      })
      test('stays as a new client wrote it, whatever its source becomes', async () => {
        const own = set(`handle = 'own'`)
        expect(await after([own, set(`email = 'Bea'`)], 'handle, shown')).toEqual([['own', 'A B']])
        expect(await after([own, set(`note = 'x'`)], 'handle')).toEqual([['own']])
        expect(await after([set(`email = 'Bea', handle = 'own'`), set(`email = 'C'`)], 'handle')).toEqual([
          ['own'],
        ])
      })
      test('follows its source again when a new client writes what it gives', async () => {
        expect(
          await after([set(`handle = 'own'`), set(`handle = 'ada'`), set(`email = 'Bea'`)], 'handle'),
        ).toEqual([['bea']])
      })
      test('never changes the source', async () => {
        expect(await after([set(`handle = 'own', shown = 'X'`)], 'email, first, last')).toEqual([
          ['Ada', 'A', 'B'],
        ])
      })
      test('is computed once when it is another one each time', async () => {
        const kept = async (change: string) => {
          let tokens: unknown[] = []
          await unseen(here.database, async () => {
            const token = `SELECT token FROM people WHERE id = 50`
            await here.database.query(`INSERT INTO people (id, email) VALUES (50, 'Ada')`)
            const before = await printed(here.database, token)
            await here.database.query(set(change))
            tokens = [before, await printed(here.database, token)]
          })
          return tokens
        }
        for (const change of [`note = 'x'`, `email = 'Bea'`, `token = token`]) {
          const [before, now] = await kept(change)
          expect(now, change).toEqual(before)
        }
      })
      test('is filled in rows that were there before', async () => {
        if (moment === 'after expand') return
        expect(await after([], 'handle, shown, token IS NOT NULL', FILLED)).toEqual([['user2', 'F L2', yes]])
      })
    })
}
