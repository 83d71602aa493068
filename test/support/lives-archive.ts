import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { catalogueChanges, UNCHANGED } from './catalogue.ts'
import { BACK, crashPoints, runAndDie } from './crashes.ts'
import { limit } from './limits.ts'
import {
  advanceTo,
  converse,
  type Life,
  printed,
  runs,
  type Stage,
  stage,
  targetDump,
  dump as whole,
} from './lives.ts'
import type { LiveServer } from './lives-database.ts'
import { SOAK, sample } from './seed.ts'

/**
 * Goes to the end, where the old shape is dropped, and back from there by what was kept: `was` gives the same rows before
 * and after, and both the catalogue and what the new client wrote meanwhile are as if nothing had been dropped.
 */
export function liveFromTheArchive(server: LiveServer, life: Life, was: readonly string[]): void {
  test(`${life.name}: comes back from the end, with every value, and goes to the end again`, async () => {
    const kept: Life = { ...life, archive: true }
    await using here = await stage(server, kept)
    const before = await dump(here)
    const all = () => Promise.all(was.map((sql) => printed(here.database, sql)))
    const rows = await all()
    const target = await targetDump(server, kept)
    for (const n of [7000, 8000]) {
      await advanceTo(here, 'contract')
      expect(catalogueChanges(target, await dump(here))).toEqual(UNCHANGED)
      await thereAndBack(here, life, n)
      expect(catalogueChanges(inAnyOrder(before), inAnyOrder(await dump(here)))).toEqual(UNCHANGED)
      expect(await all()).toEqual(rows)
    }
    await advanceTo(here, 'contract')
    expect(catalogueChanges(target, await dump(here))).toEqual(UNCHANGED)
  })
}

/** The new client works on what is left; after the rollback the old one sees what it wrote. */
async function thereAndBack(here: Stage, { clients = [] }: Life, n: number): Promise<void> {
  const { database } = here
  for (const pair of clients) await converse(database, pair, pair.after?.(n) ?? [], n, 'new')
  await runs(here, ['rollback', 'life', '--yes'])
  for (const { oldReads, after } of clients) {
    const wrote = after?.(n).at(-1)?.oldSees
    if (wrote) expect(await printed(database, oldReads(n)), oldReads(n)).toEqual([wrote])
  }
}

