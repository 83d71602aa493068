import { expect } from 'vitest'
import { planText, runs, stage } from '../../support/lives.ts'
import type { LiveServer } from '../../support/lives-database.ts'

/** Writes to the old shape are refused for the hold, by a message that names the plan; everything else goes on. */
export async function refusesLateWriters(server: LiveServer, refused: string): Promise<void> {
  const life = {
    readonly: true as const,
    setup: [
      'CREATE TABLE g (id int PRIMARY KEY, old varchar(20), code varchar(20) NOT NULL, note varchar(20))',
      `INSERT INTO g VALUES (1, 'a', 'c', 'n'), (2, NULL, 'c', 'n')`,
    ],
    intents: `
- rename_column: { table: g, from: old, to: fresh }
- drop_column: { table: g, column: code, restore: { literal: none } }`,
  }
  await using here = await stage(server, life)
  const { database, folder } = here
  const before = await database.dump()
  await folder.write(planText(life, '1h'))
  await runs(here, ['advance', 'life', '--phase', 'verify'])
  await runs(here, ['confirm', 'switch-app', '--by', 'tester'])
  const held = await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'], [3])
  expect(held.err).toContain('is kept for another')

  const tried = async (sql: string): Promise<string | null> =>
    await database.query(sql).then(
      () => null,
      (error: Error) => `${database.codeOf(error)} ${error.message}`,
    )
  for (const late of [
    `UPDATE g SET old = 'b' WHERE id = 1`,
    `UPDATE g SET code = 'd' WHERE id = 1`,
    `INSERT INTO g (id, old, note) VALUES (3, 'x', 'n')`,
    `INSERT INTO g (id, fresh, code) VALUES (3, 'x', 'y')`,
  ]) {
    const said = await tried(late)
    expect(said, late).toContain(`${refused} plan life`)
    expect(said, late).not.toContain('secret')
  }
  for (const right of [
    `INSERT INTO g (id, fresh) VALUES (4, 'y')`,
    `UPDATE g SET fresh = 'z' WHERE id = 1`,
    `UPDATE g SET note = 'z', old = old WHERE id = 1`,
    'SELECT old, code FROM g',
    'DELETE FROM g WHERE id = 2',
  ])
    expect(await tried(right), right).toBe(null)

  await runs(here, ['rollback', 'life', '--yes'])
  expect(await database.dump()).toEqual(before)
  expect(await database.printed('SELECT id, old, code FROM g ORDER BY id')).toEqual([
    ['1', 'z', 'c'],
    ['4', 'y', 'none'],
  ])
  await folder.write(planText(life))
  await runs(here, ['advance', 'life', '--phase', 'verify'])
  await runs(here, ['confirm', 'switch-app', '--by', 'tester'])
  await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'])
  expect(await tried(`INSERT INTO g (id, fresh) VALUES (5, 'y')`)).toBe(null)
  expect((await database.dump()).join('\n')).not.toContain('plan_sync')
}
