import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fields, filled, findings, GOOD, intent, parsed } from './parsing.ts'

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
      contract: { hold: null, archive: false, readonly: false },
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
    ["{ module: './a.js#b' }", { module: './a.js#b' }],
    ["{ module: { from: './a.js', reads: [a] } }", { module: { from: './a.js', reads: ['a'] } }],
  ])('is written as %s', (written, value) => {
    expect(fields(filled(written))).toMatchObject({ fill: value })
  })

  it('keeps the cases of a mapping as they are written, so that 01 and 1 differ', () => {
    const text = filled('{ map: { column: a, cases: { 01: x, 1: y, true: z, null: n } } }')
    expect(fields(text)).toMatchObject({
      fill: { map: { cases: { '01': 'x', '1': 'y', true: 'z', null: 'n' } } },
    })
  })

  const KINDS =
    'column, literal, coalesce, sql, pipeline, split, concat, map, cast, lower, upper, trim, now, uuid, module'
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
