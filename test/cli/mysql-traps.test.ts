import { expect, it } from 'vitest'
import { bench, done, refused } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import { PAST_THE_SYNC } from '../support/mysql-users.ts'
import type { Place } from '../support/places.ts'
import { describePrivateMysql } from '../support/private-mysql.ts'
import { PLAN, planFile } from '../support/users.ts'

const rename = (more = '') => planFile('rename', ['rename_column: { table: t, from: a, to: b }'], more)
const HOLD = 'contract: { hold: 0s }\n'

/** Rows as text, so that no driver makes a difference. */
const rows = async ({ query }: Place, sql: string) =>
  (await query(sql)).map((row) => Object.values(row).map((value) => (value === null ? null : String(value))))
const made = async ({ query }: Place) => String((await query('SHOW CREATE TABLE t'))[0]?.['Create Table'])

describeEachMysql('a default that is made from another column', (server) => {
  const SPOILT = `CREATE TABLE t (id int PRIMARY KEY, x varchar(20), a varchar(30), z varchar(30) DEFAULT (concat(x, '!')))`

  it('goes on being set while a plan runs on its table', async () => {
    await using here = await bench(server, [SPOILT], { [PLAN]: rename() })
    const { database } = here
    // One of the servers forgets it beside a trigger; there the application has to write both shapes.
    const { out } = done(await here.plan('compile', PLAN, '--json'))
    expect(out.includes('the default of z is made from x')).toBe(server.dialect === 'mysql')
    done(await here.plan('advance', PLAN))
    await database.query(`INSERT INTO t (id, x, a, b) VALUES (1, 'p', 'v', 'v')`)
    expect(await rows(database, 'SELECT z FROM t')).toEqual([['p!']])
    const forced = planFile('forced', [
      'add_column: { table: t, column: c, type: int, fill: { literal: 5 } }',
    ])
    await here.write(PLAN, `${forced}sync: triggers\n`)
    if (server.dialect === 'mysql')
      refused(await here.plan('compile', PLAN), 2, 'PLAN_UNSUPPORTED', 'this server no longer sets it')
    else done(await here.plan('compile', PLAN))
  })

  it('is no hindrance where another trigger has spoilt it already', async () => {
    const trigger = 'CREATE TRIGGER theirs BEFORE INSERT ON t FOR EACH ROW SET @x = 1'
    await using here = await bench(server, [SPOILT, trigger], { [PLAN]: rename('sync: triggers\n') })
    done(await here.plan('compile', PLAN))
  })

  it('cannot be taken over to the new column', async () => {
    const sql = `CREATE TABLE t (id int PRIMARY KEY, x varchar(20), a varchar(30) DEFAULT (concat(x, '!')))`
    await using here = await bench(server, [sql], { [PLAN]: rename() })
    const says = 't.a has a default that is made from x'
    refused(await here.plan('compile', PLAN), 2, 'PLAN_UNSUPPORTED', says)
  })
})

/** A zone whose clock is set back by an hour in the night of 27 October 2024, as in most of Europe. */
const TWICE = [
  "INSERT INTO mysql.time_zone (Time_zone_id, Use_leap_seconds) VALUES (1001, 'N')",
  "INSERT INTO mysql.time_zone_name (Name, Time_zone_id) VALUES ('Test/Twice', 1001)",
  `INSERT INTO mysql.time_zone_transition_type (Time_zone_id, Transition_type_id, \`Offset\`, Is_DST, Abbreviation)
     VALUES (1001, 0, 7200, 1, 'S'), (1001, 1, 3600, 0, 'W')`,
  `INSERT INTO mysql.time_zone_transition (Time_zone_id, Transition_time, Transition_type_id)
     VALUES (1001, 1700000000, 0), (1001, 1729990800, 1)`,
]

for (const kind of ['mysql', 'mariadb'] as const)
  await describePrivateMysql('a moment in the hour that comes twice', { kind }, (server) => {
    it('is carried over as it is, and a wrong one is found', async () => {
      const [first, second] = ["'2024-10-27 00:30:00'", "'2024-10-27 01:30:00'"]
      await using here = await bench(
        server,
        [
          ...TWICE,
          'CREATE TABLE t (id int PRIMARY KEY, a timestamp NULL)',
          "SET time_zone = '+00:00'",
          `INSERT INTO t VALUES (1, ${second}), (2, ${second}), (3, ${second})`,
        ],
        { [PLAN]: rename() },
      )
      const { database } = here
      done(await here.plan('advance', PLAN, '--phase', 'verify'))
      await database.query("SET time_zone = 'Test/Twice'")
      expect(await rows(database, 'SELECT DISTINCT a FROM t')).toEqual([['2024-10-27 02:30:00']])
      // Of the two moments the servers take the first.
      await database.query("UPDATE t SET a = '2024-10-27 02:30:00' WHERE id = 1")
      await database.query("UPDATE t SET b = '2024-10-27 02:30:00' WHERE id = 3")
      await database.query("SET time_zone = '+00:00'")
      expect(await rows(database, 'SELECT a, b FROM t')).toEqual(
        [first, second, first].map((moment) => Array(2).fill(moment.slice(1, -1))),
      )
      // With the clock of that zone the proof has to see it, too.
      await database.query("SET GLOBAL time_zone = 'Test/Twice'")
      await database.query(PAST_THE_SYNC)
      await database.query(`UPDATE t SET a = ${second} WHERE id = 1`)
      const { out } = refused(await here.plan('verify', PLAN), 4, 'PLAN_INVARIANT')
      expect(out).toContain('a-equals-b')
    })
  })

