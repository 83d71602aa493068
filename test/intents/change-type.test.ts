import { describe, expect, it } from 'vitest'
import { insteadOf } from '../../src/compiler/instead.ts'
import { actionsOf, stepsOf } from '../../src/program/actions.ts'
import type { Column, Constraint, Table } from '../../src/schema/snapshot.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, index, primaryKey, snapshot, table } from '../support/snapshots.ts'

type Dialect = 'postgres' | 'mysql' | 'mariadb'

const MYSQL: Partial<Table> = { engine: 'InnoDB' }

function on(
  dialect: Dialect,
  type: string,
  { table: more = {}, column: own = {} }: { table?: Partial<Table>; column?: Partial<Column> } = {},
) {
  const key = primaryKey('users')
  const columns = [id(), column('age', type, own), column('full')]
  const rest = dialect === 'postgres' ? {} : MYSQL
  return snapshot({
    dialect,
    tables: [
      table('users', columns, {
        ...{ ...key, ...rest, ...more },
        indexes: [...key.indexes, ...(more.indexes ?? [])],
        constraints: [...key.constraints, ...(more.constraints ?? [])],
      }),
    ],
  })
}

const change = (more: string, rest = '') =>
  planOf(`change_type: { table: users, column: age, ${more} }`, rest)

const kinds = (text: string, database: ReturnType<typeof on>) =>
  actionsOf(compiled(text, database)).map((action) => action.do)

const outgoing = { schema: 'app', table: 'users', columns: ['age'] }
const key = { name: 'k', definition: '', validated: true, comment: null, from: outgoing }
const check: Constraint = {
  ...{ name: 'adult', kind: 'check', definition: "CHECK ((age ~ '^[0-9]+$'::text))", columns: ['age'] },
  ...{ validated: true, deferrable: false, deferred: false, index: null, comment: null },
}

