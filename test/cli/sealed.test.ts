import { expect, it } from 'vitest'
import { type Bench, bench, done, refused } from '../support/command.ts'
import { runAndDie } from '../support/crashes.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { number } from '../support/sessions.ts'
import { mysqlUsers, PLAN, planFile, rename, users } from '../support/users.ts'

const SYNC = 'sync: application\ncontract: { hold: 0s }\n'
const CONTRACT = ['advance', PLAN, '--phase', 'contract', '--yes'] as const

const confirm = async (here: Bench, id: string) =>
  done(await here.plan('confirm', id, '--by', 'me', '--plan', 'rename'))

/** Contract has proven both shapes for the last time. */
async function proven(here: Bench): Promise<void> {
  done(await here.plan('advance', PLAN, '--phase', 'expand'))
  await confirm(here, 'dual-write')
  done(await here.plan('advance', PLAN, '--phase', 'verify'))
  await confirm(here, 'switch-app')
  refused(await here.plan(...CONTRACT), 3, 'PLAN_WAITING', 'stop-writes')
}

async function finished(here: Bench): Promise<void> {
  await confirm(here, 'stop-writes')
  done(await here.plan(...CONTRACT))
}

/** Other databases of the server have such, too. */
function helpers({ database }: Bench) {
  const here = isMysql(database) ? 'database()' : 'current_schema()'
  return database.query(`SELECT trigger_name AS name FROM information_schema.triggers
    WHERE trigger_schema = ${here} AND trigger_name LIKE 'zz%'
    UNION ALL SELECT routine_name FROM information_schema.routines WHERE routine_schema = ${here} AND routine_name LIKE 'zz%'`)
}

/** The next run of contract ends right behind such a statement, by SIGKILL. */
const killed = async ({ dir: path, database }: Bench, of: RegExp) => {
  const { died } = await runAndDie({ database, folder: { path } }, { nth: [1], of }, 'kill', [CONTRACT])
  expect(died).toHaveLength(1)
}

describeEachKind(
  'between the last proof and the end of an old column that the application writes',
  (server) => {
    const mysql = isMysql(server)

    it('a run that is killed leaves nothing open, goes back, and goes on', async () => {
      await using here = await bench(server, mysql ? mysqlUsers() : users(), { [PLAN]: rename(SYNC) })
      const { query } = here.database
      const write = (set: string) => query(`UPDATE users SET ${set} WHERE id = 2`)
      const guarded = async () => {
        await expect(write("last_name = 'late'")).rejects.toThrow(/last_name/)
        await write("family_name = 'new'")
      }
      await proven(here)
      done(await here.plan('rollback', 'rename', '--to', 'contract', '--app-is-back'))
      expect(await helpers(here)).toEqual([])
      await confirm(here, 'switch-app')
      await killed(here, /: after CREATE TRIGGER/)
      refused(await here.plan(...CONTRACT), 3, 'PLAN_WAITING', 'stop-writes')
      await confirm(here, 'stop-writes')
      for (const point of [/: after ALTER TABLE \S+ RENAME COLUMN/, /: after DROP TRIGGER/]) {
        await guarded()
        await killed(here, point)
      }
      await guarded()
      done(await here.plan('rollback', 'rename', '--to', 'contract', '--app-is-back'))
      expect(await helpers(here)).toEqual([])
      await write("last_name = 'old'")
      await confirm(here, 'switch-app')
      refused(await here.plan(...CONTRACT), 4, 'PLAN_INVARIANT')
      await write('family_name = last_name')
      refused(await here.plan(...CONTRACT), 3, 'PLAN_WAITING', 'stop-writes')
      await guarded()
      await finished(here)
      expect(await query('SELECT * FROM users WHERE id = 2')).toMatchObject([{ family_name: 'new' }])
      expect(await helpers(here)).toEqual([])
    })

    it('only a client that writes it alone is refused, whatever the two shapes are', async () => {
      const text = mysql ? 'varchar(80)' : 'text'
      const stamp = mysql
        ? 'timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP'
        : 'timestamp'
      const tables = [
        'CREATE TABLE teams (id int PRIMARY KEY)',
        'INSERT INTO teams VALUES (1), (2), (3)',
        `CREATE TABLE members (id int PRIMARY KEY, changed ${stamp}, team int,
         CONSTRAINT of_team FOREIGN KEY (team) REFERENCES teams (id) ON UPDATE CASCADE ON DELETE SET NULL)`,
        "INSERT INTO members VALUES (1, '2020-01-01', 1), (2, '2020-01-01', 2), (3, '2020-01-01', 3)",
        `CREATE TABLE people (id int PRIMARY KEY, name ${text})`,
        "INSERT INTO people VALUES (1, 'Ann Lee'), (2, 'Bob Ray')",
      ]
      const part = (which: string) =>
        `{ type: ${text}, value: { split: { column: name, separator: " ", part: ${which} } } }`
      const plan = planFile(
        'rename',
        [
          'rename_column: { table: members, from: team, to: squad }',
          'rename_column: { table: members, from: changed, to: updated }',
          `split_column: { table: people, from: name, into: { first: ${part('first')}, last: ${part('last')} }, back: { concat: { columns: [first, last], separator: " " } } }`,
        ],
        SYNC,
      )
      await using here = await bench(server, tables, { [PLAN]: plan })
      const { query } = here.database
      const isRefused = (sql: string) => expect(query(sql), sql).rejects.toThrow(/plan rename/)
      await proven(here)

      await query('UPDATE teams SET id = 77 WHERE id = 2')
      await query('DELETE FROM teams WHERE id = 3')
      await isRefused('UPDATE members SET team = 77 WHERE id = 1')
      // What the server sets by itself is no write of the old column.
      await query("UPDATE members SET updated = '2021-01-01' WHERE id = 2")
      await isRefused("UPDATE members SET changed = '2022-02-02' WHERE id = 1")

      await isRefused("UPDATE people SET name = 'Ann Low' WHERE id = 1")
      await isRefused("INSERT INTO people (id, name) VALUES (3, 'Cy Dee')")
      await query("UPDATE people SET name = 'Ann Low', last = 'Low' WHERE id = 1")
      await query("UPDATE people SET last = 'Roy' WHERE id = 2")
      await query("INSERT INTO people (id, first, last) VALUES (3, 'Cy', 'Dee')")

      await finished(here)
      expect(await query('SELECT id, squad FROM members ORDER BY id')).toEqual([
        { id: 1, squad: 1 },
        { id: 2, squad: 77 },
        { id: 3, squad: null },
      ])
      const kept = "SELECT count(*) AS n FROM members WHERE updated = '2021-01-01'"
      expect(await number(here.database, kept)).toBe(1)
      expect(await query('SELECT last FROM people ORDER BY id')).toEqual([
        { last: 'Low' },
        { last: 'Roy' },
        { last: 'Dee' },
      ])
      expect(await helpers(here)).toEqual([])
    })
  },
)
