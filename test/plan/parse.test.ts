import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePlan } from '../../src/plan/parse.ts'
import type { Plan, PlanSource } from '../../src/plan/plan.ts'

const HEAD = 'version: 1\nname: a\n'
const RENAME = '  - rename_column: { table: users, from: last_name, to: family_name }\n'
const GOOD = `${HEAD}intents:\n${RENAME}`

/** A plan whose only intent is written on line 4, from column 5 on. */
const intent = (flow: string): string => `${HEAD}intents:\n  - ${flow}\n`
/** A plan whose only intent fills a column; the value is written on line 4, from column 62 on. */
const filled = (flow: string): string =>
  intent(`add_column: { table: users, column: c, type: text, fill: ${flow} }`)

function parsed(text: string): { plan: Plan; source: PlanSource } {
  const result = parsePlan('p.yaml', text)
  if ('findings' in result) throw new Error(JSON.stringify(result.findings, null, 2))
  return result
}

const fields = (text: string): unknown => parsed(text).plan.intents[0]?.fields

/** `line:column CODE message | hint`, one for each finding. */
function findings(text: string): string[] {
  const result = parsePlan('p.yaml', text)
  if ('plan' in result) return []
  return result.findings.map(({ at, code, message, hint }) => {
    const place = `${at?.line}:${at?.column}`
    return code === 'PLAN_INVALID' ? `${place} ${message} | ${hint}` : `${place} ${code} ${message} | ${hint}`
  })
}

/** All intents, in the order of the catalogue. */
const BUILT = [
  ...['rename_column', 'add_column', 'split_column'],
  ...['rename_field', 'add_field', 'drop_field', 'change_field_type', 'split_field', 'merge_fields'],
  ...['restructure_field', 'add_index', 'drop_index', 'set_validator', 'rename_collection'],
].join(', ')

describe('a plan', () => {
  it('is complete where the author left things out', () => {
    expect(parsed(GOOD).plan).toEqual({
      version: 1,
      name: 'a',
      description: null,
      owners: [],
      database: null,
      onConflict: 'error',
      invisible: false,
      intents: [
        {
          kind: 'rename_column',
          fields: {
            table: { schema: null, table: 'users' },
            from: 'last_name',
            to: 'family_name',
            via: 'column',
          },
          path: ['intents', 0, 'rename_column'],
        },
      ],
      backfill: {
        batch: { rows: 1000, target: 250, maxRows: 50_000 },
        workers: 1,
        duty: 1,
        window: [],
        limits: { maxLag: null, maxRunning: null, maxHistory: null, maxBlocked: null },
        quiet: null,
        onError: 'stop',
      },
      sync: null,
      checkpoints: {},
      invariants: [],
      contract: { hold: null, archive: false },
    })
  })

  it('has everything the author wrote', () => {
    const { plan } = parsed(`${GOOD}description: what for
owners: [team-identity]
database: main
sync: triggers
on_conflict: new
backfill:
  batch: { rows: 10, target: 2s, max_rows: 20 }
  workers: 1
  throttle: { duty: 0.5 }
checkpoints:
  switch-app:
    describe: deploy
    soak: 24h
    require: [evidence]
    probes:
      - http: { url: 'https://a/version', json: $.version, at_least: 2.10 }
      - sql: { query: select 0, equals: 0 }
      - command: { run: ./old.sh, equals: "0" }
invariants:
  - { name: no-empty, sql: select id, expect: none, sample: 0 }
  - { name: other, sql: select id }
contract: { hold: 7d, archive: false }
`)
    expect(plan).toMatchObject({
      description: 'what for',
      owners: ['team-identity'],
      database: 'main',
      onConflict: 'new',
      backfill: { batch: { rows: 10, target: 2000, maxRows: 20 }, duty: 0.5 },
      invariants: [
        { name: 'no-empty', sql: 'select id', sample: 0 },
        { name: 'other', sql: 'select id', sample: 5 },
      ],
      contract: { hold: 604_800_000 },
    })
    expect(plan.checkpoints).toEqual({
      'switch-app': {
        describe: 'deploy',
        soak: 86_400_000,
        require: ['evidence'],
        probes: [
          // 2.10 looks like a number, and as one would be 2.1.
          {
            http: {
              url: 'https://a/version',
              allowLocalLink: false,
              json: '$.version',
              atLeast: '2.10',
              equals: null,
            },
          },
          { sql: { query: 'select 0', equals: '0', runs: '' } },
          { command: { run: './old.sh', equals: '0' } },
        ],
      },
    })
  })

  it('survives a JSON round trip', () => {
    const { plan } = parsed(GOOD)
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  })

  it.each(readdirSync('plans').filter((name) => name.endsWith('.yaml')))(
    'in plans/%s is one, named as its file',
    (name) => {
      const { plan } = parsed(readFileSync(join('plans', name), 'utf8'))
      expect(`${plan.name}.yaml`).toBe(name)
    },
  )
})

