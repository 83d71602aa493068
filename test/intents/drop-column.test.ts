import { describe, expect, it } from 'vitest'
import { stepsOf } from '../../src/program/actions.ts'
import type { Column, Table } from '../../src/schema/snapshot.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, index, snapshot, table } from '../support/snapshots.ts'
import { asStatements } from '../support/written.ts'

const NUMBERS = { postgres: 180004, mysql: 90704, mariadb: 101118 }
type Dialect = keyof typeof NUMBERS

const on = (dialect: Dialect, one: Column, more: Partial<Table> = {}) =>
  snapshot({
    dialect,
    server: { number: NUMBERS[dialect], version: '' },
    tables: [
      table('users', [id(), one, column('name', dialect === 'postgres' ? 'text' : 'varchar(9)')], more),
    ],
  })

const drop = (restore = '') => planOf(`drop_column: { table: users, column: code${restore} }`)
const CONSTANT = ', restore: { literal: none }'
const ROW = ', restore: { upper: { column: name } }'
const type = (dialect: Dialect) => (dialect === 'postgres' ? 'text' : 'varchar(9)')
const code = (dialect: Dialect, more: Partial<Column> = {}) =>
  column('code', type(dialect), { definition: 'varchar(9) NOT NULL', ...more })
const required = (dialect: Dialect) => code(dialect, { notNull: true })

/** The kinds of what expand does. */
const expanded = (text: string, at: ReturnType<typeof on>) =>
  stepsOf(compiled(text, at))
    .filter(({ phase }) => phase === 'expand')
    .flatMap(({ parts }) => parts.map(({ action }) => action.do))

describe('rows can be written without a column that goes', () => {
  it.each<[string, Dialect, Partial<Column>, string, string[]]>([
    ['an empty one', 'postgres', {}, '', []],
    ['an empty one', 'mysql', {}, '', []],
    [
      'one with a default',
      'postgres',
      { notNull: true, default: { sql: "''", volatile: false } },
      CONSTANT,
      [],
    ],
    ['a required one', 'postgres', { notNull: true }, '', ['allow_null']],
    ['a required one', 'mysql', { notNull: true }, '', ['set_default']],
    ['a required one', 'mariadb', { notNull: true }, '', ['set_default']],
    ['a required one with a constant', 'postgres', { notNull: true }, CONSTANT, ['set_default']],
    ['a required one with a constant', 'mysql', { notNull: true }, CONSTANT, ['set_default']],
    ['an empty one with a constant', 'mariadb', {}, CONSTANT, ['set_default']],
    ['an empty one with a value from the row', 'postgres', {}, ROW, ['install_sync']],
    [
      'a required one with a value from the row',
      'postgres',
      { notNull: true },
      ROW,
      ['allow_null', 'install_sync'],
    ],
    [
      'a required one with a value from the row',
      'mysql',
      { notNull: true },
      ROW,
      ['allow_null', 'install_sync'],
    ],
  ])('%s on %s', (_, dialect, more, restore, kinds) => {
    expect(expanded(drop(restore), on(dialect, code(dialect, more)))).toEqual(kinds)
  })

  it('on MySQL a unique one is relaxed, because a default would stand there twice', () => {
    const unique = index('users', 'by_code', ['code'], {
      unique: true,
      definition: 'UNIQUE KEY `by_code` (`code`)',
    })
    const at = on('mysql', required('mysql'))
    const [users] = at.tables
    const with_ = { ...at, tables: users ? [{ ...users, indexes: [...users.indexes, unique] }] : [] }
    expect(expanded(drop(), with_)).toEqual(['allow_null'])
    expect(findingsOf(drop(CONSTANT), with_)).toMatchObject([
      {
        code: 'PLAN_INVALID',
        message: expect.stringContaining('code is unique'),
        hint: expect.stringContaining('leave restore out'),
      },
    ])
  })

  it('NOT NULL comes back under its name, and without reading rows under a lock', () => {
    const like = {
      ...{ name: 'code_is_there', kind: 'not null' as const, definition: 'NOT NULL code', columns: ['code'] },
      ...{ validated: true, deferrable: false, deferred: false, index: null, comment: 'why' },
    }
    const at = on('postgres', required('postgres'))
    const named = {
      ...at,
      tables: at.tables.map((one) => ({ ...one, constraints: [...one.constraints, like] })),
    }
    const [step] = stepsOf(compiled(drop(), named))
    expect(asStatements(step?.parts[0]?.written).undo).toEqual([
      'ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "code_is_there"',
      'ALTER TABLE "app"."users" ADD CONSTRAINT "code_is_there" NOT NULL "code" NOT VALID',
      'ALTER TABLE "app"."users" VALIDATE CONSTRAINT "code_is_there"',
      `COMMENT ON CONSTRAINT "code_is_there" ON "app"."users" IS 'why'`,
    ])
  })

  it('the indexes, checks and keys that go with it are named', () => {
    const at = on('postgres', code('postgres'))
    const by = index('users', 'by_code', ['code', 'name'])
    const with_ = { ...at, tables: at.tables.map((one) => ({ ...one, indexes: [...one.indexes, by] })) }
    expect(compiled(drop(), with_).warnings.join()).toContain('index by_code goes with code')
  })
})

