import { expect, test } from 'vitest'
import { describeEachMysql } from '../../support/databases.ts'
import { advanceTo, all, planText, printed, runs, type Stage, stage } from '../../support/lives.ts'

/** What SHOW CREATE TABLE says, whatever the places of columns and indexes. */
const shown = async ({ database }: Stage): Promise<string[]> => {
  const [row] = await printed(database, 'SHOW CREATE TABLE things')
  return (row?.[1] ?? '')
    .split('\n')
    .map((line) => line.replace(/,$/, ''))
    .sort()
}

describeEachMysql('a table whose collation is not the first of its character set', (server) => {
  test('is printed after a rename, and after going back from the retired column, as if nothing had been said of it', async () => {
    const life = {
      setup: [
        `CREATE TABLE things (id int PRIMARY KEY, a varchar(20) NOT NULL, b text COMMENT 'COLLATE', c enum('COLLATE x', ')') NOT NULL DEFAULT ')',
          d varchar(20) CHARACTER SET latin1, e varchar(9) COLLATE utf8mb4_bin, UNIQUE KEY (a)) CHARSET utf8mb4 COLLATE utf8mb4_unicode_ci`,
        "INSERT INTO things VALUES (1, 'a', 'b', ')', 'd', 'e')",
      ],
      intents: ['a', 'b', 'c', 'd', 'e']
        .map((name) => `- rename_column: { table: things, from: ${name}, to: ${name}_new }`)
        .join('\n'),
    }
    await using here = await stage(server, life)
    const before = await shown(here)
    await here.folder.write(planText(life, '1h'))
    await advanceTo(here, 'verify')
    await runs(here, ['confirm', 'switch-app', '--by', 'tester'])
    await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'], [3])
    await runs(here, ['rollback', 'life', '--yes'])
    expect(await shown(here)).toEqual(before)

    await here.folder.write(planText(life))
    await advanceTo(here, 'contract')
    const names = (lines: readonly string[]) => lines.map((line) => line.replaceAll('_new`', '`'))
    expect(names(await shown(here))).toEqual(before)
  })
})

describeEachMysql('what hangs on a column by its name or its place', (server) => {
  test('is said at compile with the statements to run, and holds as it is said', async () => {
    await using here = await stage(server, {
      setup: [
        `CREATE TABLE things (id int PRIMARY KEY, email varchar(20) NOT NULL, login varchar(20) NOT NULL, nick varchar(20), hits int NOT NULL DEFAULT 0,
          UNIQUE KEY by_email (email), UNIQUE KEY by_login (login), UNIQUE KEY by_nick (nick))`,
        "INSERT INTO things (id, email, login) VALUES (1, 'a', 'a'), (2, 'b', 'b')",
      ],
      intents:
        '- rename_column: { table: things, from: email, to: mail }\n- rename_column: { table: things, from: nick, to: nickname }',
    })
    const { database } = here
    const { out, err } = await runs(here, ['compile', 'plans/plan.yaml'])
    const said = `${out}${err}`.replaceAll(/\s+/g, ' ')
    await advanceTo(here, 'expand')

    await all(database, [
      "SET @mode = @@sql_mode, SESSION sql_mode = ''",
      "UPDATE things SET mail = 'z' WHERE id = 2",
    ])
    const emptied = database.query('UPDATE things SET mail = NULL WHERE id = 2')
    if (server.dialect === 'mysql') await expect(emptied).rejects.toMatchObject({ errno: 1048 })
    else await emptied
    await all(database, ['SET SESSION sql_mode = @mode'])

    expect(said).toMatch(/after contract by_email stands behind by_login \(as \S+ until then\)/)
    expect(said).not.toContain('by_nick stands behind')
    await advanceTo(here, 'verify')
    const upsert = (column: string, id: number, value: string, login: string) =>
      `INSERT INTO things (id, ${column}, login) VALUES (${id}, '${value}', '${login}') ON DUPLICATE KEY UPDATE hits = hits + 1`
    const hits = () => printed(database, 'SELECT hits FROM things ORDER BY id')
    await all(database, [upsert('email', 8, 'a', 'b'), upsert('mail', 8, 'a', 'b')])
    expect(await hits()).toEqual([['2'], ['0']])
    await all(database, [
      upsert('mail', 3, 'c', 'c'),
      upsert('email', 8, 'c', 'd'),
      upsert('mail', 8, 'c', 'e'),
    ])
    expect(await hits()).toEqual([['2'], ['0'], ['2']])

    await database.query('CREATE VIEW report AS SELECT mail FROM things')
    const refused = await runs(here, ['rollback', 'life', '--yes'], [4])
    expect(refused.err).toMatch(/drop things.mail, things.nickname, which view \S+report needs/)
    await database.query('DROP VIEW report')

    await advanceTo(here, 'contract')
    await all(database, [upsert('mail', 8, 'a', 'b')])
    expect(await hits()).toEqual([['2'], ['1'], ['2']])
  })
})
