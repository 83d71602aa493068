import type { Exchange, Life } from '../../../support/lives.ts'
import { texts } from '../../cases/renaming.ts'
import { mysqlRenaming, seeded } from './renaming.ts'

/** The backfill is no change of a row that the server's own stamp should tell of. */
export const stamped: Life = (() => {
  const stamps = `SELECT id, changed FROM things WHERE note = 'seed' ORDER BY id`
  const life = mysqlRenaming('a column beside one that is set with every UPDATE', {
    setup: [
      `CREATE TABLE things (id int PRIMARY KEY, was varchar(20) NOT NULL, note varchar(20),
        changed datetime(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
        touched timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP)`,
      seeded(
        'things',
        10,
        `n, concat('v', n), 'seed', '2020-01-01' + INTERVAL n MICROSECOND, '2021-01-01' + INTERVAL n SECOND`,
      ),
    ],
    values: texts,
  })
  return { ...life, keeps: [...(life.keeps ?? []), [stamps, stamps]] }
})()

const STAMPS = [
  [
    'changed',
    'changed_at',
    `datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)`,
  ],
  ['touched', 'touched_at', `datetime NOT NULL ON UPDATE CURRENT_TIMESTAMP COMMENT 'no default'`],
  ['stamped', 'stamped_at', `timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP`],
  ['fixed', 'fixed_at', `datetime(3) NOT NULL DEFAULT '2000-01-01' ON UPDATE CURRENT_TIMESTAMP(3)`],
] as const

/** The server sets them with every UPDATE, and goes on doing so under their new names. */
export const stampedTwins: Life = (() => {
  const columns = (which: 0 | 1) => STAMPS.map((one) => one[which])
  const shown = (names: readonly string[], row: number) =>
    `SELECT ${names.map((name) => `IF(${name} > '2024-01-01', 'now', CAST(${name} AS date))`).join(', ')} FROM marks WHERE id = ${row}`
  const seeds = (names: readonly string[]) =>
    `SELECT id, ${names.join(', ')} FROM marks WHERE note = 'seed' ORDER BY id`
  const insert = (names: readonly string[], n: number) =>
    `INSERT INTO marks (id, ${names.join(', ')}) VALUES (${[n, ...names.map(() => `'2011-01-01'`)].join(', ')})`
  const set = (change: string, n: number) => `UPDATE marks SET ${change} WHERE id = ${n}`
  const [was, is] = [columns(0), columns(1)]
  const every = (moment: string) => STAMPS.map(() => moment)
  const to = (names: readonly string[], value: string) => names.map((name) => `${name} = ${value}`).join(', ')
  const both = (by: 'old' | 'new', does: string, moment: string): Exchange => ({
    ...{ by, does, oldSees: every(moment), newSees: every(moment) },
  })
  return {
    name: 'columns that are set with every UPDATE',
    back: ['enforce', 'contract'],
    setup: [
      `CREATE TABLE marks (id int PRIMARY KEY, note varchar(20), ${STAMPS.map(([name, , type]) => `${name} ${type}`).join(', ')})`,
      seeded('marks', 10, `n, 'seed', ${STAMPS.map(() => `'2010-01-01' + INTERVAL n SECOND`).join(', ')}`),
    ],
    intents: STAMPS.map(([from, to]) => `- rename_column: { table: marks, from: ${from}, to: ${to} }`).join(
      '\n',
    ),
    target: STAMPS.map(([from, to]) => `ALTER TABLE marks RENAME COLUMN ${from} TO ${to}`),
    clients: [
      {
        oldReads: (n) => shown(was, n),
        newReads: (n) => shown(is, n),
        talk: (n) => [
          both('old', insert(was, n), '2011-01-01'),
          both('old', set(`note = 'x'`, n), 'now'),
          both('old', set(to(was, `'2012-01-01'`), n), '2012-01-01'),
          both('new', set(`note = 'y'`, n), 'now'),
          both('new', set(to(is, `'2013-01-01'`), n), '2013-01-01'),
          both(
            'new',
            set(`note = 'z', ${is.map((name) => `${name} = ${name}`).join(', ')}`, n),
            '2013-01-01',
          ),
          { by: 'new', does: `DELETE FROM marks WHERE id = ${n}` },
          both('new', insert(is, n), '2011-01-01'),
        ],
        after: (n) => [
          { by: 'new', does: insert(is, n), newSees: every('2011-01-01') },
          { by: 'new', does: set(`note = 'x'`, n), newSees: every('now') },
          both('new', set(to(is, `'2014-01-01'`), n), '2014-01-01'),
        ],
      },
    ],
    keeps: [[seeds(was), seeds(is)]],
  }
})()

const dates = (n: number) =>
  [1, 2, 3, 4].map((k) => {
    const moment = `20${10 + k}-01-01 00:00:${String(n % 60).padStart(2, '0')}.000001`
    return [`'${moment}'`, moment]
  }) as never

const moment = mysqlRenaming('a column whose default is the moment', {
  table: 'visits',
  setup: [
    `CREATE TABLE visits (id int PRIMARY KEY, was datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), note varchar(20))`,
    seeded('visits', 7, `n, '2020-01-01' + INTERVAL n SECOND, 'seed'`),
  ],
  values: dates,
})

/** Defaults that are another one each time, and some that are expressions. */
export const odd: readonly Life[] = [
  moment,
  mysqlRenaming('a long text with a default', {
    table: 'memos',
    setup: [
      `CREATE TABLE memos (id int PRIMARY KEY, was text NOT NULL DEFAULT ('it''s') COMMENT 'a memo', note varchar(20))`,
      seeded('memos', 7, `n, concat('t', n), 'seed'`),
    ],
    values: texts,
  }),
  mysqlRenaming('a column whose default is another one for each row', {
    table: 'tokens',
    setup: [
      'CREATE TABLE tokens (id int PRIMARY KEY, was varchar(40) NOT NULL DEFAULT (uuid()), note varchar(20))',
      seeded('tokens', 7, `n, concat('t', n), 'seed'`),
    ],
    values: texts,
  }),
  mysqlRenaming('a column whose default is an expression', {
    table: 'sums',
    setup: [
      `CREATE TABLE sums (id int PRIMARY KEY, was varchar(40) DEFAULT (concat('it''s ', 1 + 1)), note varchar(20))`,
      seeded('sums', 7, `n, concat('t', n), 'seed'`),
    ],
    values: texts,
    nullable: true,
  }),
]