describe('a table', () => {
  it.each([
    ['users', { schema: null, table: 'users' }],
    ['app.users', { schema: 'app', table: 'users' }],
    ['{ table: a.b.c }', { schema: null, table: 'a.b.c' }],
    ['{ schema: app, table: users }', { schema: 'app', table: 'users' }],
  ])('is written as %s', (written, table) => {
    expect(fields(intent(`rename_column: { table: ${written}, from: a, to: b }`))).toMatchObject({ table })
  })

  it.each(['a.b.c', '.users', 'app.', "''"])('is not written as %s', (written) => {
    expect(findings(intent(`rename_column: { table: ${written}, from: a, to: b }`))).toEqual([
      expect.stringMatching(
        /^4:29 expected a table name, found ".*" \| write users, app\.users, or \{ schema/,
      ),
    ])
  })
})

describe('an add_column', () => {
  it('has its switches off and the rest absent when they are not written', () => {
    expect(fields(intent('add_column: { table: users, column: c, type: text }'))).toEqual({
      table: { schema: null, table: 'users' },
      column: 'c',
      type: 'text',
      required: false,
      unique: false,
      index: false,
    })
  })

  it.each([
    ['active', 'active'],
    ['"5"', '5'],
    ['5', 5],
    ['true', true],
    ['null', null],
    ['2024-01-01', '2024-01-01'],
    ['{ sql: now() }', { sql: 'now()' }],
  ])('takes the default %s', (written, expected) => {
    const text = intent(`add_column: { table: users, column: c, type: text, default: ${written} }`)
    expect(fields(text)).toMatchObject({ default: expected })
  })

  it('says what is wrong with a default in a map', () => {
    expect(
      findings(intent('add_column: { table: users, column: c, type: text, default: { sq: now() } }')),
    ).toEqual(['4:65 missing key "sql" | add sql: a string', '4:67 unknown key "sq" | did you mean sql?'])
  })

  it('takes a reference and a check', () => {
    const text =
      'add_column: { table: u, column: c, type: int, references: { table: app.t, column: id }, check: c > 0 }'
    expect(fields(intent(text))).toMatchObject({
      references: { table: { schema: 'app', table: 't' }, column: 'id' },
      check: 'c > 0',
    })
  })
})

describe('a value', () => {
  it.each([
    ['{ column: a }', { column: 'a' }],
    ['{ literal: null }', { literal: null }],
    ['{ sql: a || b }', { sql: 'a || b' }],
    [
      '{ split: { column: a, separator: " ", part: rest } }',
      { split: { column: 'a', separator: ' ', part: 'rest' } },
    ],
    [
      '{ split: { column: a, separator: ",", part: 2 } }',
      { split: { column: 'a', separator: ',', part: 2 } },
    ],
    ['{ concat: { columns: [a, b], separator: "" } }', { concat: { columns: ['a', 'b'], separator: '' } }],
    ['{ map: { column: a, cases: { x: 1 } } }', { map: { column: 'a', cases: { x: 1 }, else: 'error' } }],
    ['{ map: { column: a, cases: {}, else: null } }', { map: { column: 'a', cases: {}, else: 'null' } }],
    [
      '{ map: { column: a, cases: {}, else: { literal: 1 } } }',
      { map: { column: 'a', cases: {}, else: { literal: 1 } } },
    ],
    ['{ cast: { column: a, to: int } }', { cast: { column: 'a', to: 'int' } }],
    ['{ lower: { column: a } }', { lower: { column: 'a' } }],
    ['{ upper: { column: a } }', { upper: { column: 'a' } }],
    ['{ trim: { column: a } }', { trim: { column: 'a' } }],
    ['{ now: true }', { now: true }],
    ['{ uuid: true }', { uuid: true }],
  ])('is written as %s', (written, value) => {
    expect(fields(filled(written))).toMatchObject({ fill: value })
  })

  it('keeps the cases of a mapping as they are written, so that 01 and 1 differ', () => {
    const text = filled('{ map: { column: a, cases: { 01: x, 1: y, true: z, null: n } } }')
    expect(fields(text)).toMatchObject({
      fill: { map: { cases: { '01': 'x', '1': 'y', true: 'z', null: 'n' } } },
    })
  })

  const KINDS = 'column, literal, sql, pipeline, split, concat, map, cast, lower, upper, trim, now, uuid'
  it.each([
    ['{ colum: a }', '64 unknown value "colum" | did you mean column?'],
    ['{ zzz: a }', `64 unknown value "zzz" | allowed here: ${KINDS}`],
    ['{}', `62 expected exactly one value, found none | write one of: ${KINDS}`],
    [
      '{ column: a, now: true }',
      `62 expected exactly one value, found "column" and "now" | write one of: ${KINDS}`,
    ],
    ['a', `62 expected a value, found a string | write one of: ${KINDS}`],
    ['{ column: 5 }', '72 expected a name, found a number | put it in quotes: "5"'],
    ['{ now: false }', '69 expected true, found false | write true'],
    [
      '{ lower: { colum: a } }',
      '71 missing key "column" | add column: a name',
      '73 unknown key "colum" | did you mean column?',
    ],
    [
      '{ concat: { columns: [], separator: x } }',
      '83 expected a list of at least one column, found an empty list | write a list of at least one column',
    ],
    [
      '{ split: { column: a, separator: x, part: 0 } }',
      '104 expected a whole number of at least 1, found 0 | write a whole number of at least 1',
    ],
    [
      '{ split: { column: a, separator: x, part: lst } }',
      '104 expected first, rest, last or the number of a part, counted from 1, found "lst" | did you mean last?',
    ],
    [
      '{ map: { column: a, cases: {}, else: { lit: 1 } } }',
      '99 missing key "literal" | add literal: a string, a number, true or false or null',
      '101 unknown key "lit" | allowed here: literal',
    ],
  ])('is not written as %s', (written, ...expected) => {
    expect(findings(filled(written))).toEqual(expected.map((one) => `4:${one}`))
  })
})

describe('a finding stands where a person has to change something', () => {
  it.each([
    ['an unknown key', `${GOOD}backfil: {}\n`, '5:1 unknown key "backfil" | did you mean backfill?'],
    [
      'a missing key of the plan',
      `version: 1\nintents:\n${RENAME}`,
      '1:1 missing key "name" | add name: a string',
    ],
    [
      'a missing key of an intent',
      intent('rename_column: { table: users, from: a }'),
      '4:20 missing key "to" | add to: a name',
    ],
    [
      'a missing key of a map in lines',
      `${HEAD}intents:\n  - rename_column:\n      table: users\n      to: b\n`,
      '5:7 missing key "from" | add from: a name',
    ],
    [
      'an unknown intent',
      intent('rename_colum: {}'),
      '4:5 unknown intent "rename_colum" | did you mean rename_column?',
    ],
    ['an intent like no other', intent('zzz: {}'), `4:5 unknown intent "zzz" | allowed here: ${BUILT}`],
    [
      'an intent that is no map',
      intent('rename_column'),
      `4:5 expected an intent, found a string | write one of: ${BUILT}`,
    ],
    [
      'an intent without fields',
      intent('rename_column:'),
      '4:19 expected a map, found nothing | write a value after the colon, or take the key out',
    ],
    [
      'no intent',
      `${HEAD}intents: []\n`,
      '3:10 expected a list of at least one intent, found an empty list | write a list of at least one intent',
    ],
    [
      'a wrong type',
      `${GOOD}description: 5\n`,
      '5:14 expected a string, found a number | put it in quotes: "5"',
    ],
    ['a list for a map', `${GOOD}backfill: []\n`, '5:11 expected a map, found an empty list | write a map'],
    ['a string for a list', `${GOOD}owners: me\n`, '5:9 expected a list, found a string | write a list'],
    [
      'a string for a switch',
      intent('add_column: { table: t, column: c, type: text, required: yes }'),
      '4:62 expected true or false, found a string | write true or false',
    ],
    [
      'an empty name',
      intent("rename_column: { table: t, from: '', to: b }"),
      '4:38 expected a name, found an empty string | write a name',
    ],
    [
      'an empty text',
      `${GOOD}description: ''\n`,
      '5:14 expected some text, found an empty string | write some text',
    ],
    [
      'an empty key',
      intent(
        "split_column: { table: t, from: a, into: { '': { type: text, value: { now: true } } }, back: { column: a } }",
      ),
      '4:48 expected a name, found an empty key | write a name before the colon',
    ],
    [
      'nothing to split into',
      intent('split_column: { table: t, from: a, into: {}, back: { column: a } }'),
      '4:46 expected at least one column to split into | name each new column, with its type and value',
    ],
    [
      'a word that is not one',
      `${GOOD}on_conflict: nwe\n`,
      '5:14 expected error, new or old, found "nwe" | did you mean new?',
    ],
    [
      'a word like no other',
      `${GOOD}on_conflict: whatever\n`,
      '5:14 expected error, new or old, found "whatever" | allowed here: error, new, old',
    ],
    [
      'another version',
      GOOD.replace('1', '2'),
      '1:10 expected 1, found 2 | this tool reads version 1 of the format',
    ],
    [
      'a bad name',
      GOOD.replace('name: a', 'name: Add-X'),
      '2:7 "Add-X" cannot be the name of a plan | use lower-case letters, digits and hyphens, a letter first, at most 60 characters',
    ],
    [
      'a bad duration',
      `${GOOD}contract: { hold: 1 day }\n`,
      '5:19 expected a duration, found "1 day" | write a whole number and a unit: 250ms, 2s, 30m, 24h, 7d',
    ],
    [
      'a number for a duration',
      `${GOOD}contract: { hold: 5 }\n`,
      '5:19 expected a duration, found a number | write a whole number and a unit: 250ms, 2s, 30m, 24h, 7d',
    ],
    [
      'a batch without time',
      `${GOOD}backfill: { batch: { target: 0s } }\n`,
      '5:30 a batch needs some time | write a duration above zero: 250ms',
    ],
    [
      'a batch that starts too large',
      `${GOOD}backfill: { batch: { rows: 60000 } }\n`,
      '5:28 rows is more than max_rows | start with fewer rows, or allow more',
    ],
    [
      'half a row',
      `${GOOD}backfill: { batch: { rows: 1.5 } }\n`,
      '5:28 expected a whole number of at least 1, found 1.5 | write a whole number of at least 1',
    ],
    [
      'no worker',
      `${GOOD}backfill: { workers: 0 }\n`,
      '5:22 expected a whole number from 1 to 32, found 0 | write a whole number from 1 to 32',
    ],
    [
      'a duty of all time and more',
      `${GOOD}backfill: { throttle: { duty: 2 } }\n`,
      '5:31 expected a number above 0 and at most 1, found 2 | write a number above 0 and at most 1',
    ],
    [
      'an unknown checkpoint',
      `${GOOD}checkpoints: { switch-ap: {} }\n`,
      '5:16 unknown checkpoint "switch-ap" | did you mean switch-app?',
    ],
    [
      'an unknown probe',
      `${GOOD}checkpoints: { switch-app: { probes: [{ htp: {} }] } }\n`,
      '5:41 unknown probe "htp" | did you mean http?',
    ],
    [
      'a probe of no address',
      `${GOOD}checkpoints: { switch-app: { probes: [{ http: { url: a } }] } }\n`,
      '5:54 this address cannot be asked: it is no web address | write it as https://host/path',
    ],
    [
      'a probe that compares twice',
      `${GOOD}checkpoints: { switch-app: { probes: [{ http: { url: "http://a", equals: 1, at_least: 1 } }] } }\n`,
      '5:47 a probe compares with at_least or with equals, not with both | take one of them out',
    ],
    [
      'too large a sample',
      `${GOOD}invariants: [{ name: a, sql: b, sample: 101 }]\n`,
      '5:41 expected a whole number from 0 to 100, found 101 | write a whole number from 0 to 100',
    ],
    [
      'two invariants of one name',
      `${GOOD}invariants: [{ name: a, sql: b }, { name: a, sql: c }]\n`,
      '5:43 another invariant is called "a" | give each one a name of its own',
    ],
  ])('%s', (_, text, expected) => {
    expect(findings(text)).toEqual([expected])
  })

  it('all of them at once, from top to bottom', () => {
    const text = 'version: 2\nname: a\nowner: []\nintents:\n  - rename_column: { from: a, too: b }\n'
    expect(findings(text)).toEqual([
      '1:10 expected 1, found 2 | this tool reads version 1 of the format',
      '3:1 unknown key "owner" | did you mean owners?',
      '5:20 missing key "table" | add table: a table name',
      '5:20 missing key "to" | add to: a name',
      '5:31 unknown key "too" | did you mean to?',
    ])
  })

  it('names the file', () => {
    expect(parsePlan('dir/p.yaml', '')).toMatchObject({
      findings: [{ at: { file: 'dir/p.yaml', line: 1, column: 1 } }],
    })
  })

  it('also in the first line of a file with a byte order mark, and in one with Windows line ends', () => {
    expect(findings(`\uFEFFversion: 2${GOOD.slice(10)}`)[0]).toMatch(/^1:10 /)
    expect(findings(`${GOOD}backfil: {}\n`.replaceAll('\n', '\r\n'))).toEqual([
      '5:1 unknown key "backfil" | did you mean backfill?',
    ])
  })
})

describe('what the specification has and this version has not is refused by name', () => {
  const INTENTS = [
    ...['rename_table', 'drop_column', 'change_type', 'set_required', 'drop_required', 'set_default'],
    ...['merge_columns', 'move_columns', 'extract_table', 'recode', 'backfill', 'add_unique', 'add_check'],
    ...['add_foreign_key', 'drop_constraint', 'run_sql'],
  ]
  it.each(INTENTS)('the intent %s', (kind) => {
    expect(findings(intent(`${kind}: { table: users }`))).toEqual([
      `4:5 PLAN_NOT_BUILT ${kind} is not built yet | built are: ${BUILT}`,
    ])
  })

  it.each(['add_index', 'drop_index'])('the intent %s for a table, not for a collection', (kind) => {
    expect(findings(intent(`${kind}: { table: users }`))).toEqual([
      `4:5 PLAN_NOT_BUILT ${kind} is not built yet for SQL databases | for MongoDB write ${kind}: { collection: … }`,
    ])
    expect(findings(intent(`${kind}: { collection: users, fields: [a] }`)).join()).not.toContain('NOT_BUILT')
  })

  it.each(['module'])('the value %s', (kind) => {
    expect(findings(filled(`{ ${kind}: x }`))).toEqual([
      expect.stringMatching(
        new RegExp(`^4:64 PLAN_NOT_BUILT ${kind} is not built yet \\| built are: column, literal,`),
      ),
    ])
  })

  it.each([
    [
      'invariants: [{ name: a, sql: b, expect: some }]',
      '41',
      'expect: some is not built yet | write expect: none, or leave it out',
    ],
  ])('%s', (line, column, expected) => {
    expect(findings(`${GOOD}${line}\n`)).toEqual([`5:${column} PLAN_NOT_BUILT ${expected}`])
  })

  it('the view of a rename', () => {
    expect(findings(intent('rename_column: { table: t, from: a, to: b, via: view }'))).toEqual([
      '4:53 PLAN_NOT_BUILT via: view is not built yet | write via: column, or leave it out',
    ])
  })
})

describe('the text of a plan file', () => {
  it.each([
    ['nothing', '', '1:1 the file is empty | start with version, name and intents'],
    ['only a comment', '# soon\n', '1:1 the file is empty | start with version, name and intents'],
    ['no map', '- a\n', '1:1 expected a map, found a list | write a map'],
    [
      'a second document',
      `${GOOD}---\nname: b\n`,
      '5:1 a plan file holds one document | write each plan into a file of its own',
    ],
    ['a duplicate key', `${GOOD}name: b\n`, '5:1 duplicate key "name" | keep one of them'],
    [
      'a duplicate key, once in quotes',
      filled('{ map: { column: a, cases: { 1: x, "1": y } } }'),
      '4:97 duplicate key "1" | keep one of them',
    ],
    [
      'a tag',
      GOOD.replace('name: a', 'name: !x a'),
      '2:7 tags are not allowed in a plan | take out what starts with !',
    ],
    [
      'a tag that YAML knows',
      GOOD.replace('name: a', 'name: !!binary a'),
      '2:7 tags are not allowed in a plan | take out what starts with !',
    ],
    ['a tab', 'version: 1\nbackfill:\n\tbatch: 1\n', '3:1 tabs cannot indent YAML | indent with spaces'],
    ['a key that is a list', `${GOOD}? [a]\n: b\n`, '5:3 a key must be plain text | write it as key: value'],
    [
      'a key that JavaScript would swallow',
      `${GOOD}__proto__: {}\n`,
      '5:1 this key is not allowed | choose another name',
    ],
    [
      'an alias of nothing',
      `${GOOD}database: *x\n`,
      '5:11 nothing is called &x | write the value out in full',
    ],
    [
      'a number too long for a double',
      filled('{ literal: 12345678901234567890 }'),
      '4:73 the number 12345678901234567890 cannot be read exactly | put it in quotes',
    ],
    [
      'an endless number',
      filled('{ literal: .inf }'),
      '4:73 the number .inf cannot be read exactly | put it in quotes',
    ],
    [
      'brackets without end',
      '['.repeat(50_000),
      '1:1 the file is nested too deeply | is this the right file?',
    ],
    [
      'more than a megabyte',
      '#'.repeat(1_000_001),
      '1:1 the file is larger than 1 MB | a plan is a page of YAML; is this the right file?',
    ],
  ])('is refused: %s', (_, text, expected) => {
    expect(findings(text)).toEqual([expected])
  })

  it('that is no YAML is refused where it stops being YAML', () => {
    expect(findings('version: 1\nname: a: b\n')).toEqual([expect.stringMatching(/^2:7 nested mappings/)])
  })

  it('cannot multiply itself through aliases', () => {
    const levels = 'abcdefgh'
      .split('')
      .map((name, i, all) => `${name}: &${name} [${Array(9).fill(i ? `*${all[i - 1]}` : '1')}]`)
    expect(findings(levels.join('\n'))).toEqual([
      '1:1 the file repeats itself through too many aliases | write the values out in full',
    ])
  })

  it('may repeat itself through an alias, and findings point at what was written', () => {
    const fill = intent(
      'split_column: { table: &t app.users, from: a, into: { b: { type: &x 5, value: { now: true } } }, back: { cast: { column: *t, to: *x } } }',
    )
    expect(findings(fill)).toEqual([
      expect.stringMatching(/^4:\d+ expected a string, found a number/),
      expect.stringMatching(/^4:\d+ expected a string, found a number/),
    ])
  })

  it('does not turn into another format by a directive', () => {
    expect(fields(`%YAML 1.1\n---\n${filled('{ literal: yes }')}`)).toMatchObject({
      fill: { literal: 'yes' },
    })
  })

  it('does not bring control characters into a message', () => {
    expect(findings(`${GOOD}"\\e[31m\\u0085": 1\n`)[0]).toMatch(/^5:1 unknown key "\\u001b\[31m\\u0085" /)
  })
})

describe('the place of a value', () => {
  const { plan, source } = parsed(GOOD)
  const path = plan.intents[0]?.path ?? []

  it.each([
    ['the value', [...path, 'from'], 4, 42],
    ['the map, when the key is not written', [...path, 'via'], 4, 20],
    ['the intent', path, 4, 20],
    ['the plan', [], 1, 1],
    ['the deepest that is there', ['backfill', 'batch', 'rows'], 1, 1],
  ])('is that of %s', (_, at, line, column) => {
    expect(source.at(at)).toEqual({ file: 'p.yaml', line, column })
  })
})

describe('any text', () => {
  const words = fc.constantFrom(
    ...[
      'version: 1\n',
      'name: a\n',
      'intents:\n',
      '  - ',
      'rename_column',
      'table',
      ': ',
      '{ ',
      ' }',
      '[',
      ']',
      ', ',
    ],
    ...[
      'users',
      '&a ',
      '*a',
      '!!set ',
      '- ',
      '\n',
      '  ',
      '\t',
      '"',
      "'",
      '|',
      '>',
      '? ',
      '---\n',
      '%YAML 1.1\n',
      '#',
      '5',
    ],
    ...[
      '__proto__',
      '<<',
      'checkpoints',
      'switch-app',
      'backfill',
      'null',
      '\u0000',
      '\ud800',
      '.nan',
      '0x1',
      '~',
    ],
  )
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 40 }).map((all) => all.join('')),
    fc.array(words, { maxLength: 8 }).map((all) => `${GOOD}${all.join('')}`),
  )

  it('gives a plan or findings with a place, and never throws', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const result = parsePlan('p.yaml', text)
        if ('plan' in result) {
          expect(result.plan.name).toMatch(/^[a-z]/)
          return
        }
        expect(result.findings.length).toBeGreaterThan(0)
        for (const { at, message, hint } of result.findings) {
          expect(at?.line).toBeGreaterThan(0)
          expect(at?.column).toBeGreaterThan(0)
          expect(`${message} ${hint}`).not.toMatch(/undefined|Invalid|note \d|\[object/)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