describe('a change of a type under its own name', () => {
  it('swaps two columns in the transaction in which the triggers follow, where there are such transactions', () => {
    const { phases } = compiled(change('to: bigint'), on('postgres', 'integer'))
    const contract = phases.find(({ phase }) => phase === 'contract')
    expect(contract?.steps[0]?.parts.map(({ action }) => action.do)).toEqual(['swap_columns', 'replace_sync'])
    expect(contract?.steps[0]?.reversible).toBe(true)
    expect(contract?.steps[1]?.reversible).toBe(false)
  })

  it.each(['mysql', 'mariadb'] as const)(
    'swaps them in one statement on %s, and its triggers know both orders',
    (dialect) => {
      const program = compiled(change('to: bigint'), on(dialect, 'int'))
      const contract = program.phases.find(({ phase }) => phase === 'contract')
      const swap = contract?.steps[0]?.parts[0]?.written
      expect(contract?.steps[0]?.parts.map(({ action }) => action.do)).toEqual(['swap_columns'])
      expect(swap).toMatchObject({
        statements: [
          expect.stringMatching(/RENAME COLUMN .*, RENAME COLUMN .* TO `age`, ALGORITHM=\w+, LOCK=NONE$/),
        ],
      })
      expect(kinds(change('to: bigint'), on(dialect, 'int')).slice(0, 4)).toEqual([
        ...['add_column', 'reserve_names', 'install_sync', 'release_names'],
      ])
      expect(JSON.stringify(program)).toContain('EXIT HANDLER FOR 1054')
    },
  )

  it.each<[string, string, Parameters<typeof on>[2], string]>([
    [
      'a column of the primary key',
      'to: text',
      {
        table: { constraints: primaryKey('users').constraints.map((one) => ({ ...one, columns: ['age'] })) },
      },
      'is part of the primary key',
    ],
    [
      'a column of a foreign key',
      'to: text',
      { table: { foreignKeys: [{ ...key, to: { schema: 'app', table: 'ages', columns: ['id'] } }] } },
      'is part of the foreign key k',
    ],
    [
      'a referenced column',
      'to: text',
      { table: { referencedBy: [{ ...key, to: outgoing }] } },
      'is referenced by app.users (k)',
    ],
    [
      'an index with an expression over the old type',
      'to: text',
      {
        table: {
          indexes: [
            index('users', 'half', ['age'], {
              key: null,
              definition: 'CREATE INDEX half ON app.users USING btree ((age / 2))',
            }),
          ],
        },
      },
      'the index half of app.users cannot stay as it is',
    ],
    ['the type that it has', 'to: int4', {}, 'is integer already'],
    ['values of other columns', 'to: text, using: { sql: "id + age" }', {}, 'age cannot be made from id'],
    ['values that read nothing', 'to: text, using: { sql: "\'x\'" }', {}, 'does not read age'],
    [
      'an own expression that may fail, without an answer',
      'to: date, using: { sql: "age::text::date" }',
      {},
      'may fail for some value',
    ],
    ['a smaller type without an answer', 'to: smallint', {}, 'may fail for some value'],
    [
      'a default that only the server could convert',
      'to: text, using: { sql: "age::text" }',
      { column: { default: { sql: '0', volatile: false } } },
      'cannot be told what that is as text',
    ],
    [
      'a required column with a rule that a neutral value may break',
      'to: bigint',
      {
        column: { notNull: true },
        table: { indexes: [index('users', 'by_age', ['age'], { unique: true })] },
      },
      'by_age may refuse whatever else is put there',
    ],
  ])('is refused for %s', (_, more, own, why) => {
    const [finding] = findingsOf(change(more), on('postgres', 'integer', own))
    expect(finding?.message).toContain(why)
    expect(finding?.hint).toMatch(/\w+/)
  })

  it('is refused for a CHECK that is written for the old type', () => {
    const text = change('to: integer, unparsed: null')
    expect(findingsOf(text, on('postgres', 'text', { table: { constraints: [check] } }))).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining('the check adult') },
    ])
  })

  it('is refused with sync: application, which cannot write two columns of one name', () => {
    expect(findingsOf(change('to: bigint', 'sync: application\n'), on('postgres', 'integer'))).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining('keeps its name') },
    ])
  })

  it('keeps a value that the old type cannot hold out of the way of clients, and says so', () => {
    const { warnings } = compiled(
      change('to: bigint'),
      on('postgres', 'integer', { column: { notNull: true } }),
    )
    expect(warnings).toContainEqual(expect.stringContaining('a value of age that is no integer is 0'))
  })

  it('carries a constant default over, as what it is in the new type', () => {
    const text = { column: { default: { sql: "'7'::text", volatile: false } } }
    const database = on('postgres', 'text', text)
    const given = actionsOf(compiled(change('to: integer, unparsed: fail'), database)).find(
      (action) => action.do === 'set_default',
    )
    expect(given).toMatchObject({ default: "'7'" })
  })

  it.each<[Dialect, string, string, Partial<Column>]>([
    ['postgres', 'character varying(50)', 'varchar(100)', {}],
    ['postgres', 'character varying(50)', 'text', {}],
    ['postgres', 'numeric(10,2)', 'numeric(14,2)', {}],
    ['postgres', 'timestamp(3) without time zone', 'timestamp(6)', {}],
    ['postgres', 'bit varying(8)', 'bit varying(16)', {}],
    ['postgres', 'cidr', 'inet', {}],
    ['mysql', 'varbinary(50)', 'varbinary(60)', { definition: 'varbinary(50) DEFAULT NULL' }],
    ['mysql', "set('a','b')", "set('a','b','c')", { definition: "set('a','b') DEFAULT NULL" }],
    [
      'mysql',
      'varchar(50)',
      'varchar(60)',
      { notNull: true, definition: "varchar(50) NOT NULL COMMENT 'x'" },
    ],
    ['mariadb', 'varchar(100)', 'varchar(200)', { definition: 'varchar(100) DEFAULT NULL' }],
    ['mysql', "enum('a','b')", "enum('a','b','c')", { definition: "enum('a','b') DEFAULT NULL" }],
  ])(
    'only changes the catalogue of %s from %s to %s, behind the checkpoint and for good',
    (dialect, from, to, own) => {
      const { phases } = compiled(change(`to: "${to}"`), on(dialect, from, { column: own }))
      expect(phases.map(({ phase }) => phase)).toEqual(['contract'])
      expect(phases[0]?.steps).toMatchObject([
        { reversible: false, parts: [{ action: { do: 'alter_type' } }] },
      ])
    },
  )

  it.each([
    ['timestamp without time zone', 'to: timestamptz'],
    ['timestamp without time zone', `to: timestamptz, using: { sql: "age AT TIME ZONE 'UTC'" }`],
    ['timestamp with time zone', `to: timestamp, using: { sql: "(age at time zone 'UTC')" }`],
  ])('gives %s its other form by the catalogue alone, and back: %s', (from, to) => {
    const program = compiled(change(to), on('postgres', from))
    const [phase, ...others] = program.phases
    expect(others).toEqual([])
    expect(phase?.steps).toMatchObject([{ reversible: true, parts: [{ action: { do: 'alter_type' } }] }])
    const undo = phase?.steps[0]?.parts[0]?.written.undo
    expect(undo).toEqual([
      "SET LOCAL TimeZone = 'UTC'",
      `ALTER TABLE "app"."users" ALTER COLUMN "age" TYPE ${from}`,
    ])
    expect(program.warnings).toContainEqual(expect.stringContaining('a client whose TimeZone is not UTC'))
  })

  it.each([
    [
      'another zone',
      `to: timestamptz, using: { sql: "age AT TIME ZONE 'Europe/Paris'" }, unparsed: fail`,
      {},
    ],
    [
      'an index',
      'to: timestamptz, unparsed: fail',
      { table: { indexes: [index('users', 'by_age', ['age'])] } },
    ],
  ])('gives a time its zone by a second column with %s', (_, to, own) => {
    expect(kinds(change(to), on('postgres', 'timestamp without time zone', own))).toContain('swap_columns')
  })

  it.each<[string, Dialect, string, string, Parameters<typeof on>[2], string]>([
    ['a rewrite', 'postgres', 'integer', 'bigint', {}, 'would write each row anew'],
    [
      'a check',
      ...(['postgres', 'character varying(50)', 'varchar(100)'] as const),
      { table: { constraints: [{ ...check, definition: "CHECK (((age)::text <> ''::text))" }] } },
      'the server would try adult on all rows',
    ],
    [
      'a copy',
      ...(['mysql', 'varchar(50)', 'varchar(100)'] as const),
      { column: { definition: 'varchar(50) DEFAULT NULL' } },
      'the length of a text takes two bytes',
    ],
  ])('says why the column is not changed where it stands: %s', (_, dialect, from, to, own, why) => {
    const program = compiled(change(`to: ${to}`), on(dialect, from, own))
    const swap = stepsOf(program).find(({ parts }) => parts[0]?.action.do === 'swap_columns')
    expect(swap && insteadOf(swap, program.engine)).toContainEqual(expect.stringContaining(why))
  })

  it.each<[Dialect, string, string, Parameters<typeof on>[2]]>([
    ['postgres', 'character varying(50)', 'varchar(20), unparsed: fail', {}],
    [
      'postgres',
      'character varying(50)',
      'varchar(100)',
      { table: { constraints: [{ ...check, definition: "CHECK (((age)::text <> ''::text))" }] } },
    ],
    ['postgres', 'numeric(10,2)', 'numeric(14,4)', {}],
    ['mysql', 'varchar(50)', 'varchar(100)', { column: { definition: 'varchar(50) DEFAULT NULL' } }],
    ['mariadb', "enum('a','b')", "enum('b','a')", { column: { definition: "enum('a','b') DEFAULT NULL" } }],
  ])('takes a second column on %s from %s to %s', (dialect, from, to, own) => {
    const [type, ...rest] = to.split(', ')
    const map = /^enum/.test(from) ? ', using: { column: age }, back: { column: age }, unparsed: fail' : ''
    const text = /^enum/.test(from)
      ? change(`to: "${to}"${map}`)
      : change(`to: "${type}"${rest.map((one) => `, ${one}`).join('')}`)
    expect(kinds(text, on(dialect, from, own))).toContain('swap_columns')
  })
})

