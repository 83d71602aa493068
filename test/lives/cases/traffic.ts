import { ROWS, type Traffic, type Version } from '../../support/traffic.ts'

/** What differs between servers. */
export type Place = { readonly dialect: 'postgres' | 'mysql' | 'mariadb'; readonly number: number }

const table = (columns: string, ...more: readonly string[]): string[] => [
  `CREATE TABLE things (id bigint PRIMARY KEY, note varchar(40), ${columns})`,
  ...more,
]

/** Writes one column and reads it. */
const one = (column: string, sql = (k: number) => `'v${k}'`, says = (k: number) => `v${k}`): Version => ({
  writes: (k) => ({ [column]: sql(k) }),
  reads: `concat(${column}, '')`,
  says,
})

/** A change that versions need not know of. */
const unnoticed = (name: string, setup: readonly string[], intents: string): Traffic => ({
  ...{ name, setup, intents: `- ${intents}`, old: one('a'), fresh: one('a') },
})

const same = (of: (k: number) => string): Version => one('a', (k) => `'${of(k)}'`, of)

const parity = (even: string, odd: string) => (k: number) => (k % 2 === 0 ? even : odd)

const renames: Traffic = {
  name: 'rename_column',
  setup: table('a varchar(40) NOT NULL'),
  intents: '- rename_column: { table: things, from: a, to: b }',
  old: one('a'),
  fresh: one('b'),
}

const splits: Traffic = {
  name: 'split_column',
  setup: table('a varchar(40) NOT NULL'),
  intents: `
- split_column:
    table: things
    from: a
    into:
      b: { type: varchar(40), required: true, index: true, value: { split: { column: a, separator: " ", part: first } } }
      c: { type: varchar(40), value: { split: { column: a, separator: " ", part: rest } } }
    back: { concat: { columns: [b, c], separator: " " } }`,
  old: one(
    'a',
    (k) => `'b${k} c${k}'`,
    (k) => `b${k} c${k}`,
  ),
  fresh: {
    writes: (k) => ({ b: `'b${k}'`, c: `'c${k}'` }),
    reads: `concat(b, '/', c)`,
    says: (k) => `b${k}/c${k}`,
  },
}

const merges: Traffic = {
  name: 'merge_columns',
  setup: table('b varchar(40) NOT NULL, c varchar(40)'),
  intents: `
- merge_columns:
    table: things
    from: [b, c]
    into: { a: { type: varchar(81), required: true, value: { concat: { columns: [b, c], separator: " " } } } }
    back:
      b: { split: { column: a, separator: " ", part: first } }
      c: { split: { column: a, separator: " ", part: rest } }
    unparsed: fail`,
  old: splits.fresh,
  fresh: splits.old,
}

/** Under the same name: a version of the application that takes both. */
const retypes: readonly Traffic[] = [
  {
    name: 'change_type, a text to a number',
    setup: table('a varchar(40) NOT NULL', 'CREATE INDEX things_a ON things (a)'),
    intents: '- change_type: { table: things, column: a, to: int, unparsed: fail }',
    old: same((k) => `${k}`),
    fresh: same((k) => `${k}`),
  },
  {
    name: 'change_type, to a wider number',
    setup: table('a int NOT NULL'),
    intents: '- change_type: { table: things, column: a, to: bigint }',
    old: same((k) => `${k}`),
    fresh: same((k) => `${k}`),
  },
  {
    name: 'change_type, to a longer text',
    setup: table('a varchar(20)'),
    intents: '- change_type: { table: things, column: a, to: varchar(40) }',
    old: one('a'),
    fresh: one('a'),
  },
]

/** Either code means the same to both versions, and the new one writes new codes only. */
const meaning = `CASE a WHEN 'new' THEN 'open' WHEN 'done' THEN 'closed' ELSE a END`
const recodes: Traffic = {
  name: 'recode',
  setup: table('a varchar(20) NOT NULL'),
  intents: '- recode: { table: things, column: a, cases: { new: open, done: closed }, else: keep }',
  old: { ...same(parity('new', 'done')), reads: meaning, says: parity('open', 'closed') },
  fresh: { ...same(parity('open', 'closed')), reads: meaning },
}

