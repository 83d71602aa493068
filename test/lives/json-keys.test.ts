import { expect, test } from 'vitest'
import { describeNewestPostgres, survives } from '../support/crash-lives.ts'
import { thinned } from '../support/crashes.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { advanceTo, type Life, planText, printed, runs, stage } from '../support/lives.ts'
import { live } from '../support/lives-runner.ts'
import { renamedKeys } from './cases/json-keys.ts'

const DOCUMENTS = 'SELECT id, doc, list, note FROM people ORDER BY id'

describeEachPostgres('keys of documents', (server) => {
  live(server, renamedKeys)

  test.each(['expand', 'backfill', 'verify'] as const)(
    'a rollback from after %s gives every document back as it was',
    async (phase) => {
      await using here = await stage(server, renamedKeys)
      const before = await printed(here.database, DOCUMENTS)
      await advanceTo(here, phase)
      await here.database.query(`UPDATE people SET doc = jsonb_set(doc, '{a,mobile}', '"9"') WHERE id = 1`)
      await runs(here, ['rollback', 'life', '--yes'])
      const changed = '{"a": {"phone": "9"}, "phone": "stays"}'
      expect(await printed(here.database, DOCUMENTS)).toEqual(
        before.map((row) => (row[0] === '1' ? ['1', changed, ...row.slice(2)] : row)),
      )
    },
  )

  test.each([
    ['new', '6'],
    ['old', '5'],
  ])('on_conflict: %s decides where one statement writes two values', async (policy, stays) => {
    await using here = await stage(server, { ...renamedKeys, more: `on_conflict: ${policy}` })
    await advanceTo(here, 'expand')
    await here.database.query(`INSERT INTO people (id, doc) VALUES (50, '{"a": {"phone": 5, "mobile": 6}}')`)
    await here.database.query(`UPDATE people SET doc = '{"a": {"phone": 5, "mobile": 6}}' WHERE id = 2`)
    expect(await printed(here.database, 'SELECT doc FROM people WHERE id IN (2, 50)')).toEqual([
      [`{"a": {"phone": ${stays}, "mobile": ${stays}}}`],
      [`{"a": {"phone": ${stays}, "mobile": ${stays}}}`],
    ])
  })

  test('documents that have the new key already are counted and named before anything is changed', async () => {
    await using here = await stage(server, renamedKeys)
    await here.database.query(`UPDATE people SET doc = '{"a": {"mobile": null}}' WHERE id IN (4, 6)`)
    const { err } = await runs(here, ['advance', 'life'], [4])
    expect(err).toContain('2 rows of people have the key mobile in doc already')
    expect(err).not.toContain('stays')
  })

  test('a row that a trigger was kept from is named by verify, and its values by a rollback', async () => {
    await using here = await stage(server, renamedKeys)
    await advanceTo(here, 'backfill')
    await here.database.query('ALTER TABLE people DISABLE TRIGGER USER')
    await here.database.query(`UPDATE people SET doc = jsonb_set(doc, '{a,mobile}', '"lost"') WHERE id = 1`)
    await here.database.query('ALTER TABLE people ENABLE TRIGGER USER')
    const verified = await runs(here, ['advance', 'life', '--phase', 'verify'], [4])
    expect(verified.err).toContain('phone-equals-mobile-in-doc')
    const { err } = await runs(here, ['rollback', 'life'], [2])
    expect(err).toContain('values of the key mobile in doc that phone does not have')
  })
})

/** Many documents, so that the passes have more than one batch each. */
const several: Life = {
  ...renamedKeys,
  setup: [
    ...renamedKeys.setup,
    `INSERT INTO people (id, doc) SELECT n, '{"a": {"phone": 1}}' FROM generate_series(10, 19) AS n`,
  ],
}

describeNewestPostgres('a runner that renames a key and dies', (server) => {
  survives(server, several, 'sever', (points) => thinned(points).filter((_, index) => index % 2 === 0))

  test('a rollback that was stopped goes on', async () => {
    await using here = await stage(server, several)
    const before = await printed(here.database, DOCUMENTS)
    await here.folder.write(planText(several))
    await advanceTo(here, 'verify')
    await here.database.query(
      `CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 15 AND NOT NEW.doc->'a' ? 'mobile' THEN RAISE check_violation; END IF; RETURN NEW; END $$`,
    )
    await here.database.query(
      'CREATE TRIGGER people_stop BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION stop()',
    )
    const { err } = await runs(here, ['rollback', 'life', '--yes'], [4])
    expect(err).toContain('id 15')
    await here.database.query('DROP TRIGGER people_stop ON people')
    await here.database.query('DROP FUNCTION stop')
    await runs(here, ['rollback', 'life', '--yes'])
    expect(await printed(here.database, DOCUMENTS)).toEqual(before)
  })
})