describeEachMysql('a required column', (server) => {
  const T = `CREATE TABLE t (id int PRIMARY KEY, a varchar(20) NOT NULL, n int NOT NULL, d datetime NOT NULL,
    m timestamp NOT NULL DEFAULT '2020-01-01 00:00:00')`
  const INTENTS = [
    'rename_column: { table: t, from: a, to: b }',
    'rename_column: { table: t, from: n, to: o }',
    'rename_column: { table: t, from: d, to: f }',
  ]

  it('that nobody insists on is empty in the same way in both shapes', async () => {
    await using here = await bench(server, [T], { [PLAN]: planFile('rename', INTENTS, HOLD) })
    const { database } = here
    await database.query("INSERT INTO t (id, a, n, d) VALUES (1, 'q', 5, '2020-01-01')")
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    for (const sql of [
      'INSERT IGNORE INTO t (id) VALUES (2)',
      'INSERT IGNORE INTO t (id, a, n, d) VALUES (3, NULL, NULL, NULL)',
      "SET sql_mode = ''",
      'INSERT INTO t (id) VALUES (4)',
      "INSERT INTO t (id, a, n, d) VALUES (5, NULL, NULL, NULL), (6, 'z', 1, '2021-01-01')",
      'UPDATE t SET a = NULL, n = NULL, d = NULL WHERE id = 1',
    ])
      await database.query(sql)
    const seen = 'SELECT a <=> b AND n <=> o AND d <=> f FROM t'
    expect(await rows(database, seen)).toEqual(Array.from({ length: 6 }, () => ['1']))
    expect(await rows(database, 'SELECT b, o, f FROM t WHERE id = 4')).toEqual([
      ['', '0', '0000-00-00 00:00:00'],
    ])
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
  })

  it('is still refused to a statement that leaves it out, where the application is strict', async () => {
    await using here = await bench(server, [T], { [PLAN]: rename() })
    const { database } = here
    done(await here.plan('advance', PLAN))
    await database.query("SET sql_mode = 'STRICT_ALL_TABLES'")
    for (const sql of [
      "INSERT INTO t (id, n, d) VALUES (1, 5, '2020-01-01')",
      "INSERT INTO t (id, a, n, d) VALUES (1, NULL, 5, '2020-01-01')",
    ])
      await expect(database.query(sql)).rejects.toThrow(/'a'/)
  })
})

describeEachMysql('a foreign key that writes the column by itself', (server) => {
  const KEYS = [
    'CREATE TABLE o (i int PRIMARY KEY, j int, UNIQUE KEY pair (j, i))',
    `CREATE TABLE t (id int PRIMARY KEY, a int, tt int, CONSTRAINT fk FOREIGN KEY (a) REFERENCES o (i) ON DELETE SET NULL,
       CONSTRAINT two FOREIGN KEY (tt, a) REFERENCES o (j, i) ON UPDATE CASCADE)`,
    'INSERT INTO o VALUES (1, 1), (2, 2)',
    'INSERT INTO t VALUES (1, 1, NULL), (2, 2, 2)',
  ]

  it.each(['expand', 'backfill', 'enforce', 'verify'])(
    'goes back from after %s without a trace',
    async (phase) => {
      await using here = await bench(server, KEYS, { [PLAN]: rename('sync: application\n') })
      const { database } = here
      const before = await made(database)
      done(await here.plan('advance', PLAN, '--phase', 'expand'))
      if (phase !== 'expand') {
        done(await here.plan('confirm', 'dual-write', '--by', 'tester'))
        done(await here.plan('advance', PLAN, '--phase', phase))
      }
      done(await here.plan('rollback', PLAN, '--yes'))
      expect(await made(database)).toBe(before)
    },
  )
})

