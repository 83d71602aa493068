import { describe, expect, test } from 'vitest'
import { advanceTo, all, type Life, printed, stage } from '../../support/lives.ts'
import type { LiveServer } from '../../support/lives-database.ts'

type Given = Pick<Life, 'setup' | 'intents'>

/** People whose name is split, and people of whom a column gets another name. */
export function policySentences(
  server: LiveServer,
  { split, rename }: { readonly split: Given; readonly rename: Given },
): void {
  describe.each([
    ['new', [['C D E', 'C D', 'E']], 'N'],
    ['old', [['A B', 'A', 'B']], 'O'],
  ] as const)('with on_conflict: %s', (winner, parts, column) => {
    const more = `on_conflict: ${winner}`
    for (const phase of ['expand', 'enforce'] as const) {
      test(`gives a split what the ${winner} side says, after ${phase}`, async () => {
        await using here = await stage(server, { ...split, more })
        await advanceTo(here, phase)
        await all(here.database, [
          `UPDATE people SET full_name = 'A B', first_name = 'C D', last_name = 'E' WHERE id = 5`,
          `INSERT INTO people (id, last_name, full_name, first_name) VALUES (9, 'E', 'A B', 'C D')`,
        ])
        for (const id of [5, 9])
          expect(
            await printed(
              here.database,
              `SELECT full_name, first_name, last_name FROM people WHERE id = ${id}`,
            ),
          ).toEqual(parts)
        // Only one side is written: the policy has no say.
        await all(here.database, [
          `UPDATE people SET full_name = 'Only Old' WHERE id = 5`,
          `UPDATE people SET last_name = 'New' WHERE id = 9`,
        ])
        expect(await printed(here.database, 'SELECT last_name FROM people WHERE id = 5')).toEqual([['Old']])
        expect(await printed(here.database, 'SELECT full_name FROM people WHERE id = 9')).toEqual([
          [winner === 'new' ? 'C D New' : 'A New'],
        ])
      })
      test(`gives a rename what the ${winner} side says, after ${phase}`, async () => {
        await using here = await stage(server, { ...rename, more })
        await advanceTo(here, phase)
        await all(here.database, [
          `UPDATE people SET b = 'N', a = 'O' WHERE id = 5`,
          `INSERT INTO people (id, a, b) VALUES (9, 'O', 'N')`,
        ])
        for (const id of [5, 9])
          expect(await printed(here.database, `SELECT a, b FROM people WHERE id = ${id}`)).toEqual([
            [column, column],
          ])
      })
    }
  })
}
