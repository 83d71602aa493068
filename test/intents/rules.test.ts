import { describe, expect, it } from 'vitest'
import type { Column, Constraint, Table } from '../../src/schema/snapshot.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, index, primaryKey, snapshot, table } from '../support/snapshots.ts'

const constraint = (name: string, kind: Constraint['kind'], more: Partial<Constraint> = {}): Constraint => ({
  ...{ name, kind, definition: 'CHECK ((age > 0))', columns: ['age'], validated: true },
  ...{ deferrable: false, deferred: false, index: null, comment: null, ...more },
})

const key = (more: Partial<Table['foreignKeys'][number]> = {}): Table['foreignKeys'][number] => ({
  name: 'users_team',
  from: { schema: 'app', table: 'users', columns: ['team'] },
  to: { schema: 'app', table: 'teams', columns: ['id'] },
  ...{ definition: 'FOREIGN KEY (team) REFERENCES app.teams (id)', validated: true, comment: null },
  ...more,
})

const users = (more: Partial<Table> = {}, columns: readonly Column[] = []): Table => {
  const { indexes, constraints } = primaryKey('users')
  const { indexes: others = [], constraints: rules = [], ...rest } = more
  return table(
    'users',
    [
      id(),
      column('age', 'int', { definition: 'int DEFAULT NULL' }),
      column('email', 'varchar(80)', { notNull: true, default: { sql: "'x'", volatile: false } }),
      column('team', 'bigint'),
      ...columns,
    ],
    { ...rest, indexes: [...indexes, ...others], constraints: [...constraints, ...rules] },
  )
}

type Dialect = 'postgres' | 'mysql' | 'mariadb'
const NUMBERS = { postgres: 180000, mysql: 90704, mariadb: 101119 }
const on = (dialect: Dialect, tables: readonly Table[]) =>
  snapshot({
    ...{ dialect, server: { number: NUMBERS[dialect], version: '' } },
    tables: dialect === 'postgres' ? tables : tables.map((one) => ({ ...one, engine: 'InnoDB' })),
  })
const said = (
  intent: string,
  more?: Partial<Table>,
  dialect: Dialect = 'postgres',
  columns?: readonly Column[],
) => findingsOf(planOf(intent), on(dialect, [users(more, columns)]))
const says = (message: string, hint: string) => [
  { message: expect.stringContaining(message), hint: expect.stringContaining(hint) },
]

describe('NOT NULL is refused before anything is done', () => {
  it.each<[string, string, string, Partial<Table>?]>([
    ['set_required: { table: users, column: email }', 'is required already', 'leave this intent out'],
    ['set_required: { table: users, column: agee }', 'has no column agee', 'did you mean age?'],
    ['set_required: { table: users, column: age, fill: { column: age } }', 'reads age itself', 'constant'],
    [
      'set_required: { table: users, column: team }',
      'is emptied by the foreign key users_team',
      'another rule',
      { foreignKeys: [key({ definition: `${key().definition} ON DELETE SET NULL` })] },
    ],
    [
      'set_required: { table: users, column: age }',
      'which is not validated',
      'VALIDATE CONSTRAINT half',
      { constraints: [constraint('half', 'not null', { validated: false })] },
    ],
    ['drop_required: { table: users, column: age }', 'may be empty already', 'leave this intent out'],
    ['drop_required: { table: users, column: id }', 'is part of the primary key users_pkey', 'another key'],
    [
      'drop_required: { table: users, column: email }',
      'is part of the replica identity by_email',
      'another replica identity',
      {
        indexes: [index('users', 'by_email', ['email'], { unique: true })],
        replicaIdentity: { kind: 'index', index: 'by_email' },
      },
    ],
  ])('%s: %s', (intent, message, hint, more) => {
    expect(said(intent, more)).toMatchObject(says(message, hint))
  })

  it('where MariaDB would copy the table for a timestamp', () => {
    const at = column('at', 'timestamp')
    expect(said('set_required: { table: users, column: at }', {}, 'mariadb', [at])).toMatchObject(
      says('only by copying the table', 'let it be empty'),
    )
  })
})

describe('a default is refused before anything is done', () => {
  it.each([
    ['set_default: { table: users, column: email, default: null }', 'NULL can be no default', 'drop_default'],
    ['set_default: { table: users, column: age, default: { sql: team } }', 'cannot read other columns', ''],
    ['drop_default: { table: users, column: age }', 'has no default', 'leave this intent out'],
  ])('%s', (intent, message, hint) => {
    expect(said(intent)).toMatchObject(says(message, hint))
  })

  it('when the server does not give the one that is there back exactly', () => {
    const odd = column('odd', 'text', { default: { sql: "'?'", volatile: false, doubtful: true } })
    expect(said('drop_default: { table: users, column: odd }', {}, 'mariadb', [odd])).toMatchObject(
      says('does not give back exactly', 'by hand'),
    )
  })
})

