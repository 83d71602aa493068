import { expect, test } from 'vitest'
import { catalogueChanges, UNCHANGED } from '../../support/catalogue.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { all, dump, type Life, printed, runs, type Stage, stage, targetDump } from '../../support/lives.ts'
import { seeded } from './cases/renaming.ts'

const PEOPLE: Life = {
  name: 'people',
  setup: [
    'CREATE TABLE people (id bigint PRIMARY KEY, name varchar(20), note varchar(20), KEY (name))',
    seeded('people', 12, `n, concat('old ', n), NULL`),
  ],
  intents: '- rename_column: { table: people, from: name, to: title }',
  more: 'sync: application',
  target: ['ALTER TABLE people RENAME COLUMN name TO title'],
}

/** Rows that follow another table by themselves. */
const MEMBERS = (rules: string, type = 'int'): Life => ({
  name: 'members',
  setup: [
    'CREATE TABLE teams (id int PRIMARY KEY, label varchar(20))',
    seeded('teams', 9, `n, concat('team ', n)`),
    `CREATE TABLE members (id int PRIMARY KEY, team ${type}, note varchar(20),
      CONSTRAINT of_team FOREIGN KEY (team) REFERENCES teams (id) ${rules})`,
    seeded('members', 12, 'n, n % 4 + 1, NULL'),
  ],
  intents: '- rename_column: { table: members, from: team, to: squad }',
  target: ['ALTER TABLE members RENAME COLUMN team TO squad'],
})

const triggers = ({ database }: Stage) =>
  database.printed('SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = database()')

/** The backfill stands behind a checkpoint; the way to the end leads over it. */
async function pastDualWrite(here: Stage): Promise<void> {
  await runs(here, ['advance', 'life', '--phase', 'expand'])
  expect(await triggers(here)).toEqual([])
  const { err } = await runs(here, ['advance', 'life', '--phase', 'backfill'], [3])
  expect(err).toMatch(
    /checkpoint dual-write is not confirmed: Deploy the version that writes \w+\.\w+ and \w+\.\w+ together/,
  )
  await runs(here, ['confirm', 'dual-write', '--by', 'tester'])
}

async function finish(here: Stage, life: Life): Promise<void> {
  await runs(here, ['advance', 'life', '--phase', 'verify'])
  await runs(here, ['confirm', 'switch-app', '--by', 'tester'])
  await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'], [3])
  await runs(here, ['confirm', 'stop-writes', '--by', 'tester'])
  await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'])
  expect(await triggers(here)).toEqual([])
  expect(catalogueChanges(await targetDump(server(here), life), await dump(here))).toEqual(UNCHANGED)
}

const servers = new WeakMap<Stage, Parameters<typeof stage>[0]>()
const server = (here: Stage) => servers.get(here) as Parameters<typeof stage>[0]

describeEachMysql('an application that writes both shapes itself', (on) => {
  const opened = async (life: Life) => {
    const here = await stage(on, life)
    servers.set(here, on)
    return here
  }

  test('needs no trigger, and the backfill waits until it is deployed', async () => {
    await using here = await opened(PEOPLE)
    await pastDualWrite(here)
    await all(here.database, [
      `UPDATE people SET name = 'both', title = 'both' WHERE id = 2`,
      `UPDATE people SET name = NULL, title = NULL WHERE id = 3`,
      `INSERT INTO people (id, name, title) VALUES (50, 'in', 'in')`,
    ])
    await runs(here, ['advance', 'life', '--phase', 'backfill'])
    const seen = 'SELECT id, name, title FROM people WHERE id IN (1, 2, 3, 50) ORDER BY id'
    expect(await printed(here.database, seen)).toEqual([
      ['1', 'old 1', 'old 1'],
      ['2', 'both', 'both'],
      ['3', null, null],
      ['50', 'in', 'in'],
    ])
    await finish(here, PEOPLE)
    expect(await printed(here.database, 'SELECT count(*) FROM people WHERE title IS NOT NULL')).toEqual([
      ['12'],
    ])
  })

  test('that forgets one of them is found out before anything is dropped', async () => {
    await using here = await opened(PEOPLE)
    await pastDualWrite(here)
    await runs(here, ['advance', 'life', '--phase', 'backfill'])
    await here.database.query(`UPDATE people SET name = 'forgotten' WHERE id = 7`)
    const { err } = await runs(here, ['advance', 'life', '--phase', 'verify'], [4])
    expect(err).toContain('name-equals-title does not hold: 1 of 12 rows (7)')
    await here.database.query('UPDATE people SET title = name WHERE id = 7')
    await finish(here, PEOPLE)
  })

  test('goes back from each phase without a trace', async () => {
    await using here = await opened(PEOPLE)
    const before = await dump(here)
    for (const phase of ['expand', 'backfill', 'enforce', 'verify']) {
      await pastDualWrite(here)
      await runs(here, ['advance', 'life', '--phase', phase])
      await runs(here, ['rollback', 'life', '--yes'])
      expect(catalogueChanges(before, await dump(here)), phase).toEqual(UNCHANGED)
    }
    await pastDualWrite(here)
    await finish(here, PEOPLE)
  })
})

describeEachMysql('a foreign key that changes rows by itself', (on) => {
  for (const [rules, change, team] of [
    ['ON UPDATE CASCADE', 'UPDATE teams SET id = 77 WHERE id = 2', '77'],
    ['ON DELETE SET NULL', 'DELETE FROM teams WHERE id = 2', null],
    ['ON DELETE CASCADE ON UPDATE CASCADE', 'UPDATE teams SET id = 77 WHERE id = 2', '77'],
  ] as const)
    test(`with ${rules} makes the plan one for the application, and reaches both columns`, async () => {
      const life = MEMBERS(rules)
      await using here = await stage(on, life)
      servers.set(here, on)
      const { out } = await runs(here, ['compile', 'plans/plan.yaml', '--json'])
      expect((JSON.parse(out) as { warnings: string[] }).warnings).toContainEqual(
        expect.stringMatching(
          /^the application has to write both shapes \(sync: application\): the foreign key of_team writes team/,
        ),
      )
      await pastDualWrite(here)
      await runs(here, ['advance', 'life', '--phase', 'backfill'])
      await here.database.query(change)
      const both = 'SELECT DISTINCT team, squad FROM members WHERE id % 4 = 1'
      expect(await printed(here.database, both)).toEqual([[team, team]])
      await finish(here, life)
      expect(await printed(here.database, 'SELECT DISTINCT squad FROM members WHERE id % 4 = 1')).toEqual([
        [team],
      ])
    })

  test('with ON DELETE CASCADE alone leaves the triggers their work: whole rows go', async () => {
    const life = MEMBERS('ON DELETE CASCADE')
    await using here = await stage(on, life)
    await runs(here, ['advance', 'life', '--phase', 'expand'])
    expect(await triggers(here)).toHaveLength(2)
    await here.database.query('DELETE FROM teams WHERE id = 2')
    expect(await printed(here.database, 'SELECT count(*) FROM members')).toEqual([['9']])
  })
})