const recodesTo: Traffic = {
  name: 'recode, to another name',
  setup: table('a varchar(20) NOT NULL'),
  intents: '- recode: { table: things, column: a, cases: { low: 1, high: 2 }, to: b, to_type: int }',
  old: same(parity('low', 'high')),
  fresh: one('b', parity('1', '2'), parity('1', '2')),
}

const fills: Traffic = {
  name: 'add_column',
  setup: table('a varchar(40) NOT NULL'),
  intents: `
- add_column: { table: things, column: b, type: varchar(40), required: true, index: true, fill: { lower: { column: a } } }
- add_column: { table: things, column: c, type: int, required: true, default: 7 }`,
  old: one(
    'a',
    (k) => `'V${k}'`,
    (k) => `V${k}`,
  ),
  fresh: {
    writes: (k) => ({ a: `'V${k}'`, b: `'v${k}'` }),
    reads: `concat(a, '/', b, '/', c)`,
    says: (k) => `V${k}/v${k}/7`,
  },
}

const generates: Traffic = {
  name: 'add_column, generated',
  setup: table('a int NOT NULL'),
  intents: '- add_column: { table: things, column: b, type: bigint, generated: { sql: a * 2 } }',
  old: one('a', String, String),
  fresh: { writes: (k) => ({ a: String(k) }), reads: `concat(b, '')`, says: (k) => String(2 * k) },
}

const numbers: Traffic = {
  name: 'add_column, identity',
  setup: table('a varchar(40)'),
  intents: '- add_column: { table: things, column: b, type: bigint, identity: true, unique: true }',
  old: one('a'),
  fresh: { ...one('a'), reads: `concat(a, CASE WHEN b > 0 THEN '' END)` },
}

const drops: Traffic = {
  name: 'drop_column',
  setup: table('a varchar(40) NOT NULL, b varchar(40) NOT NULL'),
  intents: '- drop_column: { table: things, column: b, restore: { upper: { column: a } } }',
  old: {
    writes: (k) => ({ a: `'v${k}'`, b: `'b${k}'` }),
    reads: `concat(a, CASE WHEN b IS NOT NULL THEN '' END)`,
    says: (k) => `v${k}`,
  },
  fresh: one('a'),
}

/** The old version leaves it empty now and then. */
const sometimes = parity('NULL', `'paid'`)
const requires: Traffic = {
  name: 'set_required, with a fill',
  setup: table('a varchar(40)'),
  intents: '- set_required: { table: things, column: a, fill: { literal: open } }',
  old: { writes: (k) => ({ a: sometimes(k) }), reads: `coalesce(a, 'open')`, says: parity('open', 'paid') },
  fresh: { writes: (k) => ({ a: parity(`'open'`, `'paid'`)(k) }), reads: 'a', says: parity('open', 'paid') },
}

const DOCUMENT = { postgres: ['jsonb', `doc ->> '`], mysql: ['json', `doc ->> '$.`] } as const
const keysOf = (dialect: 'postgres' | 'mysql'): Traffic => {
  const [type, path] = DOCUMENT[dialect]
  const version = (key: string): Version => ({
    writes: (k) => ({ doc: `'{"${key}": "v${k}", "x": 1}'` }),
    reads: `${path}${key}'`,
    says: (k) => `v${k}`,
  })
  return {
    name: 'rename_json_key',
    setup: table(`doc ${type}`),
    intents: '- rename_json_key: { table: things, column: doc, from: phone, to: mobile }',
    old: version('phone'),
    fresh: version('mobile'),
  }
}

const MODULE = 'exports.backwards = ({ a }) => (a === null ? null : [...a].reverse().join(""))\n'
const computes: Traffic = {
  name: 'add_column, by a module',
  batch: 500,
  files: { 'made.cjs': MODULE },
  setup: table('a varchar(40)'),
  intents:
    '- add_column: { table: things, column: b, type: varchar(40), fill: { module: { from: "./made.cjs#backwards", reads: [a] } } }',
  old: one('a'),
  fresh: {
    writes: (k) => ({ a: `'v${k}'`, b: `'${[...`v${k}`].reverse().join('')}'` }),
    reads: `concat(a, '')`,
    says: (k) => `v${k}`,
  },
}