describeEachMysql('a key', (server) => {
  it('may have the names that the tool gives to keys', async () => {
    const sql = `CREATE TABLE t (k1 int, k0 int, a int, PRIMARY KEY (k0, k1))`
    const values = Array.from({ length: 1200 }, (_, n) => `(${n % 7}, ${n}, ${n})`).join()
    await using here = await bench(server, [sql, `INSERT INTO t VALUES ${values}`], { [PLAN]: rename() })
    const ended = done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(ended.out + ended.err).not.toContain('one more pass')
  })

  it('by which the server keeps the rows is not replaced', async () => {
    const sql = 'CREATE TABLE t (a int NOT NULL, z int NOT NULL, UNIQUE ua (a), UNIQUE uz (z))'
    await using here = await bench(server, [sql], { [PLAN]: rename() })
    const says = 't.a is part of ua, by which the server may keep the rows'
    refused(await here.plan('compile', PLAN), 2, 'PLAN_UNSUPPORTED', says, 'add a primary key first')
  })
})

describeEachMysql('INSERT without names of columns', (server) => {
  const ONE_MORE = 'INSERT INTO t without names of columns fails'

  it('fails as the plan has said, where the server hides no such column', async () => {
    await using here = await bench(server, ['CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL)'], {
      [PLAN]: rename('invisible: true\n'),
    })
    const { out } = done(await here.plan('compile', PLAN, '--json'))
    const hides = server.dialect === 'mysql'
    expect(out.includes(ONE_MORE)).toBe(!hides)
    expect(out.includes('hides no required column that has no default')).toBe(!hides)
    done(await here.plan('advance', PLAN))
    const inserted = here.database.query('INSERT INTO t VALUES (1, 2)')
    await (hides ? inserted : expect(inserted).rejects.toMatchObject({ errno: 1136 }))
  })

  it('fails as the plan has said, where nothing tells when every version knows the column', async () => {
    const table = 'CREATE TABLE t (id int PRIMARY KEY, a int)'
    const forms = [
      'add_column: { table: t, column: b, type: int }',
      'add_column: { table: t, column: b, type: int, default: 1 }',
    ]
    await using here = await bench(server, [table])
    for (const form of [
      ...forms.map((one) => planFile('rename', [one], 'invisible: true\n')),
      rename('invisible: true\nsync: application\n'),
      rename(),
    ]) {
      await here.write(PLAN, form)
      expect(done(await here.plan('compile', PLAN, '--json')).out, form).toContain(ONE_MORE)
    }
    done(await here.plan('advance', PLAN))
    await here.database.query('INSERT INTO t (id, a) VALUES (1, 2)')
    expect(await rows(here.database, 'SELECT * FROM t')).toEqual([['1', '2', '2']])
  })
})

describeEachMysql('an invisible column', (server) => {
  const TABLE = "CREATE TABLE t (id int PRIMARY KEY, a varchar(9) NOT NULL DEFAULT 'x' INVISIBLE, z int)"
  const HIDDEN = /`b` varchar\(9\)[^,]*INVISIBLE/

  it('stays invisible under its new name, and after going back', async () => {
    await using here = await bench(server, [TABLE, "INSERT INTO t (id, a) VALUES (1, 'y')"], {
      [PLAN]: rename('contract: { hold: 1h }\n'),
    })
    const { database } = here
    const before = await made(database)
    const retire = async () => {
      done(await here.plan('advance', PLAN, '--phase', 'verify'))
      await database.query('INSERT INTO t VALUES (2, 3)')
      done(await here.plan('confirm', 'switch-app', '--by', 'tester'))
    }
    await retire()
    refused(await here.plan('advance', PLAN, '--yes'), 3, 'PLAN_WAITING', 'retired')
    done(await here.plan('rollback', PLAN, '--yes'))
    expect(await made(database)).toBe(before)
    await here.write(PLAN, rename(HOLD))
    await database.query('DELETE FROM t WHERE id = 2')
    await retire()
    done(await here.plan('advance', PLAN, '--yes'))
    expect(await made(database)).toMatch(HIDDEN)
    expect(await rows(database, 'SELECT id, b, z FROM t ORDER BY id')).toEqual([
      ['1', 'y', null],
      ['2', 'x', '3'],
    ])
  })
})

describeEachMysql('a column of one system of reference', (server) => {
  it.runIf(server.dialect === 'mysql')('keeps it under its new name', async () => {
    const sql = [
      'CREATE TABLE t (id int PRIMARY KEY, a point SRID 4326, c point SRID 0)',
      "INSERT INTO t VALUES (1, ST_GeomFromText('POINT(1 2)', 4326), NULL)",
    ]
    const intents = [
      'rename_column: { table: t, from: a, to: b }',
      'rename_column: { table: t, from: c, to: d }',
    ]
    await using here = await bench(server, sql, { [PLAN]: planFile('rename', intents, HOLD) })
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    done(await here.plan('confirm', 'switch-app', '--by', 'tester'))
    done(await here.plan('advance', PLAN, '--yes'))
    expect(await made(here.database)).toMatch(/`b` point .*SRID 4326/)
    expect(await made(here.database)).toMatch(/`d` point .*SRID 0/)
  })
})
