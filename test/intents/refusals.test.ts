import { describe, expect, it } from 'vitest'
import type { Table } from '../../src/schema/snapshot.ts'
import { findingsOf, planOf } from '../support/programs.ts'
import { column, id, primaryKey, snapshot, table } from '../support/snapshots.ts'

const RENAME = 'rename_column: { table: users, from: last_name, to: family_name }'
const users = (more: Partial<Table> = {}, last = column('last_name')) =>
  table('users', [id(), last, column('full')], more)
const onUsers = (intent: string, more?: Partial<Table>, last?: ReturnType<typeof column>) =>
  findingsOf(planOf(intent), snapshot({ tables: [users(more, last)] }))

const key = { name: 'k', definition: '', validated: true, comment: null }
const outgoing = { schema: 'app', table: 'posts', columns: ['author'] }

describe('a rename is refused', () => {
  it.each<[string, Partial<Table>, ReturnType<typeof column>?]>([
    ['is partitioned', { kind: 'partitioned' }],
    ['is a partition of', { partitionOf: 'app.all_users' }],
    ['takes part in inheritance', { inheritedBy: ['app.admins'] }],
    ['is a foreign table', { kind: 'foreign' }],
    [
      'is referenced by app.posts',
      {
        referencedBy: [
          { ...key, from: outgoing, to: { schema: 'app', table: 'users', columns: ['last_name'] } },
        ],
      },
    ],
    [
      'is a generated column',
      {},
      column('last_name', 'text', { generated: { kind: 'stored', expression: '1' } }),
    ],
    ['is an identity column', {}, column('last_name', 'bigint', { identity: 'always' })],
  ])('when the table or column %s', (why, more, last) => {
    expect(onUsers(RENAME, more, last)).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining(why) },
    ])
  })

  it('when the column is part of the primary key', () => {
    const { constraints } = primaryKey('users')
    const composite = constraints.map((constraint) => ({ ...constraint, columns: ['id', 'last_name'] }))
    expect(onUsers(RENAME, { constraints: composite })).toMatchObject([
      { code: 'PLAN_UNSUPPORTED', message: expect.stringContaining('primary key users_pkey') },
    ])
  })

  it('with the place of the name, and a near miss', () => {
    expect(onUsers(RENAME.replace('last_name', 'last_nmae'))).toMatchObject([
      { code: 'PLAN_COLUMN_MISSING', hint: 'did you mean last_name?', at: { line: 4, column: 42 } },
    ])
    expect(onUsers(RENAME.replace('users', 'user'))).toMatchObject([
      { code: 'PLAN_TABLE_MISSING', hint: 'did you mean users?' },
    ])
  })

  it('when the new name is taken or too long', () => {
    expect(onUsers(RENAME.replace('family_name', 'full'))).toMatchObject([{ code: 'PLAN_COLUMN_EXISTS' }])
    expect(onUsers(RENAME.replace('family_name', 'f'.repeat(64)))).toMatchObject([
      { code: 'PLAN_INVALID', message: expect.stringContaining('64') },
    ])
  })
})

describe('other intents are refused', () => {
  it('when a required column has neither fill nor default', () => {
    expect(onUsers('add_column: { table: users, column: age, type: int, required: true }')).toMatchObject([
      { code: 'PLAN_INVALID', hint: expect.stringContaining('fill') },
    ])
  })

  it('when a type is none', () => {
    expect(onUsers('add_column: { table: users, column: age, type: serial }')).toMatchObject([
      { code: 'PLAN_EXPRESSION', message: expect.stringContaining('shorthand') },
    ])
  })

  it('when a default reads a column', () => {
    expect(
      onUsers('add_column: { table: users, column: a, type: text, default: { sql: last_name } }'),
    ).toMatchObject([{ code: 'PLAN_EXPRESSION' }])
  })

  it('when a part of a split comes from another column, or changes each time', () => {
    const split = (value: string) =>
      onUsers(
        `split_column: { table: users, from: full, into: { a: { type: text, value: ${value} } }, back: { column: a } }`,
      )
    expect(split('{ column: last_name }')).toMatchObject([
      { message: expect.stringContaining('neither side') },
    ])
    expect(split('{ uuid: true }')).toMatchObject([{ message: expect.stringContaining('changes each time') }])
    expect(split('{ column: full }')).toEqual([])
  })

  it('when two of them change the same column', () => {
    const twice = planOf(RENAME, `  - ${RENAME.replace('family_name', 'surname')}\n`)
    expect(findingsOf(twice, snapshot({ tables: [users()] }))).toMatchObject([
      { code: 'PLAN_INVALID', message: expect.stringContaining('two intents'), at: { line: 5 } },
    ])
  })

  it('all at once, so that a person can mend them together', () => {
    const two = planOf(RENAME.replace('last_name', 'x'), `  - ${RENAME.replace('users', 'y')}\n`)
    expect(findingsOf(two, snapshot({ tables: [users()] })).map(({ code }) => code)).toEqual([
      'PLAN_COLUMN_MISSING',
      'PLAN_TABLE_MISSING',
    ])
  })
})

it('a column that two intents change is named where the second one stands, also behind one that is refused', () => {
  const add = (field: string) => `  - add_column: { table: users, column: c, type: text${field} }\n`
  const text = `version: 1\nname: a-plan\nintents:\n${add(', fill: { column: gone }')}${add('')}${add('')}`
  expect(findingsOf(text, snapshot({ tables: [users()] })).map(({ at }) => at?.line)).toEqual([4, 6])
})
