import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { catalogueChanges, UNCHANGED } from './catalogue.ts'
import { BACK, crashPoints, runAndDie } from './crashes.ts'
import { limit } from './limits.ts'
import { advanceTo, converse, dump, type Life, printed, runs, stage } from './lives.ts'
import type { LiveServer } from './lives-database.ts'
import { SOAK, sample } from './seed.ts'

/** Goes to the end, and back: each row has what it had, the table that kept it is gone, and all of it can be done again. */
export function bringsBackWhatItOverwrote(server: LiveServer, life: Life): void {
  test(`${life.name}: come back with what they had, and get the other values again`, async () => {
    await using here = await stage(server, { ...life, archive: true })
    const { database } = here
    const before = { catalogue: await dump(here), rows: await database.rows() }
    const ends: unknown[] = []
    for (const n of [7000, 8000]) {
      await advanceTo(here, 'verify')
      ends.push(await database.rows())
      for (const pair of life.clients ?? []) await converse(database, pair, pair.talk(n), n, 'both')
      await runs(here, ['rollback', 'life', '--yes'])
      expect(catalogueChanges(before.catalogue, await dump(here))).toEqual(UNCHANGED)
      expect(await database.rows()).toEqual(before.rows)
    }
    expect(ends[1]).toEqual(ends[0])
    expect(ends[0]).not.toEqual(before.rows)
  })
}

/** Rows that somebody changed since stay as they are, and are told of before. */
export function leavesWhatWasChangedSince(server: LiveServer): void {
  test('rows that were changed since the backfill stay as they are, and what they had can be saved', async () => {
    await using here = await stage(server, {
      setup: [
        'CREATE TABLE k (shop int, id int, mark varchar(20), note varchar(20), PRIMARY KEY (shop, id))',
        `INSERT INTO k VALUES (1, 1, 'a ', 'n'), (1, 2, 'secret', 'n'), (1, 3, NULL, NULL), (1, 4, 'new', 'n'), (2, 1, 'd', 'n')`,
      ],
      intents: `- backfill: { table: k, set: { mark: { literal: new } }, where: "note = 'n'" }`,
      archive: true,
    })
    const { database } = here
    await advanceTo(here, 'verify')
    const { out } = await runs(here, ['status', 'life'])
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /old values of 3 rows in \S*archive_k_\w+: plan rollback life brings them back/,
    )
    await database.query(`UPDATE k SET mark = 'later' WHERE shop = 1 AND id = 2`)
    await database.query(`UPDATE k SET note = 'other' WHERE shop = 1 AND id = 1`)
    await database.query('DELETE FROM k WHERE shop = 2')
    await database.query(`INSERT INTO k VALUES (3, 1, 'new', 'n')`)
    const refused = await runs(here, ['rollback', 'life'], [2])
    expect(refused.err).toContain('may need what going back takes away (backfill.2: set mark')
    const { err } = await runs(here, ['rollback', 'life', '--app-is-back'], [2])
    expect(err.replace(/\s+/g, ' ')).toMatch(
      /what mark had before the backfill, of rows changed since \(these stay as they are\) in 1 row of \S+ \(1\/2\)/,
    )
    await runs(here, ['rollback', 'life', '--yes', '--export', 'lost.ndjson'])
    expect(await readFile(join(here.folder.path, 'lost.ndjson'), 'utf8')).toContain('secret')
    expect(await printed(database, 'SELECT shop, id, mark FROM k ORDER BY shop, id')).toEqual([
      ['1', '1', 'a '],
      ['1', '2', 'later'],
      ['1', '3', null],
      ['1', '4', 'new'],
      ['3', '1', 'new'],
    ])
  })
}

/** Dies on its way back; another rollback goes on from there and ends as if nothing had been. */
export function survivesTakingBack(server: LiveServer, life: Life, deaths: number): void {
  test(
    `${life.name}: a rollback that died comes to the same end when it is done again`,
    async () => {
      await using here = await stage(server, { ...life, archive: true })
      const before = { catalogue: await dump(here), rows: await here.database.rows() }
      await advanceTo(here, 'verify')
      const { passed } = await runAndDie(here, [], 'kill', BACK)
      const points = crashPoints(passed ?? [])
      expect(points.length).toBeGreaterThan(10)
      for (const point of sample(`taking back ${life.name} on ${server.name}`, deaths, points)) {
        await advanceTo(here, 'verify')
        expect((await runAndDie(here, [point], 'kill', BACK)).died).toEqual([point])
        await runs(here, ['rollback', 'life', '--yes'])
        expect(catalogueChanges(before.catalogue, await dump(here)), point).toEqual(UNCHANGED)
        expect(await here.database.rows(), point).toEqual(before.rows)
      }
    },
    limit(SOAK ? 4 * 400_000 : 400_000),
  )
}
