import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { advanceTo, runs, stage } from '../../support/lives.ts'
import type { LiveServer } from '../../support/lives-database.ts'

/** A rollback says of which rows it loses something, by their keys alone, and writes the values to a file when asked. */
export async function reportsWhatItLoses(server: LiveServer): Promise<void> {
  await using here = await stage(server, {
    setup: [
      'CREATE TABLE r (shop int, id int, whole varchar(40), PRIMARY KEY (shop, id))',
      `INSERT INTO r VALUES (1, 1, 'A B'), (1, 2, 'C')`,
    ],
    intents: `
- split_column:
    table: r
    from: whole
    into:
      one: { type: varchar(40), value: { split: { column: whole, separator: " ", part: first } } }
      two: { type: varchar(40), value: { split: { column: whole, separator: " ", part: rest } } }
    back: { concat: { columns: [one, two], separator: " " } }
    unparsed: fail
- add_column: { table: r, column: nick, type: varchar(20) }`,
  })
  const { database, folder } = here
  await advanceTo(here, 'verify')
  await database.query(`INSERT INTO r (shop, id, one, two) VALUES (2, 7, 'hidden, "ann" one', 'two')`)
  await database.query(`UPDATE r SET nick = 'hidden' WHERE id = 2`)

  const refused = await runs(here, ['rollback', 'life'], [2])
  expect(refused.err).toContain('values of one, two that whole cannot give back in 1 row of')
  expect(refused.err).toContain('(2/7)')
  expect(refused.err).toContain('(1/2)')
  expect(refused.err).toContain('plan rollback life --export life-lost.ndjson')
  expect(refused.err).not.toContain('hidden')

  await runs(here, ['rollback', 'life', '--export', 'lost.csv'], [2])
  await runs(here, ['rollback', 'life', '--export', 'lost.csv'], [2])
  const told = await runs(here, ['rollback', 'life', '--export', 'lost.ndjson', '--yes'])
  expect(told.err + told.out).not.toContain('hidden')
  const text = (file: string) => readFile(join(folder.path, file), 'utf8')
  expect(await text('lost.csv')).toContain(`"one","hidden, ""ann"" one"\r\n`)
  const lost = (await text('lost.ndjson'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lost).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        key: { shop: '2', id: '7' },
        values: { one: 'hidden, "ann" one', two: 'two' },
      }),
      expect.objectContaining({ key: { shop: '1', id: '2' }, values: { nick: 'hidden' } }),
    ]),
  )
}