describe('a list of words', () => {
  const types = [{ schema: 'app', name: 'mood', ordered: true, words: ['sad', 'fine'] }]
  const listed = (own: Parameters<typeof on>[2] = {}) => ({ ...on('postgres', 'app.mood', own), types })
  const mysql = on('mysql', "enum('sad','fine')", {
    column: { definition: "enum('sad','fine') DEFAULT NULL" },
  })
  const words = (text: string) => change(`words: ${text}`)

  it('gets words for good where it is a type of its own, and other columns of it are named', () => {
    const other = { ...listed(), tables: [...listed().tables, table('pets', [column('mood', 'app.mood')])] }
    const program = compiled(words('{ add: [great, { word: so-so, after: sad }] }'), other)
    expect(program.phases.map(({ phase }) => phase)).toEqual(['contract'])
    expect(program.phases[0]?.steps).toMatchObject([
      {
        reversible: false,
        parts: [
          {
            written: {
              statements: [
                `ALTER TYPE "app"."mood" ADD VALUE IF NOT EXISTS 'great'`,
                `ALTER TYPE "app"."mood" ADD VALUE IF NOT EXISTS 'so-so' AFTER 'sad'`,
              ],
            },
          },
        ],
      },
    ])
    expect(program.warnings).toContainEqual(expect.stringContaining('for good'))
    expect(program.warnings).toContainEqual(expect.stringContaining('pets.mood may hold'))
  })

  it.each(['{ rename: { sad: blue } }', '{ remove: [sad] }', '{ remove: [sad], add: [great] }'])(
    'of its own type is refused with two plans that do it: %s',
    (text) => {
      const [finding] = findingsOf(words(text), listed())
      expect(finding?.code).toBe('PLAN_UNSUPPORTED')
      expect(finding?.hint).toMatch(/run_sql: .*CREATE TYPE .* Then: change_type: .*cases.*else: error/)
    },
  )

  it('gets words at the end in the catalogue where it stands with the column, and else a second column', () => {
    expect(kinds(words('{ add: [great] }'), mysql)).toEqual(['alter_type'])
    for (const text of [
      '{ add: [{ word: x, before: sad }] }',
      '{ rename: { sad: blue } }',
      '{ remove: [sad] }',
    ])
      expect(kinds(words(text), mysql), text).toEqual(expect.arrayContaining(['try_rows', 'swap_columns']))
    const explained = compiled(words('{ remove: [sad] }'), mysql)
    const swap = stepsOf(explained).find(({ parts }) => parts[0]?.action.do === 'swap_columns')
    expect(swap && insteadOf(swap, explained.engine)).toContainEqual(
      expect.stringContaining('a row holds the place of its word in the list'),
    )
  })

  it('is compared with a whole one word by word', () => {
    expect(kinds(change(`to: "enum('sad','so-so','fine')"`), mysql)).toContain('swap_columns')
    expect(kinds(change(`to: "enum('sad','fine','great')"`), mysql)).toEqual(['alter_type'])
  })

  it.each([
    ['{ add: [sad] }', 'would have sad twice', 'another word'],
    ['{ rename: { sat: x } }', 'has no word sat', 'did you mean sad?'],
    ['{ remove: [unheard-of] }', 'has no word unheard-of', 'it has: sad, fine'],
    ['{ remove: [sad, fine] }', 'would be empty', 'leave a word'],
    ['{ rename: { sad: x }, remove: [sad] }', 'both renamed and removed', 'one of the two'],
    ['{ add: [{ word: x, before: nope }] }', 'has no word nope', 'it has: sad, fine'],
    ['{ add: [{ word: x, before: sad, after: fine }] }', 'placed twice', 'before or after'],
    ['{}', 'no word is added', 'write add'],
  ])('is refused for %s', (text, why, hint) => {
    for (const database of [listed(), mysql])
      expect(findingsOf(words(text), database)).toMatchObject([
        { message: expect.stringContaining(why), hint: expect.stringContaining(hint) },
      ])
  })

  it('cannot lose a word where a value holds several', () => {
    const set = on('mysql', "set('sad','fine')", { column: { definition: "set('sad','fine') DEFAULT NULL" } })
    expect(kinds(words('{ add: [great] }'), set)).toEqual(['alter_type'])
    expect(findingsOf(words('{ remove: [sad] }'), set)).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining('holds several words') },
    ])
  })

  it('is what no other type is, and a type is given once', () => {
    expect(findingsOf(words('{ add: [x] }'), on('postgres', 'text'))).toMatchObject([
      { message: expect.stringContaining('is no list of words') },
    ])
    expect(() => compiled(change('to: text, words: { add: [x] }'), mysql)).toThrow('given twice')
    expect(() => compiled(change('unparsed: fail'), mysql)).toThrow('a type is missing')
    expect(() => compiled(change('words: { add: [x] }, using: { column: age }'), mysql)).toThrow(
      'words tell how',
    )
  })
})

