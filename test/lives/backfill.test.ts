import { expect, test } from 'vitest'
import { describeEachPostgres } from '../support/databases.ts'
import { advanceTo, all, printed, runs, stage } from '../support/lives.ts'
import { interruptBackfill } from '../support/moments.ts'
import { splitName } from './cases/splits.ts'

const PEOPLE = [
  'CREATE TABLE people (id bigint PRIMARY KEY, name text, note text)',
  `INSERT INTO people SELECT n, 'old ' || n FROM generate_series(1, 12) n`,
]
const RENAME = '- rename_column: { table: people, from: name, to: title }'

describeEachPostgres('a backfill among writers', (server) => {
  test('leaves alone what new clients wrote before it came, also when it is interrupted and repeated', async () => {
    await using here = await stage(server, { setup: PEOPLE, intents: RENAME })
    await advanceTo(here, 'expand')
    await all(here.database, [
      `UPDATE people SET title = 'new 1' WHERE id = 1`,
      `UPDATE people SET title = 'x' WHERE id = 11`,
      `UPDATE people SET title = NULL WHERE id = 11`,
    ])
    await interruptBackfill(here)
    expect(await printed(here.database, 'SELECT count(*) FROM people WHERE title IS NULL')).not.toEqual([
      ['0'],
    ])
    await all(here.database, [
      `UPDATE people SET title = 'new 2' WHERE id = 2`,
      `UPDATE people SET title = 'new 10' WHERE id = 10`,
      `UPDATE people SET name = 'later 12' WHERE id = 12`,
    ])
    await advanceTo(here, 'verify')
    const rows = `SELECT id, name, title FROM people WHERE id IN (1, 2, 3, 10, 11, 12) ORDER BY id`
    const expected = [
      ['1', 'new 1', 'new 1'],
      ['2', 'new 2', 'new 2'],
      ['3', 'old 3', 'old 3'],
      ['10', 'new 10', 'new 10'],
      ['11', null, null],
      ['12', 'later 12', 'later 12'],
    ]
    expect(await printed(here.database, rows)).toEqual(expected)
    await runs(here, ['rollback', 'life', '--to', 'backfill', '--yes'])
    await advanceTo(here, 'verify')
    expect(await printed(here.database, rows)).toEqual(expected)
  })

  test('finds rows whose key moved behind it, before it and past its end', async () => {
    await using here = await stage(server, { setup: PEOPLE, intents: RENAME })
    await interruptBackfill(here)
    await all(here.database, [
      'UPDATE people SET id = -9 WHERE id = 9',
      'UPDATE people SET id = 1000 WHERE id = 10',
      'UPDATE people SET id = 11000 - id WHERE id IN (1, 11)',
      'DELETE FROM people WHERE id = 8',
      `INSERT INTO people (id, name) VALUES (-1, 'inserted'), (2000, 'inserted')`,
    ])
    expect(
      await printed(
        here.database,
        'SELECT id FROM people WHERE title IS NULL AND name IS NOT NULL AND id NOT BETWEEN 2 AND 12 ORDER BY id',
      ),
    ).toEqual([['-9'], ['1000'], ['10989']])
    await advanceTo(here, 'verify')
    expect(await printed(here.database, 'SELECT count(*) FROM people WHERE title = name')).toEqual([['13']])
  })

  test('fills the parts that a new client left alone, and nothing else of the row', async () => {
    await using here = await stage(server, {
      setup: [
        'CREATE TABLE people (id bigint PRIMARY KEY, full_name text, note text, changed int DEFAULT 0)',
        `INSERT INTO people SELECT n, 'John Doe' FROM generate_series(1, 12) n`,
      ],
      intents: splitName.intents,
    })
    await interruptBackfill(here)
    await all(here.database, [
      `UPDATE people SET last_name = 'Ray' WHERE id = 2`,
      `UPDATE people SET last_name = 'Ray' WHERE id = 11`,
      `UPDATE people SET first_name = 'Mary Ann', last_name = 'Lee' WHERE id = 12`,
    ])
    await advanceTo(here, 'verify')
    expect(
      await printed(
        here.database,
        'SELECT full_name, first_name, last_name FROM people WHERE id IN (2, 10, 11, 12) ORDER BY id',
      ),
    ).toEqual([
      ['John Ray', 'John', 'Ray'],
      ['John Doe', 'John', 'Doe'],
      ['John Ray', 'John', 'Ray'],
      ['Mary Ann Lee', 'Mary Ann', 'Lee'],
    ])
  })

  test('fills from the source as it is when it comes', async () => {
    await using here = await stage(server, {
      setup: PEOPLE,
      intents:
        '- add_column: { table: people, column: shout, type: text, fill: { upper: { column: name } } }',
    })
    await interruptBackfill(here)
    await all(here.database, [
      `UPDATE people SET name = 'late' WHERE id = 12`,
      `UPDATE people SET shout = 'own' WHERE id = 11`,
      `UPDATE people SET name = 'other' WHERE id = 11`,
    ])
    await advanceTo(here, 'backfill')
    expect(await printed(here.database, 'SELECT shout FROM people WHERE id > 9 ORDER BY id')).toEqual([
      ['OLD 10'],
      ['own'],
      ['LATE'],
    ])
  })

  test('carries over what other triggers make of a row', async () => {
    await using here = await stage(server, {
      setup: [
        ...PEOPLE,
        `CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.name := trim(new.name); RETURN new; END'`,
        'CREATE TRIGGER tidy BEFORE INSERT OR UPDATE ON people FOR EACH ROW EXECUTE FUNCTION tidy()',
      ],
      intents: RENAME,
    })
    await advanceTo(here, 'expand')
    await all(here.database, [
      `INSERT INTO people (id, name) VALUES (50, '  a  ')`,
      `UPDATE people SET name = ' b ' WHERE id = 12`,
    ])
    expect(await printed(here.database, 'SELECT title FROM people WHERE id IN (12, 50) ORDER BY id')).toEqual(
      [['b'], ['a']],
    )
  })

  test('costs no rewrite where the server keeps a constant default in its catalogue', async () => {
    await using here = await stage(server, {
      setup: PEOPLE,
      intents: `- add_column: { table: people, column: status, type: text, default: active, required: true }`,
    })
    const storage = `SELECT pg_relation_filenode('people')`
    const before = await printed(here.database, storage)
    const { out } = await runs(here, ['advance', 'life', '--dry-run', '--json'])
    expect((JSON.parse(out) as { steps: unknown[] }).steps).toHaveLength(1)
    await advanceTo(here, 'expand')
    expect(await printed(here.database, storage)).toEqual(before)
    expect(await printed(here.database, 'SELECT DISTINCT status FROM people')).toEqual([['active']])
  })
})