const key = { name: 'k', definition: '', validated: true, comment: null }

describe('a column is not dropped', () => {
  it.each<[string, Dialect, Column, Partial<Table>]>([
    [
      'is referenced by app.posts',
      'postgres',
      code('postgres'),
      {
        referencedBy: [
          {
            ...key,
            from: { schema: 'app', table: 'posts', columns: ['c'] },
            to: { schema: 'app', table: 'users', columns: ['code'] },
          },
        ],
      },
    ],
    [
      'is a generated column',
      'postgres',
      code('postgres', { generated: { kind: 'stored', expression: '1' } }),
      {},
    ],
    ['counts up by itself', 'mysql', code('mysql', { identity: 'always' }), {}],
    [
      'must have a value by the check c',
      'postgres',
      code('postgres'),
      {
        constraints: [
          {
            ...key,
            name: 'c',
            kind: 'check',
            definition: 'CHECK ((code IS NOT NULL))',
            columns: ['code'],
            deferrable: false,
            deferred: false,
            index: null,
          },
        ],
      },
    ],
    [
      'which the foreign key k needs',
      'mysql',
      code('mysql'),
      {
        indexes: [index('users', 'both', ['name', 'code'])],
        foreignKeys: [
          {
            ...key,
            from: { schema: 'app', table: 'users', columns: ['name'] },
            to: { schema: 'app', table: 't', columns: ['n'] },
          },
        ],
      },
    ],
  ])('when it %s on %s', (why, dialect, one, more) => {
    expect(findingsOf(drop(), on(dialect, one, more))).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining(why), hint: expect.stringMatching(/\w/) },
    ])
  })

  it('when it is the primary key', () => {
    expect(findingsOf(drop().replace('code', 'id'), on('postgres', code('postgres')))).toMatchObject([
      { message: expect.stringContaining('primary key users_pkey') },
    ])
  })

  it('with a restore that may fail, reads the column itself, or needs a trigger that is not there', () => {
    const at = on('postgres', required('postgres'))
    expect(findingsOf(drop(', restore: { sql: "name::int::text" }'), at)).toMatchObject([
      { code: 'PLAN_INVALID' },
    ])
    expect(findingsOf(drop(', restore: { upper: { column: code } }'), at)).toMatchObject([
      { message: expect.stringContaining('cannot read it') },
    ])
    expect(findingsOf(`sync: application\n${drop(ROW)}`, at)).toMatchObject([
      { message: expect.stringContaining('no trigger computes restore') },
    ])
  })
})

describe('with contract.readonly', () => {
  it.each(['postgres', 'mysql'] as const)(
    'writes are refused from the retirement to the drop, on %s',
    (dialect) => {
      const program = compiled(
        `${drop(CONSTANT).replace('contract: { hold: 0s }\n', '')}contract: { hold: 1h, readonly: true }\n`,
        on(dialect, required(dialect)),
      )
      const kinds = program.phases
        .filter(({ phase }) => phase === 'contract')
        .flatMap(({ steps }) => steps.map(({ parts }) => parts.map(({ action }) => action.do)))
      expect(kinds).toEqual([
        dialect === 'postgres' ? ['install_guard'] : ['retire_column', 'install_guard'],
        ['remove_guard', 'drop_column'],
      ])
    },
  )

  it('a plan in which the application itself writes both shapes is refused', () => {
    const text = `sync: application\n${planOf('rename_column: { table: users, from: code, to: c }', 'contract: { hold: 0s, readonly: true }\n')}`
    expect(findingsOf(text, on('postgres', code('postgres')))).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining('contract.readonly') },
    ])
  })
})