it('another collation is refused by name where there is no way for it, and a second column elsewhere', () => {
  expect(findingsOf(change(`to: 'text COLLATE "C"'`), on('postgres', 'text'))).toMatchObject([
    { message: expect.stringContaining('another collation'), hint: expect.stringContaining('run_sql') },
  ])
  const own = { column: { definition: 'varchar(20) DEFAULT NULL', collation: 'utf8mb4_bin' } }
  const text = change('to: varchar(20) collate utf8mb4_general_ci, unparsed: fail')
  expect(kinds(text, on('mysql', 'varchar(20)', own))).toContain('swap_columns')
})

it.each([
  ['varchar(100)', {}, 'alter_type'],
  ['varchar(70)', {}, 'swap_columns'],
  [
    'varchar(100)',
    { indexes: [index('users', 'by_age', ['age'], { definition: 'KEY `by_age` (`age`)' })] },
    'swap_columns',
  ],
] as const)(
  '%s of three bytes a character gets four in the catalogue where rows and indexes stay',
  (type, table, does) => {
    const own = { definition: `${type} CHARACTER SET utf8mb3 COLLATE utf8mb3_bin NOT NULL`, notNull: true }
    const database = on('mysql', type, { table, column: { ...own, collation: 'utf8mb3_bin' } })
    const text = change(`to: "${type} character set utf8mb4 collate utf8mb4_bin"`, '')
    const program = compiled(text, database)
    expect(actionsOf(program).map((action) => action.do)).toContain(does)
    if (does === 'alter_type')
      expect(JSON.stringify(program)).toContain(
        `MODIFY COLUMN \`age\` ${type} character set utf8mb4 collate utf8mb4_bin NOT NULL, ALGORITHM=INPLACE`,
      )
  },
)