it('a default that every row needs is taken away behind a checkpoint, another one at once', () => {
  const tag = column('tag', 'text', { default: { sql: "'t'", volatile: false } })
  const phases = (name: string) => {
    const { phases: all, checkpoints } = compiled(
      planOf(`drop_default: { table: users, column: ${name} }`),
      on('postgres', [users({}, [tag])]),
    )
    return [...all.map(({ phase }) => phase), ...checkpoints.map((one) => one.describe)]
  }
  expect(phases('tag')).toEqual(['enforce'])
  expect(phases('email')).toEqual([
    'contract',
    'Deploy the version in which every writer of users writes email itself',
  ])
})

describe('a constraint is refused before anything is done', () => {
  it.each<[string, string, string, Partial<Table>?, Dialect?]>([
    ['add_check: { table: users, name: users_pkey, sql: age > 0 }', 'already has users_pkey', 'another name'],
    ['add_check: { table: users, name: a, sql: agee > 0 }', 'agee', ''],
    [
      'add_check: { table: users, name: a, sql: age > 0 }',
      'copies the whole table for a CHECK',
      'pt-online-schema-change --alter "ADD CONSTRAINT a CHECK',
      {},
      'mysql',
    ],
    ['drop_constraint: { table: users, name: old }', 'has no constraint old', 'it has: users_pkey'],
    ['drop_constraint: { table: users, name: users_pkey }', 'is the primary key', 'keep it'],
    [
      'drop_constraint: { table: users, name: users_team }',
      'that is for drop_foreign_key',
      'DROP CONSTRAINT users_team',
      { foreignKeys: [key()] },
    ],
    [
      'rename_constraint: { table: users, from: aged, to: grown }',
      'only by dropping it and adding it again',
      'ADD CONSTRAINT grown CHECK',
      { constraints: [constraint('aged', 'check')] },
      'mariadb',
    ],
  ])('%s: %s', (intent, message, hint, more, dialect) => {
    expect(said(intent, more, dialect)).toMatchObject(says(message, hint))
  })
})

describe('an index is not dropped', () => {
  const one = (more: Parameters<typeof index>[3] = {}) => index('users', 'by_team', ['team'], more)
  it.each<[string, string, string, Partial<Table>, Dialect?]>([
    ['drop_index: { name: users_pkey }', 'is the primary key', 'cannot be dropped', {}],
    [
      'drop_index: { name: by_team }',
      'belongs to the constraint by_team',
      'drop_constraint: { table: users, name: by_team }',
      { indexes: [one({ unique: true, constraint: 'by_team' })] },
    ],
    ['drop_index: { name: by_tema }', 'has no index by_tema', 'did you mean by_team?', { indexes: [one()] }],
    [
      'drop_index: { name: by_team }',
      'is what the foreign key posts_author of app.posts refers to',
      'drop that foreign key first',
      {
        indexes: [one({ unique: true })],
        referencedBy: [
          key({
            name: 'posts_author',
            from: { schema: 'app', table: 'posts', columns: ['author'] },
            to: { schema: 'app', table: 'users', columns: ['team'] },
          }),
        ],
      },
    ],
    [
      'drop_index: { name: by_team }',
      'is the only index for the foreign key users_team',
      'build another one first',
      { indexes: [one()], foreignKeys: [key()] },
      'mysql',
    ],
  ])('%s: %s', (intent, message, hint, more, dialect) => {
    expect(said(intent, more, dialect)).toMatchObject(says(message, hint))
  })

  it('whose name several tables have, until the plan names one', () => {
    const named = (name: string) => table(name, [id(), column('team')], { indexes: [one()] })
    const both = on('mysql', [named('users'), named('teams')])
    expect(findingsOf(planOf('drop_index: { name: by_team }'), both)).toMatchObject(
      says('by_team is an index of app.users and of app.teams', 'write table: users'),
    )
  })
})

describe('an index that goes', () => {
  const program = (dialect: Dialect, definition: string) =>
    compiled(
      planOf('drop_index: { name: by_team }', 'contract: { hold: 7d }\n'),
      on(dialect, [users({ indexes: [index('users', 'by_team', ['team'], { definition })] })]),
    )
  const steps = (dialect: Dialect, definition: string) =>
    program(dialect, definition).phases.flatMap((one) =>
      one.steps.map(({ parts, reversible }) => `${parts[0]?.action.do}${reversible ? '' : ', for good'}`),
    )

  it.each<[Dialect, string]>([
    ['mysql', 'ALTER INDEX `by_team` INVISIBLE'],
    ['mariadb', 'ALTER INDEX `by_team` IGNORED'],
  ])('is hidden first on %s, and held', (dialect, statement) => {
    expect(steps(dialect, 'KEY `by_team` (`team`)')).toEqual(['disable_index', 'delete_index, for good'])
    expect(JSON.stringify(program(dialect, 'KEY `by_team` (`team`)').phases)).toContain(statement)
  })

  it('can come back on PostgreSQL, which hides none', () => {
    expect(steps('postgres', 'CREATE INDEX by_team ON app.users USING btree (team)')).toEqual([
      'delete_index',
    ])
  })

  it('waits for the version whose queries do without it', () => {
    expect(
      program('postgres', 'CREATE INDEX by_team ON app.users USING btree (team)').checkpoints,
    ).toMatchObject([
      {
        id: 'switch-app',
        before: 'contract',
        describe: expect.stringContaining('do without the index by_team'),
      },
    ])
  })
})