/** What is written from now on has the value that the rows of before get. */
const filled: Version = {
  writes: (k) => ({ a: `'V${k}'`, b: k > ROWS ? `'v${k}'` : 'NULL' }),
  reads: 'a',
  says: (k) => `V${k}`,
}
const backfills: Traffic = {
  name: 'backfill',
  setup: table('a varchar(40), b varchar(40)'),
  intents: '- backfill: { table: things, set: { b: { lower: { column: a } } }, where: b is null }',
  old: filled,
  fresh: { ...filled, reads: `concat(a, '/', b)`, says: (k) => `V${k}/v${k}` },
}

const statements = (dialect: Place['dialect']): Traffic => ({
  name: 'run_sql',
  setup: table('a varchar(40)', 'CREATE TABLE leftovers (id int PRIMARY KEY)'),
  intents:
    dialect === 'postgres'
      ? `
- run_sql:
    expand: [ALTER TABLE things ADD COLUMN b int]
    undo: [ALTER TABLE things DROP COLUMN b]
    contract: [DROP TABLE leftovers]
    requires_checkpoint: the version that knows no leftovers`
      : `
- run_sql:
    expand:
      - sql: ALTER TABLE things ADD COLUMN b int, ALGORITHM=INSTANT
        done: select exists (select 1 from information_schema.COLUMNS where TABLE_SCHEMA = database() and TABLE_NAME = 'things' and COLUMN_NAME = 'b')
    undo: [ALTER TABLE things DROP COLUMN b]
    contract:
      - sql: DROP TABLE leftovers
        done: select not exists (select 1 from information_schema.TABLES where TABLE_SCHEMA = database() and TABLE_NAME = 'leftovers')
    requires_checkpoint: the version that knows no leftovers`,
  old: one('a'),
  fresh: one('a'),
})

const rules: readonly Traffic[] = [
  unnoticed('set_required', table('a varchar(40)'), 'set_required: { table: things, column: a }'),
  unnoticed('drop_required', table('a varchar(40) NOT NULL'), 'drop_required: { table: things, column: a }'),
  unnoticed(
    'set_default',
    table('a varchar(40)'),
    'set_default: { table: things, column: note, default: x }',
  ),
  unnoticed(
    'drop_default',
    table('a varchar(40), b int DEFAULT 7'),
    'drop_default: { table: things, column: b }',
  ),
  unnoticed('add_index', table('a varchar(40)'), 'add_index: { table: things, columns: [a] }'),
  unnoticed(
    'drop_index',
    table('a varchar(40)', 'CREATE INDEX by_a ON things (a)'),
    'drop_index: { name: by_a }',
  ),
  unnoticed(
    'rename_index',
    table('a varchar(40)', 'CREATE INDEX by_a ON things (a)'),
    'rename_index: { from: by_a, to: things_by_a }',
  ),
  unnoticed('add_unique', table('a varchar(40)'), 'add_unique: { table: things, columns: [a] }'),
  unnoticed(
    'drop_constraint',
    table('a varchar(40), CONSTRAINT a_once UNIQUE (a)'),
    'drop_constraint: { table: things, name: a_once }',
  ),
  unnoticed(
    'rename_constraint',
    table('a varchar(40), CONSTRAINT a_once UNIQUE (a)'),
    'rename_constraint: { table: things, from: a_once, to: a_one }',
  ),
  unnoticed(
    'set_comment',
    table('a varchar(40)'),
    'set_comment: { table: things, column: a, comment: what it is }',
  ),
]

const checks = unnoticed(
  'add_check',
  table('a varchar(40)'),
  'add_check: { table: things, name: long_enough, sql: length(a) > 1 }',
)

/** Every intent of SQL that this server has, each with two versions of the application. */
export function trafficOf({ dialect, number }: Place): readonly Traffic[] {
  const isPostgres = dialect === 'postgres'
  return [
    ...[renames, splits, merges, ...retypes, recodes, recodesTo, fills, drops, requires, backfills],
    ...rules,
    statements(dialect),
    ...(isPostgres && number < 180_000 ? [] : [generates]),
    ...(dialect === 'mariadb' ? [] : [keysOf(dialect)]),
    computes,
    ...(isPostgres ? [numbers, checks] : []),
  ]
}