it('a value of another intent cannot be made from a column that changes under its name', () => {
  const both = change('to: bigint', '').replace(
    'intents:\n',
    'intents:\n  - add_column: { table: users, column: twice, type: bigint, fill: { column: age } }\n',
  )
  expect(findingsOf(both, on('postgres', 'integer'))).toMatchObject([
    { code: 'PLAN_INVALID', message: expect.stringContaining('a value is made from age of users') },
  ])
})

describe('a recoding', () => {
  const recode = (more: string) => planOf(`recode: { table: users, column: age, ${more} }`)

  it('goes back by the same list, read backwards', () => {
    const program = compiled(recode('cases: { a: b, b: a }, else: keep'), on('postgres', 'text'))
    expect(kinds(recode('cases: { a: b, b: a }, else: keep'), on('postgres', 'text'))).toContain(
      'swap_columns',
    )
    expect(JSON.stringify(program)).toMatch(/WHEN 'b' THEN 'a' WHEN 'a' THEN 'b'/)
  })

  it('keeps a second column in step under a new name, and drops the old one in the end', () => {
    const text = recode('cases: { a: x }, to: years, else: keep')
    const by = index('users', 'by_age', ['age'])
    const program = compiled(text, on('postgres', 'text', { table: { indexes: [by] } }))
    const done = actionsOf(program).map((action) => action.do)
    expect(done).toEqual(
      expect.arrayContaining(['add_column', 'create_index', 'drop_column', 'rename_index']),
    )
    expect(done).not.toContain('swap_columns')
    const all = JSON.stringify(program)
    expect(all).toContain(`WHEN 'a' THEN 'x'`)
    expect(all).toContain(`WHEN 'x' THEN 'a'`)
  })

  it('leaves both columns to an application that writes them itself, where the name is a new one', () => {
    const text = planOf(
      'recode: { table: users, column: age, cases: { a: x }, to: years }',
      'sync: application\n',
    )
    expect(compiled(text, on('postgres', 'text')).checkpoints.map(({ id }) => id)).toContain('dual-write')
  })

  const named = (definition: string) => ({ ...check, definition })
  const part = (condition: string) =>
    index('users', 'few', ['age'], {
      partial: true,
      definition: `CREATE INDEX few ON app.users USING btree (age) WHERE (${condition})`,
    })

  it.each([
    ['a CHECK of the old values', { constraints: [named("CHECK ((age = 'a'::text))")] }, 'check adult'],
    ['an index of some old values', { indexes: [part("age = 'a'::text")] }, 'index few'],
  ])('is refused for %s', (_, table, what) => {
    for (const more of ['', ', to: years']) {
      const found = findingsOf(recode(`cases: { a: x }${more}`), on('postgres', 'text', { table }))
      expect(found).toMatchObject([{ message: expect.stringContaining(`the ${what} of app.users has`) }])
    }
  })

  it('carries a rule and an index over that only ask whether there is a value', () => {
    const table = {
      constraints: [named('CHECK ((age IS NOT NULL))')],
      indexes: [part('age IS NOT NULL')],
    }
    expect(findingsOf(recode('cases: { a: x }'), on('postgres', 'text', { table }))).toEqual([])
  })

  it.each([
    ['two values that become the same', 'cases: { a: x, b: x }', 'a and b both become x'],
    ['no case', 'cases: {}', 'there is no case'],
    ['a name that is taken', 'cases: { a: x }, to: full', 'already has a column full'],
    ['kept values of another type', 'cases: { a: 1 }, to_type: integer, else: keep', 'cannot be kept'],
    ['a constant that the new type cannot hold', 'cases: { a: x }, to_type: integer', '"x" is no integer'],
  ])('is refused for %s', (_, more, why) => {
    const [finding] = findingsOf(recode(more), on('postgres', 'text'))
    expect(finding?.message).toContain(why)
    expect(finding?.hint).toMatch(/\w+/)
  })
})
