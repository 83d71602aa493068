import type { Life } from '../../../support/lives.ts'
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
