import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { catalogueChanges, UNCHANGED } from '../support/catalogue.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { advanceTo, all, dump, type Life, planText, printed, runs, stage } from '../support/lives.ts'
import { live } from '../support/lives-runner.ts'
import { wordsAdded } from './cases/words.ts'

/** The part of a hint between two places, read as one intent of a plan. */
const between = (text: string, from: string, to: string): string =>
  text
    .slice(text.indexOf(from) + from.length, text.indexOf(to))
    .trim()
    .replace(/\.$/, '')

describeEachPostgres('the words of a list', (server) => {
  live(server, wordsAdded)

  test('a word is renamed and one is removed by the two plans that the refusal gives', async () => {
    const life: Life = {
      ...wordsAdded,
      intents:
        '- change_type: { table: people, column: mood, words: { rename: { sad: blue }, remove: [fine] } }',
    }
    await using here = await stage(server, life)
    const { database, folder } = here
    const { err } = await runs(here, ['compile', 'plans/plan.yaml'], [2])
    const said = err.replaceAll(/\s*\n\s*/g, ' ')
    expect(said).toContain('cannot lose or rename a word')
    const [first, second] = [between(said, 'First:', ' Then:'), between(said, 'Then:', ' It finds')]
    expect(parse(first), said).toHaveProperty('run_sql')
    await all(database, [`UPDATE people SET mood = NULL WHERE mood = 'fine'`])
    const one = planText({ intents: `- ${first}` }).replace('name: life', 'name: list')
    await folder.write(one)
    await runs(here, ['advance', 'list', '--yes', '--phase', 'contract'], [0, 3])
    await all(database, ['ALTER TABLE people ALTER mood DROP DEFAULT'])
    await folder.write(planText({ intents: `- ${second}` }))
    const before = await dump(here)
    await all(database, [`INSERT INTO people VALUES (9, 'fine')`])
    const refused = await runs(here, ['advance', 'life', '--phase', 'expand'], [4])
    expect(refused.err).toContain('id 9')
    await all(database, [`DELETE FROM people WHERE id = 9`])
    await advanceTo(here, 'backfill')
    await runs(here, ['rollback', 'life', '--yes'])
    expect(catalogueChanges(before, await dump(here))).toEqual(UNCHANGED)
    await advanceTo(here, 'contract')
    expect(await printed(database, 'SELECT id, mood FROM people ORDER BY id')).toEqual([
      ['1', 'blue'],
      ['2', null],
      ['3', null],
    ])
  })
})
