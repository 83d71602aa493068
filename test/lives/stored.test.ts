import { expect, test } from 'vitest'
import { catalogueChanges, UNCHANGED } from '../support/catalogue.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { advanceTo, dump, printed, runs, stage } from '../support/lives.ts'
import { live } from '../support/lives-runner.ts'
import { stored, zoned } from './cases/stored.ts'

describeEachPostgres('types that store the same values', (server) => {
  live(server, stored)
  live(server, { ...zoned, back: [] })

  test('no file of a table or an index changes, and times come back from the very end', async () => {
    await using here = await stage(server, zoned)
    const { database } = here
    // What the server's settings say does not matter.
    await database.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Europe/Paris''', current_database()); END $$`,
    )
    const files = () =>
      printed(
        database,
        `SELECT relname, pg_relation_filenode(oid) FROM pg_class WHERE relname ~ '^zoned' ORDER BY 1`,
      )
    const rows = () =>
      printed(database, `SELECT id, extract(epoch FROM at), extract(epoch FROM seen) FROM zoned ORDER BY id`)
    const [before, kept, values] = [await dump(here), await files(), await rows()]
    await advanceTo(here, 'contract')
    expect(await files()).toEqual(kept)
    expect(await rows()).toEqual(values)
    await database.query(`INSERT INTO zoned VALUES (8, '2026-01-01 10:00+01', '2026-01-01 10:00')`)
    await runs(here, ['rollback', 'life', '--yes'])
    expect(catalogueChanges(before, await dump(here))).toEqual(UNCHANGED)
    expect(await files()).toEqual(kept)
    expect(await printed(database, `SELECT at, seen = '2026-01-01 10:00Z' FROM zoned WHERE id = 8`)).toEqual([
      ['2026-01-01 09:00:00', 't'],
    ])
  })
})
