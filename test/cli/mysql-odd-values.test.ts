import { expect, it } from 'vitest'
import { bench, done, refused } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import { mysqlUsers, PLAN, planFile } from '../support/users.ts'

/** What functions refuse of a value, each in a way of its own, and one that they take. */
const CASES: readonly (readonly [name: string, sql: string, bad: string, good: string])[] = [
  ['pattern', "regexp_replace(email, last_name, '')", '(', 'x'],
  ['range', "regexp_replace(email, last_name, '')", '[z-a]', 'x'],
  ['json-path', `json_extract('{"a": 1}', last_name)`, 'canary', '$.a'],
  ['json-text', "json_extract(last_name, '$.a')", '{"a": canary', '{"a": 1}'],
  ['shape', 'st_astext(st_geomfromwkb(cast(last_name AS binary)))', 'canary', ''],
]

const plan = (name: string, sql: string, more = ''): string =>
  planFile(
    name,
    [
      `add_column: { table: users, column: made, type: varchar(200), fill: { sql: ${JSON.stringify(sql)} }, unparsed: fail }`,
    ],
    `backfill: { batch: { rows: 64 } ${more}}\n`,
  )

describeEachMysql('a value that a function refuses', (server) => {
  it.each(CASES)(
    'is named by its row, and passed over where the plan says so: %s',
    async (name, sql, bad, good) => {
      const setup = [
        ...mysqlUsers(100),
        `UPDATE users SET last_name = ${good === '' ? 'NULL' : `'${good}'`}`,
        `UPDATE users SET last_name = '${bad}' WHERE id = 33`,
      ]
      await using here = await bench(server, setup, { [PLAN]: plan(name, sql) })
      const ended = await here.plan('advance', PLAN)
      // MariaDB makes NULL of some of them, and then nothing is at fault.
      if (ended.code === 0) return expect(here.database.url).toMatch(/^mariadb/)
      const { err } = refused(ended, 4, 'PLAN_POISON', '1 row of users cannot be converted', '(id 33)')
      expect(err).not.toContain('canary')
      done(await here.plan('rollback', name, '--yes'))
      await here.write(PLAN, plan(name, sql, ', on_error: quarantine '))
      done(await here.plan('advance', PLAN))
      refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', '1 row')
      await here.database.query(`UPDATE users SET last_name = NULL WHERE id = 33`)
      done(await here.plan('advance', PLAN))
    },
  )
})