/** Between the drop and the rollback rows are changed, written and deleted: what each of them gets is said before. */
export function saysWhatComesBack(server: LiveServer): void {
  test('a rollback after the drop says what each row gets, and nothing that was written last is lost', async () => {
    await using here = await stage(server, {
      setup: [
        'CREATE TABLE r (shop int, id int, whole varchar(40), PRIMARY KEY (shop, id))',
        `INSERT INTO r VALUES (1, 1, 'A  B'), (1, 2, 'secret'), (1, 3, ' C '), (1, 4, NULL), (2, 1, 'D E')`,
      ],
      intents: `
- split_column:
    table: r
    from: whole
    into:
      one: { type: varchar(40), value: { split: { column: whole, separator: " ", part: first } } }
      two: { type: varchar(40), value: { split: { column: whole, separator: " ", part: rest } } }
    back: { concat: { columns: [one, two], separator: " " } }
    unparsed: fail`,
      archive: true,
    })
    const { database } = here
    await advanceTo(here, 'contract')
    const { out } = await runs(here, ['status', 'life'])
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /old values of 5 rows in \S*archive_r_\w+: plan rollback life brings them back/,
    )
    await database.query(`UPDATE r SET one = 'X' WHERE shop = 1 AND id = 1`)
    await database.query('DELETE FROM r WHERE id = 2')
    await database.query(`INSERT INTO r (shop, id, one, two) VALUES (3, 1, 'new', 'row')`)
    const refused = await runs(here, ['rollback', 'life'], [2])
    expect(refused.err).toContain('where whole becomes what one and two gives')
    const { err } = await runs(here, ['rollback', 'life', '--app-is-back'], [2])
    expect(err).toContain('whole of 4 rows of r, which a rollback puts back')
    expect(err).toContain('one, two of 1 row of r, where whole becomes what one and two gives now')
    expect(err).toContain('written since: 1 row of r')
    expect(err).toMatch(/values of whole that \S+ keeps of rows deleted since in 1 row of \S+ \(1\/2\)/)
    const told = await runs(here, ['rollback', 'life', '--yes', '--export', 'lost.ndjson'])
    expect(told.err + told.out + err).not.toContain('secret')
    expect(await readFile(join(here.folder.path, 'lost.ndjson'), 'utf8')).toContain('secret')
    expect(await printed(database, 'SELECT shop, id, whole FROM r ORDER BY shop, id')).toEqual([
      ['1', '1', expect.stringContaining('X')],
      ['1', '3', ' C '],
      ['1', '4', null],
      ['2', '1', 'D E'],
      ['3', '1', 'new row'],
    ])
  })

  test('a rollback after the drop of a required column is refused until each row has a value', async () => {
    await using here = await stage(server, {
      setup: [
        'CREATE TABLE q (id int PRIMARY KEY, code varchar(10) NOT NULL, UNIQUE (code))',
        `INSERT INTO q VALUES (1, 'a'), (2, 'b')`,
      ],
      intents: '- drop_column: { table: q, column: code }',
      archive: true,
    })
    const before = await dump(here)
    await advanceTo(here, 'contract')
    const after = await dump(here)
    await here.database.query('INSERT INTO q (id) VALUES (7), (8)')
    const { err } = await runs(here, ['rollback', 'life', '--yes'], [4])
    expect(err).toContain('code of q was required before this plan, and 2 rows have no value in it')
    expect(err).toContain('(7, 8)')
    expect(await dump(here)).toEqual(after)
    const [, place = ''] = /for each of them into (\S+ \(id, code\))/.exec(err) ?? []
    await here.database.query(`INSERT INTO ${place} VALUES (7, 'g'), (8, 'h')`)
    await runs(here, ['rollback', 'life', '--yes'])
    expect(catalogueChanges(before, await dump(here))).toEqual(UNCHANGED)
    const rows = await printed(here.database, 'SELECT id, code FROM q ORDER BY id')
    expect(rows.flat()).toEqual(['1', 'a', '2', 'b', '7', 'g', '8', 'h'])
  })
}

/** Dies at points of its way back from the drop; another rollback goes on from there and ends as if nothing had been. */
export function survivesRestore(server: LiveServer, life: Life, was: string, deaths: number): void {
  test(
    `${life.name}: a rollback after the drop that died comes to the same end when it is done again`,
    async () => {
      await using here = await stage(server, { ...life, archive: true })
      const before = await dump(here)
      const rows = await printed(here.database, was)
      await advanceTo(here, 'contract')
      const { passed } = await runAndDie(here, [], 'kill', BACK)
      const points = crashPoints(passed ?? []).filter((point) => /restore\.|contract\./.test(point))
      expect(points.length).toBeGreaterThan(10)
      for (const point of sample(`restore of ${life.name} on ${server.name}`, deaths, points)) {
        await advanceTo(here, 'contract')
        expect((await runAndDie(here, [point], 'kill', BACK)).died).toEqual([point])
        await runs(here, ['rollback', 'life', '--yes'])
        expect(catalogueChanges(inAnyOrder(before), inAnyOrder(await dump(here))), point).toEqual(UNCHANGED)
        expect(await printed(here.database, was), point).toEqual(rows)
      }
    },
    limit(SOAK ? 4 * 400_000 : 400_000),
  )
}

/** The archive stays when the plan is done. */
const dump = async (here: Stage): Promise<string[]> =>
  (await whole(here)).filter((line) => !line.includes('plan_archive_'))

/** PostgreSQL lists the columns of a statistics object in the table's order, and a column that comes back is the last one. */
const inAnyOrder = (lines: readonly string[]): string[] =>
  lines.map((line) => (line.includes('CREATE STATISTICS') ? line.split(/,? /).sort().join(' ') : line))
