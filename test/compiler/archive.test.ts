import { describe, expect, it } from 'vitest'
import { kindsIn, stepsOf } from '../../src/program/actions.ts'
import type { Column, Table } from '../../src/schema/snapshot.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, index, snapshot, table } from '../support/snapshots.ts'

const NUMBERS = { postgres: 180004, mysql: 90704, mariadb: 101118 }
type Dialect = keyof typeof NUMBERS
type Given = { readonly code?: Partial<Column>; readonly more?: Partial<Table> }

const on = (dialect: Dialect, { code = {}, more = {} }: Given = {}) =>
  snapshot({
    dialect,
    server: { number: NUMBERS[dialect], version: '' },
    tables: [table('users', [id(), column('code', 'varchar(9)', code), column('name', 'varchar(9)')], more)],
  })

const ARCHIVE = 'contract: { archive: true }\n'
const DROP = 'drop_column: { table: users, column: code }'
const RETYPE = 'change_type: { table: users, column: code, to: varchar(3), using: { sql: "left(code, 3)" } }'

const check: Table['constraints'][number] = {
  ...{ name: 'ruled', kind: 'check', definition: 'CHECK (code <> name)', columns: ['code', 'name'] },
  ...{ validated: true, deferrable: false, deferred: false, index: null, comment: null },
}

describe('what an archive cannot bring back is refused when it is compiled', () => {
  it.each<[string, Dialect, string, string, Given]>([
    ['a table without a key', 'postgres', DROP, 'no unique key without NULLs', { more: { indexes: [] } }],
    [
      'a column that counts',
      'postgres',
      DROP,
      'a counter that is dropped',
      { code: { identity: 'always', type: 'bigint' } },
    ],
    [
      'an index that is not valid',
      'postgres',
      DROP,
      'INVALID',
      {
        more: {
          indexes: [
            index('users', 'users_pkey', ['id'], { unique: true, primary: true }),
            index('users', 'by_code', ['code'], { valid: false }),
          ],
        },
      },
    ],
    ['a check on MySQL', 'mysql', DROP, 'copies the whole table', { more: { constraints: [check] } }],
    ['a check on MariaDB', 'mariadb', DROP, 'copies the whole table', { more: { constraints: [check] } }],
    ['another form under the same name on MySQL', 'mysql', RETYPE, 'under its own name', {}],
    [
      'a plan that drops nothing',
      'postgres',
      'add_column: { table: users, column: x, type: text }',
      'does neither',
      {},
    ],
  ])('%s', (_, dialect, intent, says, given) => {
    const [found] = findingsOf(planOf(intent, ARCHIVE), on(dialect, given))
    expect(found).toMatchObject({ code: 'PLAN_UNSUPPORTED', message: expect.stringContaining(says) })
    expect(found?.hint).toMatch(/\w/)
  })

  it('an application that keeps both shapes in step itself', () => {
    const text = planOf(
      'rename_column: { table: users, from: code, to: tag }',
      `sync: application\n${ARCHIVE}`,
    )
    expect(findingsOf(text, on('postgres'))[0]?.message).toContain('triggers keep both shapes in step')
  })
})

describe('the way back', () => {
  it('of a plain rename needs no copy: the new column holds it all', () => {
    const program = compiled(
      planOf('rename_column: { table: users, from: code, to: tag }', ARCHIVE),
      on('postgres'),
    )
    expect(kindsIn(stepsOf(program)).has('create_archive')).toBe(false)
    expect(program.restore?.map(({ id }) => id)).toContain('restore.2')
  })

  it('takes a type back that only the catalogue has changed, where the server takes it back, too', () => {
    const retype = 'change_type: { table: users, column: at, to: timestamptz }'
    const users = table('users', [id(), column('code'), column('at', 'timestamp')])
    const program = compiled(
      planOf(`${DROP}\n  - ${retype}`, ARCHIVE),
      snapshot({ server: { number: 180004, version: '' }, tables: [users] }),
    )
    const actions = (program.restore ?? []).flatMap(({ parts }) => parts.map(({ action }) => action))
    expect(actions).toContainEqual(
      expect.objectContaining({ do: 'alter_type', column: 'at', from: 'timestamptz', to: 'timestamp' }),
    )
  })

  it('is no part of a plan that keeps nothing', () => {
    expect(compiled(planOf(DROP), on('postgres'))).not.toHaveProperty('restore')
  })
})
