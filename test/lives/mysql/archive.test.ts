import { expect, test } from 'vitest'
import { catalogueChanges, UNCHANGED } from '../../support/catalogue.ts'
import { plan } from '../../support/cli.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { advanceTo, printed, runs, type Stage, stage, dump as whole } from '../../support/lives.ts'
import { liveFromTheArchive, saysWhatComesBack } from '../../support/lives-archive.ts'
import { refusesToKeep, UNKEPT, type Unkept } from '../../support/lives-archive-refused.ts'
import { merged } from '../cases/merges.ts'
import { dropped } from './cases/drops.ts'
import { CONFLICT } from './cases/renaming.ts'
import { richText } from './cases/rich.ts'
import { splitName } from './cases/splits.ts'

describeEachMysql('what is kept of what is dropped', (server) => {
  saysWhatComesBack(server)
  liveFromTheArchive(server, withoutCheck(dropped), [
    'SELECT id, kept, fax, plain, code, shout, mood, parent FROM drops WHERE id < 10 ORDER BY id',
  ])
  liveFromTheArchive(server, richText, ['SELECT id, last_name FROM users WHERE id < 21 ORDER BY id'])
  liveFromTheArchive(server, splitName, ['SELECT id, full_name FROM people WHERE id < 10 ORDER BY id'])
  liveFromTheArchive(
    server,
    merged({ conflict: CONFLICT, missing: '1048', index: 'DROP INDEX folk_by_name ON folk' }),
    ['SELECT id, first_name, last_name FROM folk WHERE id < 10 ORDER BY id'],
  )
  liveFromTheArchive(server, { ...splitName, name: `${splitName.name}, guarded`, readonly: true }, [
    'SELECT id, full_name FROM people WHERE id < 10 ORDER BY id',
  ])
  refusesToKeep(server, [
    ...UNKEPT,
    {
      says: 'another type under the same name',
      intents: '- change_type: { table: people, column: code, to: int, unparsed: null }',
      because:
        /gives code another form under its own name, and on this server its triggers cannot be created again/,
      hint: /leave archive out; or take the column under a new name/,
    },
    {
      says: 'other values under the same name',
      intents: '- recode: { table: people, column: code, cases: { a: b }, else: keep }',
      because: /gives code another form under its own name/,
      hint: /leave archive out/,
    },
    ...['code varchar(20) CHECK (code > 0)', 'code varchar(20), CONSTRAINT plain CHECK (code <> name)'].map(
      (column): Unkept => ({
        says: `${column}`,
        setup: [`CREATE TABLE people (id bigint PRIMARY KEY, name varchar(20), ${column})`],
        intents: '- drop_column: { table: people, column: code }',
        because: /has the check \S+ on code, and this server copies the whole table to add it again/,
        hint: /take the check away by a plan of its own first \(drop_constraint\), or leave archive out/,
      }),
    ),
  ])

  test('documents that are dropped come back, with the check that makes them documents', async () => {
    await using here = await stage(server, {
      setup: [
        'CREATE TABLE people (id bigint PRIMARY KEY, doc json, name varchar(20))',
        `INSERT INTO people VALUES (1, '{"a": [1, null]}', 'a'), (2, NULL, 'b')`,
      ],
      intents: '- drop_column: { table: people, column: doc }',
      archive: true,
    })
    const before = await dump(here)
    await advanceTo(here, 'contract')
    await runs(here, ['rollback', 'life', '--yes'])
    expect(catalogueChanges(before, await dump(here))).toEqual(UNCHANGED)
    expect(await printed(here.database, 'SELECT id, doc, name FROM people ORDER BY id')).toEqual([
      ['1', '{"a": [1, null]}', 'a'],
      ['2', null, 'b'],
    ])
  })

  test('what somebody still writes to old columns, up to their drop, comes back or is refused', async () => {
    await using here = await stage(server, {
      setup: [
        'CREATE TABLE people (id bigint PRIMARY KEY, gone varchar(20), named varchar(20), made varchar(20))',
        `INSERT INTO people VALUES (1, 'a', 'a', 'a'), (2, 'b', 'b', 'b'), (3, 'c', 'c', 'c')`,
      ],
      intents: `
- drop_column: { table: people, column: gone }
- rename_column: { table: people, from: named, to: title }
- split_column: { table: people, from: made, into: { other: { type: varchar(20), value: { lower: { column: made } } } }, back: { column: other }, unparsed: fail }`,
      archive: true,
    })
    await runs(here, ['advance', 'life', '--phase', 'verify', '--yes'])
    await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'], [3])
    await runs(here, ['confirm', 'switch-app', '--by', 'tester'])
    await here.database.query('SET SESSION lock_wait_timeout = 1, innodb_lock_wait_timeout = 1')
    let [tried, last] = [0, 'b']
    // At each point somebody writes what is retired, for as long as the server lets him.
    const late = async (point: string) => {
      if (!point.startsWith('before ')) return
      const value = `late ${tried++}`
      const said = await here.database.query(`UPDATE people SET name = '${value}' WHERE id = 2`).then(
        () => value,
        () => null,
      )
      last = said ?? last
    }
    const argv = ['advance', 'life', '--phase', 'contract', '--yes']
    const ran = await plan(here.database, here.folder.path, argv, { faults: late })
    expect(ran.status, ran.err).toBe(0)
    expect(tried).toBeGreaterThan(20)
    await runs(here, ['rollback', 'life', '--yes'])
    const all = await printed(here.database, 'SELECT gone, named, made FROM people ORDER BY id')
    expect(all).toEqual(['a', last, 'c'].map((one) => [one, one, one]))
  })
})

/** A CHECK cannot be added again while others write, so it is in the way at compile. */
function withoutCheck(life: typeof dropped): typeof dropped {
  return {
    ...life,
    setup: life.setup.map((line) => line.replace(/,\s+CONSTRAINT plain_is CHECK \(plain > 0\)/, '')),
    target: life.target.filter((line) => !line.includes('plain_is')),
  }
}

const dump = async (here: Stage): Promise<string[]> =>
  (await whole(here)).filter((line) => !line.includes('plan_archive_'))
